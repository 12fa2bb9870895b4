"""Builds the chat platforms from the settings. Each one's library is loaded only where it has a token."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import SecretStr

from bot.commands.desk import Desk
from bot.domain.role import Role
from bot.ports import Clock, Store
from bot.settings import Settings
from bot.vault import open_vault

if TYPE_CHECKING:
    from bot.chat.discord.app import DiscordChat
    from bot.chat.slack.app import SlackChat


@dataclass(slots=True, kw_only=True)
class Platforms:
    """Those that have a token: what the web server offers for them, what keeps them there, who says how they are."""

    slack: "SlackChat | None" = None
    discord: "DiscordChat | None" = None
    routes: list[web.RouteDef] = field(default_factory=list)
    running: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    probes: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)


def platforms(settings: Settings, desk: Desk, store: Store, clock: Clock, role: Role) -> Platforms:
    """Build them. A process of the web keeps no connection open to a chat: what it answers came over HTTP."""
    built = Platforms()
    if settings.speaks_slack:
        slack = built.slack = slack_chat(settings, desk, store, clock)
        built.routes += slack.routes()
        if role.works or not settings.slack_app_token:
            built.running["slack"] = slack.run
        built.probes["slack"] = slack.check if settings.slack_bot_token else slack.alive
    if settings.discord_token:
        discord = built.discord = discord_chat(settings, desk, store, clock)
        built.routes += discord.routes()
        if role.works or settings.interactions_key:
            built.running["discord"] = discord.run
        built.probes["discord"] = discord.alive if settings.interactions_key else discord.connected
    return built


def slack_chat(settings: Settings, desk: Desk, store: Store, clock: Clock) -> "SlackChat":
    """Slack, by Socket Mode or HTTP, as the settings say."""
    from bot.chat.slack.app import SlackChat
    from bot.chat.slack.calls import API_URL
    from bot.chat.slack.installing import OAuth

    oauth = OAuth(
        client_id=settings.planb_slack_client_id,
        client_secret=_shown(settings.planb_slack_client_secret) or "",
        public_url=settings.planb_public_url,
    )
    installs = settings.installs_from_slack
    return SlackChat(
        bot_token=_shown(settings.slack_bot_token),
        app_token=_shown(settings.slack_app_token),
        signing_secret=_shown(settings.slack_signing_secret),
        admins=settings.admins,
        desk=desk,
        outbox=store,
        clock=clock,
        store=store,
        safe=open_vault(settings.keys) if installs else None,
        oauth=oauth if installs and settings.planb_public_url else None,
        language=settings.planb_language,
        api_url=settings.slack_api_url or API_URL,
    )


def discord_chat(settings: Settings, desk: Desk, store: Store, clock: Clock) -> "DiscordChat":
    """Discord, by its gateway, or over HTTP when it has a public key."""
    from bot.chat.discord.app import DiscordChat

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
