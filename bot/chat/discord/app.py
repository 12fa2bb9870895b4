"""Discord as one of our chats: posts, replies and edits cards, and keeps the connection that answers commands."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import discord
from discord.gateway import KeepAliveHandler

from bot.chat.discord.client import OutageClient, aim_at
from bot.chat.discord.embeds import embed
from bot.chat.discord.errors import shuts_platform, verdict
from bot.chat.discord.posts import Posts
from bot.commands.spec import FrontDesk
from bot.domain.card import Card
from bot.domain.errors import SendError, SettingsError, Verdict
from bot.domain.subscription import Action, Claim, Platform, Receipt
from bot.domain.words import Language
from bot.ports import Clock, Notes, Settled

_NOT_CONNECTED = Verdict(retry_after=timedelta(seconds=5))
_PATIENCE = 45.0
_FAREWELL = 3.0
_TOKEN_REFUSED = (
    "Discord refuses DISCORD_TOKEN: copy the token again from the Bot page at https://discord.com/developers"  # noqa: S105
)
_AUTHENTICATION_FAILED = 4004


class DiscordChat:
    """One bot account. `run` keeps it connected; while it is not, deliveries are put off."""

    platform = Platform.DISCORD

    def __init__(
        self,
        *,
        token: str,
        desk: FrontDesk,
        notes: Notes,
        clock: Clock,
        language: Language = "en",
        api_url: str | None = None,
        gateway_url: str | None = None,
    ) -> None:
        self._token = token
        self._desk = desk
        self._notes = notes
        self._clock = clock
        self._language = language
        self._urls = (api_url, gateway_url)
        self._posts: Posts | None = None
        self._shut_until: datetime | None = None

    async def deliver(self, claim: Claim, card: Card) -> Receipt:
        async with self._sending() as posts:
            shown = self._embed(card, claim.delivery.language)
            match claim.delivery.action:
                case Action.REPLY:
                    return await posts.reply(claim, shown)
                case Action.EDIT:
                    return await posts.edit(claim, shown)
                case Action.POST | Action.TELL | Action.NONE:
                    return await posts.post(claim, shown)

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

    async def tell(self, owner: str, card: Card, workspace: str = "") -> None:
        async with self._sending() as posts:
            await posts.tell(owner, self._embed(card, self._language))

    async def check(self) -> str:
        """Who we are to Discord. Raise SettingsError where the token is wrong, ConnectionError where Discord is away.

        It uses no connection to the gateway and tells Discord no commands.
        """
        aim_at(*self._urls)
        client = discord.Client(intents=discord.Intents.none())
        try:
            await client.login(self._token)
            _, _, limit = await client.http.get_bot_gateway()
        except Exception as error:
            raise _ended(error) from error
        finally:
            await _close(client)
        return f"{client.user}, {limit['remaining']} of {limit['total']} connections left today"

    def _embed(self, card: Card, language: Language) -> discord.Embed:
        return embed(card, lambda word: self._desk.translate(word, language))

    @asynccontextmanager
    async def _sending(self) -> AsyncIterator[Posts]:
        """What Discord and the network may raise becomes SendError here, and nowhere else."""
        now = self._clock.now()
        if self._shut_until is not None and now < self._shut_until:
            raise SendError("Discord does not answer us for now", Verdict(retry_after=self._shut_until - now))
        if self._posts is None:
            raise SendError("Discord is not connected", _NOT_CONNECTED)
        try:
            async with asyncio.timeout(_PATIENCE):
                yield self._posts
        except SendError:
            raise
        except Exception as error:  # a connection that is being closed, or an answer that discord.py cannot read
            if pause := shuts_platform(error):
                self._shut_until = now + pause
            raise SendError(f"discord: {error!r}", verdict(error)) from error

    async def run(self) -> None:
        """Stay connected. Call it only when the database is ready: every start costs an IDENTIFY.

        Raise SettingsError when Discord refuses the token, and ConnectionError whenever the connection ended by
        itself: discord.py gives up after a first failure of the gateway and after one malformed event. Start it
        again then. Cancelling it closes everything.
        """
        aim_at(*self._urls)
        client = OutageClient(desk=self._desk, notes=self._notes, clock=self._clock)
        try:
            await self._stay(client)
        except Exception as error:  # discord.py lets any error of its parsers out
            raise _ended(error) from error
        finally:
            self._posts = None
            await _close(client)
        raise ConnectionError("discord.py stopped without a word")

    async def _stay(self, client: OutageClient) -> None:
        await client.login(self._token)
        # Sending needs no gateway: messages go out while we wait for our turn to identify.
        self._posts = Posts(client)
        await client.may_identify()
        await client.connect()


def _ended(error: Exception) -> SettingsError | ConnectionError:
    if isinstance(error, discord.LoginFailure):
        return SettingsError(_TOKEN_REFUSED)
    if isinstance(error, discord.ConnectionClosed) and error.code == _AUTHENTICATION_FAILED:
        return SettingsError(_TOKEN_REFUSED)
    return ConnectionError(f"The connection to Discord ended: {error!r}")


async def _close(client: discord.Client) -> None:
    try:
        async with asyncio.timeout(_FAREWELL):
            await _close_forgotten(client)
            await client.close()
    except TimeoutError:
        await client.http.close()


async def _close_forgotten(client: discord.Client) -> None:
    """Close what discord.py forgets when it is cancelled while it connects: a socket whose heartbeat goes on."""
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws._connection is client._connection:  # noqa: SLF001
            thread.stop()
            await thread.ws.close()
