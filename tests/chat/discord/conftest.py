"""A Discord on loopback, and our adapter connected to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.discord.app import DiscordChat
from bot.jobs.keep import Pace
from bot.jobs.loop import end
from tests.chat.discord.fakes import TOKEN, FakeClock, FakeDesk, FakeLeases, FakeNotes, FakeSubscriptions
from tests.chat.discord.front import Front

QUICK = Pace(
    lease=timedelta(seconds=0.5),
    renewal=timedelta(seconds=0.05),
    look=timedelta(seconds=0.05),
    margin=timedelta(seconds=0.1),
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
async def chat(unconnected: DiscordChat, front: Front) -> AsyncIterator[DiscordChat]:
    async with running(unconnected):
        await asyncio.wait_for(front.ready.wait(), 3)
        yield unconnected
