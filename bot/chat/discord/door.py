"""Commands over HTTP instead of the gateway: what Discord signed, and nothing else, reaches the commands.

https://docs.discord.com/developers/interactions/overview#preparing-for-interactions
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import discord
import structlog
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.chat.discord.client import OutageClient
from bot.chat.discord.tree import Interaction, language_of
from bot.commands.spec import FrontDesk
from bot.domain.words import mark
from bot.ports import Clock

PATH = "/discord/interactions"
BODY_MOST = 1024 * 1024
BODY_PATIENCE = 5.0
GOOD_FOR = timedelta(minutes=5)
"""How far a request's time may be from ours, either way."""
REMEMBERED = 2 * GOOD_FOR + timedelta(minutes=1)
ANSWER_PATIENCE = 2.5
"""Seconds. Discord gives three: https://docs.discord.com/developers/interactions/receiving-and-responding."""
_LOOK = 0.01
_LONGEST_TIME = 15
_PING, _COMMAND, _PRESS, _COMPLETION = 1, 2, 3, 4
_PONG, _MESSAGE, _CHOICES = 1, 4, 8
_EPHEMERAL = 64
_NOT_NOW = mark("I cannot answer just now. Please ask again in a minute.")

log = structlog.stdlib.get_logger(__name__)


class Door:
    """Lets in what is signed, once. While no client is logged in, people are told to ask again."""

    def __init__(self, *, public_key: bytes, desk: FrontDesk, clock: Clock) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public_key)
        self._desk = desk
        self._clock = clock
        self._seen: OrderedDict[bytes, datetime] = OrderedDict()
        self._client: OutageClient | None = None
        self._answering: set[asyncio.Task[None]] = set()

    @property
    def routes(self) -> list[web.RouteDef]:
        """What the web server must offer."""
        return [web.post(PATH, self.receive)]

    @contextmanager
    def answered_by(self, client: OutageClient) -> Iterator[None]:
        """Commands go to this client meanwhile."""
        self._client = client
        try:
            yield
        finally:
            self._client = None

    async def drain(self, patience: float) -> None:
        """Give the answers under way so many seconds."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=patience)

    async def receive(self, request: web.Request) -> web.Response:
        """A web handler: 401 for anything not signed by Discord just now, 413 for too much of it."""
        try:
            async with asyncio.timeout(BODY_PATIENCE):
                body = await _read(request)
        except TimeoutError:
            return web.Response(status=web.HTTPRequestTimeout.status_code)
        if body is None:
            return web.Response(status=web.HTTPRequestEntityTooLarge.status_code)
        if not self._is_signed(request, body):
            return web.Response(status=web.HTTPUnauthorized.status_code)
        return await self._answer(body)

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        """By Discord, within the last minutes, and not seen before. Whatever cannot be checked is wrong.

        Discord itself sends wrong signatures now and then, and takes the address away from who lets one in.
        """
        try:
            (stamp,) = request.headers.getall("X-Signature-Timestamp")
            (signed,) = request.headers.getall("X-Signature-Ed25519")
            signature = bytes.fromhex(signed)
            self._key.verify(signature, stamp.encode() + body)
            return self._is_recent(stamp) and not self._is_repeated(signature)
        except Exception:  # noqa: BLE001 (odd headers raise many kinds)
            return False

    def _is_recent(self, stamp: str) -> bool:
        if len(stamp) > _LONGEST_TIME:
            return False
        return abs(self._clock.now().timestamp() - int(stamp)) <= GOOD_FOR.total_seconds()

    def _is_repeated(self, signature: bytes) -> bool:
        """A copy that reaches another process of ours is refused by Discord itself: a command is answered once."""
        now = self._clock.now()
        while self._seen and next(iter(self._seen.values())) <= now:
            self._seen.popitem(last=False)
        repeated = signature in self._seen
        self._seen.setdefault(signature, now + REMEMBERED)
        return repeated

    async def _answer(self, body: bytes) -> web.Response:
        asked = _understood(body)
        if asked is None:
            return web.Response(status=web.HTTPBadRequest.status_code)
        if asked["type"] == _PING:
            return web.json_response({"type": _PONG})
        if self._client and await self._is_answered(self._client, asked):
            # "If you send this request for an interaction received over HTTP, respond to the original HTTP request
            # with a 202 and no body": docs.discord.com/developers/interactions/receiving-and-responding.
            return web.Response(status=web.HTTPAccepted.status_code)
        return web.json_response(self._not_now(asked))

    async def _is_answered(self, client: OutageClient, asked: Any) -> bool:
        """Whether Discord got a first answer by its callback; the card may follow it."""
        try:
            interaction = Interaction(data=asked, state=client._connection)  # noqa: SLF001 - as its gateway does
        except Exception as error:  # noqa: BLE001 (a form of it that discord.py does not know)
            log.warning("discord.interaction_unreadable", error=repr(error))
            return False
        task = asyncio.create_task(client.tree.answer(interaction), name="discord interaction")
        self._answering.add(task)
        task.add_done_callback(self._answered)
        return await _first_answer(task, interaction)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._answering.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("discord.command_failed", error=repr(error))

    def _not_now(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["type"] == _COMPLETION:
            return {"type": _CHOICES, "data": {"choices": []}}
        said = self._desk.translate(_NOT_NOW, language_of(str(asked.get("locale"))))
        return {
            "type": _MESSAGE,
            "data": {"content": said, "flags": _EPHEMERAL, "allowed_mentions": {"parse": []}},
        }


def astray(application: discord.AppInfo, public_key: bytes | None) -> str:
    """Why the application's commands do not reach us, and how to mend it; nothing when they do."""
    address = application.interactions_endpoint_url
    if public_key is None:
        return f"Commands go to {address}: set DISCORD_PUBLIC_KEY, or remove that address there" if address else ""
    if application.verify_key != public_key.hex():
        return "DISCORD_PUBLIC_KEY is not this application's: copy the Public Key from its General Information page"
    return "" if address else f"Set the application's Interactions Endpoint URL to https://<your host>{PATH}"


async def _first_answer(task: asyncio.Task[None], interaction: Interaction) -> bool:
    """discord.py tells nobody when it has answered, so we look."""
    looks = int(ANSWER_PATIENCE / _LOOK)
    for _ in range(looks):
        if interaction.response.is_done() or task.done():
            break
        await asyncio.wait({task}, timeout=_LOOK)
    return interaction.response.is_done()


def _understood(body: bytes) -> dict[str, Any] | None:
    """What is asked, if it is one of the kinds we have."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return asked if isinstance(asked, dict) and asked.get("type") in (_PING, _COMMAND, _PRESS, _COMPLETION) else None


async def _read(request: web.Request) -> bytes | None:
    """The body, read only as far as it may be long."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_MOST:
            return None
    return bytes(body)
