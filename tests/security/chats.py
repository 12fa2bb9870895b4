"""Our side of Discord, built in one place for all these tests."""

from bot.chat.discord.app import DiscordChat
from bot.commands.spec import FrontDesk
from bot.ports import Clock, Notes
from tests.chat.discord.fakes import TOKEN, FakeLeases, FakeSubscriptions
from tests.chat.discord.front import Front


def discord_chat(front: Front, desk: FrontDesk, notes: Notes, clock: Clock) -> DiscordChat:
    return DiscordChat(
        token=TOKEN,
        desk=desk,
        notes=notes,
        leases=FakeLeases(),
        forget=FakeSubscriptions().forget_workspace,
        clock=clock,
        api_url=front.api_url,
        gateway_url=front.gateway_url,
    )
