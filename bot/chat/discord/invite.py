"""The address that brings the bot into a server, with no permission that it does not use."""

import base64

import discord

from bot.domain.errors import SettingsError

SCOPES = ("bot", "applications.commands")


def permissions() -> discord.Permissions:
    """See the channel, write into it, show cards, and keep the updates of an incident in its thread."""
    return discord.Permissions(
        view_channel=True,
        send_messages=True,
        embed_links=True,
        create_public_threads=True,
        send_messages_in_threads=True,
    )


def invite_url(application_id: int) -> str:
    """Where the owner of a server adds the bot to it."""
    return discord.utils.oauth_url(application_id, permissions=permissions(), scopes=SCOPES)


def application_id_of(token: str) -> int:
    """A bot token begins with its application's id in base 64. Raise SettingsError for anything else."""
    first = token.strip().removeprefix("Bot ").split(".")[0]
    try:
        return int(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except ValueError:
        raise SettingsError(
            "The Discord token is not a bot token: copy it from the Bot page of the application"
        ) from None
