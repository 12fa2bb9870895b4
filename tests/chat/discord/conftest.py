"""A Discord on loopback, and our adapter connected to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.discord.app import DiscordChat
from bot.jobs.loop import end
from tests.chat.discord.fakes import TOKEN, FakeClock, FakeDesk, FakeNotes
from tests.chat.discord.front import Front


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
def unconnected(front: Front, desk: FakeDesk, notes: FakeNotes, clock: FakeClock) -> DiscordChat:
    return DiscordChat(
        token=TOKEN, desk=desk, notes=notes, clock=clock, api_url=front.api_url, gateway_url=front.gateway_url
    )


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
