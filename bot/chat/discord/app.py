"""Discord as one of our chats: posts, replies and edits cards, and answers commands by its gateway or over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import discord
import structlog
from aiohttp import web

from bot.chat.discord.buttons import Shown, shown
from bot.chat.discord.client import OutageClient, aim_at
from bot.chat.discord.door import Door, astray
from bot.chat.discord.ending import FAREWELL, close, hang_up
from bot.chat.discord.errors import leaves_us_deaf, mend, shuts_platform, verdict
from bot.chat.discord.posts import Posts
from bot.chat.discord.refusals import Refusals
from bot.commands.spec import FrontDesk
from bot.domain.card import Card
from bot.domain.errors import Scope, SendError, SettingsError, StoreAway, Verdict
from bot.domain.subscription import Action, Claim, Platform, Receipt
from bot.domain.words import Language
from bot.jobs.keep import Pace, keep, somebody
from bot.jobs.loop import end
from bot.ports import Clock, Leases, Notes, Settled

GATEWAY = "discord.gateway"
"""The lease of the one process that is connected."""
_NOT_CONNECTED = Verdict(retry_after=timedelta(seconds=5))
_BROKEN = Verdict(retry_after=timedelta(minutes=10), scope=Scope.PLATFORM)
_PATIENCE = 45.0

log = structlog.stdlib.get_logger(__name__)


class DiscordChat:
    """One bot account. `run` keeps it logged in; while it is not, deliveries are put off.

    With a `public_key` commands come over HTTP at `routes()` and no gateway is opened. Without, one process at a time
    is connected to the gateway; the others post all the same. `forget` erases what a server's channels follow.
    """

    platform = Platform.DISCORD

    def __init__(
        self,
        *,
        token: str,
        desk: FrontDesk,
        notes: Notes,
        leases: Leases,
        forget: Callable[[Platform, str, datetime], Awaitable[int]],
        clock: Clock,
        public_key: bytes | None = None,
        language: Language = "en",
        api_url: str | None = None,
        gateway_url: str | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._token = token
        self._desk = desk
        self._notes = notes
        self._leases = leases
        self._forget_workspace = forget
        self._clock = clock
        self._public_key = public_key
        self._language = language
        self._urls = (api_url, gateway_url)
        # While the database is away people get a kind sentence, which needs the connection.
        self._pace = pace or Pace(endures=True)
        self._owner = somebody()
        self._door = Door(public_key=public_key, desk=desk, clock=clock) if public_key else None
        self._posts: Posts | None = None
        self._shut_until: datetime | None = None
        self._deaf = False
        self._broken: SettingsError | None = None
        self._breaks = asyncio.Event()
        self.refusals = Refusals(clock)

    def may_speak(self) -> bool:
        return True  # it tells of a post in its answer alone

    async def deliver(self, claim: Claim, card: Card) -> Receipt:
        async with self._sending() as posts:
            face = self._shown(card, claim.delivery.language)
            match claim.delivery.action:
                case Action.REPLY:
                    return await posts.reply(claim, face)
                case Action.EDIT:
                    return await posts.edit(claim, face)
                case Action.POST | Action.TELL | Action.NONE:
                    return await posts.post(claim, face)

    async def settle(self, claim: Claim, now: datetime) -> Settled:
        """Always "not there": sending again is the question.

        The nonce comes from the claim, and for "a few minutes" (we count on 120 s) Discord answers the same nonce
        with the message it already has: https://docs.discord.com/developers/resources/message#create-message.
        Later than that a message may show twice, which is better than not at all. Edits only repeat themselves.
        """
        return Settled()

    async def alive(self) -> None:
        """https://docs.discord.com/developers/events/gateway#get-gateway: the cheapest question. Raise SendError."""
        async with self._sending() as posts:
            await posts.alive()

    async def tell(self, owner: str, card: Card, workspace: str = "", language: Language | None = None) -> None:
        async with self._sending() as posts:
            await posts.tell(owner, self._shown(card, language or self._language))

    async def connected(self) -> bool:
        """Whether the gateway is open now."""
        return self._posts is not None and self._posts.connected

    async def check(self) -> str:
        """Who we are to Discord. Raise SettingsError where a setting is wrong, ConnectionError where Discord is away.

        It uses no connection to the gateway and tells Discord no commands.
        """
        aim_at(*self._urls)
        client = discord.Client(intents=discord.Intents.none())
        try:
            await client.login(self._token)
            _, _, limit = await client.http.get_bot_gateway()
            wrong = astray(await client.application_info(), self._public_key)
        except Exception as error:
            raise _ended(error) from error
        finally:
            await close(client)
        if wrong:
            raise SettingsError(wrong)
        if self._door:
            return f"{client.user}, commands come over HTTP"
        return f"{client.user}, {limit['remaining']} of {limit['total']} connections left today"

    def routes(self) -> list[web.RouteDef]:
        """What the web server must offer; nothing without a public key."""
        return self._door.routes if self._door else []

    def _shown(self, card: Card, language: Language) -> Shown:
        return shown(card, lambda word: self._desk.translate(word, language))

    @asynccontextmanager
    async def _sending(self) -> AsyncIterator[Posts]:
        """What Discord and the network may raise becomes SendError here, and nowhere else."""
        posts = self._open_posts(self._clock.now())
        try:
            async with asyncio.timeout(_PATIENCE):
                yield posts
        except SendError:
            raise
        except Exception as error:  # a connection that is being closed, or an answer that discord.py cannot read
            if pause := shuts_platform(error):
                self._shut_until = self._clock.now() + pause
            if wrong := mend(error):
                self._broken = wrong
                self._breaks.set()
            raise SendError(f"discord: {error!r}", verdict(error)) from error

    def _open_posts(self, now: datetime) -> Posts:
        if self._broken:
            raise SendError(str(self._broken), _BROKEN)
        if self._shut_until is not None and now < self._shut_until:
            wait = Verdict(retry_after=self._shut_until - now, scope=Scope.PLATFORM)
            raise SendError("Discord does not answer us for now", wait)
        if self._posts is None:
            raise SendError("Discord is not connected", _NOT_CONNECTED)
        return self._posts

    async def run(self) -> None:
        """Stay there. Call it only when the database is ready.

        Raise SettingsError when Discord refuses the token, and ConnectionError whenever the connection ended by
        itself: discord.py gives up after a first failure of the gateway and after one malformed event. Start it
        again then. Cancelling it closes everything.
        """
        if self._broken:
            raise self._broken
        aim_at(*self._urls)
        client = OutageClient(
            desk=self._desk, notes=self._notes, clock=self._clock, forget=self._forget, trace=self.refusals.trace()
        )
        try:
            await client.login(self._token)
            # Sending needs no gateway: messages go out while another process has it, or it is not our turn to identify.
            self._posts = Posts(client)
            await self._until_broken(client)
        except Exception as error:  # discord.py lets any error of its parsers out
            raise _ended(error) from error
        finally:
            self._posts = None
            await close(client)

    async def _until_broken(self, client: OutageClient) -> None:
        """Listen until that ends, or a message is refused for our token."""
        listening = asyncio.create_task(self._listen(client), name="discord")
        breaking = asyncio.create_task(self._breaks.wait(), name="discord")
        try:
            await asyncio.wait({listening, breaking}, return_when=asyncio.FIRST_COMPLETED)
            if self._broken:
                raise self._broken
            listening.result()
        finally:
            breaking.cancel()
            await end([listening])

    async def _listen(self, client: OutageClient) -> None:
        if client.application and (wrong := astray(client.application, self._public_key)):
            log.error("commands do not reach us", mend=wrong)
        if self._door is None:
            return await self._keep_connected(client)
        with self._door.answered_by(client):
            try:
                await asyncio.Event().wait()
            finally:
                await self._door.drain(FAREWELL)
        return None

    async def _keep_connected(self, client: OutageClient) -> None:
        """Where the gateway is closed to us for good, log in again (discord.py has closed the client) and only post."""
        if self._deaf:
            await asyncio.Event().wait()
        try:
            await keep(self._leases, GATEWAY, self._owner, self._clock, lambda: self._connect(client), pace=self._pace)
        except discord.ClientException as error:
            self._deaf = leaves_us_deaf(error)
            if self._deaf:
                log.error("commands do not reach us", mend=str(mend(error)))  # noqa: TRY400 - one line
            raise

    async def _connect(self, client: OutageClient) -> None:
        """Every connection may cost an IDENTIFY, which is counted in the database."""
        await client.may_identify()
        try:
            await client.connect()
        finally:
            await hang_up(client)
        raise ConnectionError("discord.py stopped without a word")

    async def _forget(self, guild: str) -> int:
        return await self._forget_workspace(Platform.DISCORD, guild, self._clock.now())


def _ended(error: Exception) -> Exception:
    if isinstance(error, SettingsError | StoreAway):
        return error
    wrong = None if leaves_us_deaf(error) else mend(error)
    return wrong or ConnectionError(f"The connection to Discord ended: {error!r}")
