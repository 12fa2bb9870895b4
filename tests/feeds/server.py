"""Real servers on loopback: one for HTTP, which answers what a test says and remembers what it was asked, one for
anything else that can be sent. And the name servers that lead to them.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from bot.domain.service import Feed
from bot.domain.status import Snapshot
from bot.ports import Document, Documents, Format

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def read_nothing(documents: Documents, base_url: str) -> Snapshot:
    return Snapshot(format="test", page_url=base_url, page=str(len(documents)))


def format_of(*documents: Document) -> Format:
    return Format(name="test", documents=documents, recognise=bool, parse=read_nothing)


def feed_of(url: str, *, trusted: bool = True) -> Feed:
    return Feed(id="x", url=url, format="test", trusted=trusted)


PULSE = Document(name="a.json", path="api/a.json")
ONE = format_of(PULSE)


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Site:
    """`pages` by path; `asked` are the requests in order."""

    url: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        page = self.pages.get(request.path)
        return await page(request) if page else web.Response(status=404)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.asked]

    def conditions(self) -> list[bool]:
        """For each request, whether it was conditional."""
        wanted = {"If-None-Match", "If-Modified-Since"}
        return [bool(wanted & set(request.headers)) for request in self.asked]


@asynccontextmanager
async def serving() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        site.url = str(server.make_url("")).rstrip("/")
        yield site


def says(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Always this; header names with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, headers=named)

    return page


def versioned(body: bytes, etag: str, **headers: str) -> Answer:
    """304 to the right If-None-Match, the body to everything else."""
    named = {name.replace("_", "-"): value for name, value in headers.items()} | {"ETag": etag}

    async def page(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=named)
        return web.Response(body=body, headers=named)

    return page


def leads_to(location: str, status: int = 302) -> Answer:
    return says(b"", status, Location=location)


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    """A server that says what it likes, as bytes. Its address."""
    talks: set[asyncio.Task[None]] = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except OSError:
            pass  # the other side has had enough
        finally:
            writer.transport.abort()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.ensure_future(met(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for one in talks:
            one.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


class Names(AbstractResolver):
    """Knows the names it is told, and reads numbers as the C library does. Several answers are given in turn."""

    def __init__(self, **known: Sequence[Sequence[str]]) -> None:
        self.known = {f"{name}.example": list(answers) for name, answers in known.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0)
            for one in self._answer(host.rstrip(".").lower())
        ]

    def _answer(self, host: str) -> Sequence[str]:
        if host == "localhost":
            return ["127.0.0.1", "::1"]
        if answers := self.known.get(host):
            return answers.pop(0) if len(answers) > 1 else answers[0]
        try:
            return [socket.inet_ntoa(socket.inet_aton(host))]
        except OSError:
            raise OSError(socket.EAI_NONAME, "not known") from None

    async def close(self) -> None:
        """Nothing is open."""
