"""A Discord on loopback, and our adapter connected to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import yarl
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.door import PATH
from bot.jobs.keep import Pace
from bot.jobs.loop import end
from bot.web.app import serve
from tests.chat.discord.fakes import NOON, TOKEN, FakeClock, FakeDesk, FakeLeases, FakeNotes, FakeSubscriptions
from tests.chat.discord.front import Front

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
QUICK = Pace(
    lease=timedelta(seconds=0.5),
    renewal=timedelta(seconds=0.05),
    look=timedelta(seconds=0.05),
    margin=timedelta(seconds=0.1),
    endures=True,
)


@pytest.fixture(autouse=True)
def _own_addresses() -> Iterator[None]:
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE = base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with Front() as front:
        yield front


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def notes() -> FakeNotes:
    return FakeNotes()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def leases() -> FakeLeases:
    return FakeLeases()


@pytest.fixture
def subscriptions() -> FakeSubscriptions:
    return FakeSubscriptions()


Make = Callable[..., DiscordChat]


@pytest.fixture
def make(
    front: Front,
    desk: FakeDesk,
    notes: FakeNotes,
    leases: FakeLeases,
    subscriptions: FakeSubscriptions,
    clock: FakeClock,
) -> Make:
    """A process of ours, with the same database as the others."""

    def make(**more: Any) -> DiscordChat:
        parts: dict[str, Any] = {"token": TOKEN, "desk": desk, "notes": notes, "leases": leases, "clock": clock}
        addresses = {"api_url": front.api_url, "gateway_url": front.gateway_url}
        return DiscordChat(**parts | addresses | {"forget": subscriptions.forget_workspace, "pace": QUICK} | more)

    return make


@pytest.fixture
def unconnected(make: Make) -> DiscordChat:
    return make()


async def until(condition: Callable[[], object], within: float = 3) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - of several tasks
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(chat: DiscordChat) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(chat.run())
    try:
        yield task
    finally:
        await end([task], patience=1)


@pytest.fixture
async def connected(unconnected: DiscordChat, front: Front) -> AsyncIterator[DiscordChat]:
    async with running(unconnected):
        await asyncio.wait_for(front.ready.wait(), 3)
        yield unconnected


@pytest.fixture
def chat(connected: DiscordChat) -> DiscordChat:
    return connected


@dataclass
class Shop:
    """A process of ours whose commands come over HTTP, on loopback, as Discord sees it."""

    chat: DiscordChat
    session: aiohttp.ClientSession

    @staticmethod
    @asynccontextmanager
    async def of(chat: DiscordChat) -> AsyncIterator["Shop"]:
        app = web.Application()
        app.add_routes(chat.routes())
        runner = await serve(app, "127.0.0.1", 0)
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
                yield Shop(chat, session)
        finally:
            await runner.cleanup()

    def signed(self, body: bytes, *, at: str = str(int(NOON.timestamp()))) -> dict[str, str]:
        return {"X-Signature-Timestamp": at, "X-Signature-Ed25519": KEY.sign(at.encode() + body).hex()}

    async def post(self, asked: Any, *, at: str = str(int(NOON.timestamp()))) -> tuple[int, Any]:
        """Signed; its status, and its JSON if it has any."""
        body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
        return await self.send(body, self.signed(body, at=at))

    async def send(self, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        async with self.session.post(PATH, data=body, headers=headers) as answer:
            told = await answer.read()
            return answer.status, json.loads(told) if told else None


@pytest.fixture
async def shop(make: Make) -> AsyncIterator[Shop]:
    async with Shop.of(make(public_key=KEY.public_key().public_bytes_raw())) as shop:
        yield shop


@pytest.fixture
async def over_http(shop: Shop, front: Front) -> AsyncIterator[DiscordChat]:
    """It runs, and what people type goes to its address."""

    async def deliver(asked: Any) -> None:
        await shop.post(asked)

    async with running(shop.chat):
        await until(lambda: shop.chat._door and shop.chat._door._client)
        front.endpoint = deliver
        yield shop.chat
