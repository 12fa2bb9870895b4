"""Builds the chat platforms from the settings. Each one's library is loaded only where it has a token."""

from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.commands.desk import Desk
from bot.ports import Clock, Store
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.chat.discord.app import DiscordChat
    from bot.chat.slack.app import SlackChat


def slack_chat(settings: Settings, desk: Desk, store: Store, clock: Clock) -> "SlackChat":
    """Slack, by Socket Mode or HTTP, as the settings say."""
    from bot.chat.slack.app import API_URL, SlackChat  # noqa: PLC0415

    return SlackChat(
        bot_token=_shown(settings.slack_bot_token) or "",
        app_token=_shown(settings.slack_app_token),
        signing_secret=_shown(settings.slack_signing_secret),
        admins=settings.admins,
        desk=desk,
        outbox=store,
        clock=clock,
        language=settings.planb_language,
        api_url=settings.slack_api_url or API_URL,
    )


def discord_chat(settings: Settings, desk: Desk, store: Store, clock: Clock) -> "DiscordChat":
    """Discord, by its gateway, or over HTTP when it has a public key."""
    from bot.chat.discord.app import DiscordChat  # noqa: PLC0415

    return DiscordChat(
        token=_shown(settings.discord_token) or "",
        desk=desk,
        notes=store,
        leases=store,
        forget=store.forget_workspace,
        clock=clock,
        public_key=settings.interactions_key,
        language=settings.planb_language,
        api_url=settings.discord_api_url or None,
        gateway_url=settings.discord_gateway_url or None,
    )


def _shown(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
