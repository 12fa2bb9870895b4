"""The HTTP surface on loopback, over a real store."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import SystemClock
from bot.jobs.loop import Bell
from bot.ports import Clock
from bot.store.store import SqlStore
from bot.web.app import serve
from bot.web.surface import Surface

TOKEN = "the-operators-token"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Site:
    """What a monitor or a status page sees."""

    surface: Surface
    store: SqlStore
    bell: Bell
    client: aiohttp.ClientSession
    url: str

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.client.get(self.url + path, headers=headers) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, body: bytes = b"") -> int:
        async with self.client.post(self.url + path, data=body) as answer:
            return answer.status


@asynccontextmanager
async def open_site(store: SqlStore, *, token: str = TOKEN, clock: Clock | None = None) -> AsyncIterator[Site]:
    bell = Bell()
    surface = Surface(store=store, ready=store.ready, clock=clock or SystemClock(), poll_bell=bell, token=token)
    runner = await serve(surface.app([]), "127.0.0.1", 0)
    connector = aiohttp.TCPConnector(limit=50)
    async with aiohttp.ClientSession(connector=connector) as client:
        yield Site(surface, store, bell, client, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


@contextmanager
def gone(path: Path) -> Iterator[None]:
    """The database is away."""
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    yield
    path.rmdir()
    path.with_suffix(".away").rename(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """The database can be read, and somebody else is writing for ever."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()
