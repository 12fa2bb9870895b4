"""The connection to Discord: one client for each run, with as little as the work needs."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.discord import budget
from bot.chat.discord.tree import DeskTranslator, Interaction, OutageTree
from bot.commands.spec import FrontDesk
from bot.domain.errors import StoreAway
from bot.ports import Clock, Notes

IDENTIFIES = "discord.identifies"
COMMANDS = "discord.commands"
_LONGEST_NAP = 30.0
_STORE_AWAY = 2.0
_FORGET_TRIES = 30

Forget = Callable[[str], Awaitable[int]]


class BudgetSpent(Exception):
    """Another IDENTIFY now would be one too many."""


def aim_at(api_url: str | None, gateway_url: str | None) -> None:
    """Speak to another server than Discord's, for tests and for proxies.

    discord.py keeps both addresses on its classes, so this holds for every client of the process.
    """
    if api_url is not None:
        Route.BASE = api_url
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


class OutageClient(discord.Client):
    """Guilds and nothing else: no messages, no members, no privileged intent."""

    def __init__(
        self,
        *,
        desk: FrontDesk,
        notes: Notes,
        clock: Clock,
        forget: Forget,
        trace: aiohttp.TraceConfig,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            max_ratelimit_timeout=30.0,
            http_trace=trace,
        )
        self.tree = OutageTree(self, desk)
        self._desk = desk
        self._notes = notes
        self._clock = clock
        self._forget = forget

    async def setup_hook(self) -> None:
        """Tell Discord our commands; while the database is away, wait."""
        await self.tree.set_translator(DeskTranslator(self._desk))
        while True:
            try:
                return await self._tell_commands()
            except StoreAway as error:
                structlog.get_logger().warning("discord.commands_wait", error=str(error))
            await asyncio.sleep(_STORE_AWAY)

    async def on_interaction(self, interaction: Interaction) -> None:
        """discord.py answers commands by its tree; buttons it knows only those of this very process."""
        if interaction.type is discord.InteractionType.component:
            await self.tree.press(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Nothing to do before somebody subscribes a channel."""
        structlog.get_logger().info("discord.joined", guild=guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """They threw us out (a server that is only unavailable for now is another event): forget what they followed.

        https://docs.discord.com/developers/events/gateway-events#guild-delete
        """
        for _ in range(_FORGET_TRIES):
            try:
                count = await self._forget(str(guild.id))
            except StoreAway:
                await asyncio.sleep(_STORE_AWAY)
            else:
                structlog.get_logger().info("discord.left", guild=guild.id, subscriptions=count)
                return

    async def _tell_commands(self) -> None:
        """When they are not what we told it last: it limits how often that may be done.

        https://docs.discord.com/developers/interactions/application-commands#registering-a-command
        """
        digest = await self.tree.digest()
        if await self._notes.note(COMMANDS) == digest:
            return
        try:
            await self.tree.sync()
        except discord.DiscordException as error:
            # Old commands are better than no connection.
            structlog.get_logger().warning("discord.commands_refused", error=str(error))
        else:
            await self._notes.set_note(COMMANDS, digest)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Counted before it is sent, so that a crash right after it counts too. Raise BudgetSpent."""
        stamps = budget.read(await self._notes.note(IDENTIFIES))
        now = self._clock.now()
        if budget.wait_for(stamps, now):
            # discord.py gives a connection 60 seconds: a long wait must happen before it, in `may_identify`.
            raise BudgetSpent
        await self._notes.set_note(IDENTIFIES, budget.write(stamps, now))
        await super().before_identify_hook(shard_id, initial=initial)

    async def may_identify(self) -> None:
        """Return when another IDENTIFY is within our budget and Discord's."""
        while wait := await self._wait():
            structlog.get_logger().warning("discord.identify_waits", seconds=wait)
            await asyncio.sleep(min(wait, _LONGEST_NAP))

    async def _wait(self) -> float:
        stamps = budget.read(await self._notes.note(IDENTIFIES))
        if ours := budget.wait_for(stamps, self._clock.now()).total_seconds():
            return ours
        _, _, limit = await self.http.get_bot_gateway()
        return 0.0 if limit["remaining"] > budget.LEAST_REMAINING else max(1.0, limit["reset_after"] / 1000)
