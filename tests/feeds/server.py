"""A real HTTP server on loopback, which answers what a test says and remembers what it was asked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


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
