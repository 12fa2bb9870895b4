"""The least that the bot asks of Discord, as it stands; a change here is a change for every server that has it."""

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.invite import SCOPES, permissions
from tests.chat.discord.front import Front

LEAST = 274_877_926_400
"""See the channel, send messages, embed links, send messages in threads."""
CREATE_PUBLIC_THREADS = 1 << 35
GUILDS = 1 << 0


def test_the_permissions_are_the_least_and_the_threads_of_incidents() -> None:
    assert permissions().value == LEAST | CREATE_PUBLIC_THREADS
    assert SCOPES == ("bot", "applications.commands")


async def test_the_gateway_is_asked_for_servers_and_nothing_else(chat: DiscordChat, front: Front) -> None:
    assert front.intents == GUILDS


async def test_commands_are_for_servers_and_for_installations_in_servers(chat: DiscordChat, front: Front) -> None:
    """Everybody may ask, so the one command is open to all; who may subscribe is checked at every command.

    `default_member_permissions` holds for a whole command, not for the subcommands that only managers may use, and a
    server may change it: https://docs.discord.com/developers/interactions/application-commands#permissions.
    """
    [[root]] = front.syncs
    assert (root["name"], root["contexts"], root["integration_types"]) == ("outage", [0], [0])
    assert root["default_member_permissions"] is None
    assert root["nsfw"] is False
    assert root["dm_permission"] is False
