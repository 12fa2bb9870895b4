"""A replayed outage as status pages on loopback: real HTTP, moving time."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.core.catalogue import Catalogue
from bot.domain.service import Feed, Service
from bot.replays.model import Aside, Event, Replay
from bot.replays.pages import page_at
from bot.replays.timeline import timeline

_LOOPBACK = "127.0.0.1"


class ReplayServer:
    """Serves `/<service>/api/v2/<document>` as it was at the moment of the story. A Clock of that story, too.

    The story starts when the server does. `speed`, `beat` (seconds) and `afterwards` are those of the timeline;
    `seconds` is what it reads real time from.
    """

    def __init__(
        self,
        replay: Replay,
        *,
        speed: float = 1,
        beat: float | None = None,
        afterwards: bool = False,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.replay = replay
        self.timeline = timeline(replay, speed=speed, beat=beat, afterwards=afterwards)
        self._runner: web.AppRunner | None = None
        self._seconds = seconds
        self._started = seconds()
        self._port = 0

    async def start(self) -> None:
        """Listen on a free port of loopback, and let the story begin."""
        app = web.Application()
        app.router.add_get("/{service}/api/v2/{document}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, _LOOPBACK, 0).start()
        self._port = self._runner.addresses[0][1]
        self._started = self._seconds()

    async def stop(self) -> None:
        """Close the port. Harmless when it never opened."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def moment(self) -> datetime:
        """The moment of the story (aware UTC)."""
        return self.timeline.moment(self._elapsed())

    def now(self) -> datetime:
        """The moment again, under the name a Clock has."""
        return self.moment()

    def until_next(self) -> float | None:
        """Real seconds until something happens; None when the story is over."""
        return self.timeline.until_next(self._elapsed())

    @property
    def over(self) -> bool:
        """Whether the last moment has had its beat."""
        return self._elapsed() >= self.timeline.seconds

    def told(self) -> tuple[Event | Aside, ...]:
        """All that has happened by now, oldest first."""
        now = self.moment()
        return tuple(item for item in self.replay.course if item.at <= now)

    def feed(self, service: str) -> Feed:
        """Where a service's replayed page is read, while the server runs."""
        url = f"http://{_LOOPBACK}:{self._port}/{service}"
        return Feed(id=service, url=url, format=self.replay.pages[service].format)

    def catalogue(self, known: Catalogue) -> Catalogue:
        """The catalogue with the replayed services read from here, parts and aliases kept."""
        return known.replacing(self._service(slug, known.get(slug)) for slug in self.replay.services)

    def _service(self, slug: str, known: Service | None) -> Service:
        feeds = (self.feed(slug),)
        page = self.replay.pages[slug]
        return replace(known, feeds=feeds) if known else Service(slug=slug, name=page.name, page=page.url, feeds=feeds)

    def _elapsed(self) -> float:
        return self._seconds() - self._started

    async def _answer(self, request: web.Request) -> web.Response:
        service, document = request.match_info["service"], request.match_info["document"]
        if service not in self.replay.pages:
            raise web.HTTPNotFound
        body = page_at(self.replay, service, self.moment()).get(document)
        if body is None:
            raise web.HTTPNotFound
        # Weak, as the real pages' are.
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "max-age=0, public"}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type="application/json", charset="utf-8", headers=headers)
