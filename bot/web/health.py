"""Is it well? `/healthz` says that the process lives, `/readyz` that it can work. The host and a monitor ask."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from aiohttp import web

from bot.domain.errors import StoreAway
from bot.domain.subscription import Platform
from bot.ports import Clock, Store
from bot.web.bearer import is_operator
from bot.web.lag import Lag
from bot.web.within import Within

Ready = Callable[[], Awaitable[bool]]
Rounds = Callable[[], datetime | None]

LAG_MOST_S = 1.0
DATABASE_MOST_S = 1.0
ROUND_MOST = timedelta(seconds=30)
"""The poll loop looks for work twice a second, and waits for at most 15 s where it has too much."""
QUEUE_MOST = timedelta(minutes=5)
"""A delivery that may be tried and that nobody tries: no sender works, or its platform takes nothing from anybody. One
that failed waits for its next attempt, and is not late."""
LOOK_AGAIN_S = 2.0
"""Anybody may ask: however many do, the database is written to no more often than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was found. Empty texts are good; `queue` is how long the first delivery of the queue is overdue."""

    database: str = ""
    poll: str = ""
    queue: timedelta = timedelta()

    @property
    def ok(self) -> bool:
        """Whether it can work."""
        return not self.database and not self.poll and self.queue <= QUEUE_MOST


class Health:
    """`rounds` says when the poll loop last looked for work; it is set where this process polls."""

    def __init__(self, *, store: Store, ready: Ready, clock: Clock, lag: Lag, token: str) -> None:
        self._store = store
        self._ready = ready
        self._clock = clock
        self._lag = lag
        self._token = token
        self._in_time = Within(DATABASE_MOST_S)
        self._looking: asyncio.Task[Look] | None = None
        self._looked_s = 0.0
        self.rounds: Rounds | None = None

    async def healthz(self, _request: web.Request) -> web.Response:
        """The process lives and its loop turns. Never touches the database: a restart would not bring that back."""
        ok = self._lag.worst_s() < LAG_MOST_S
        return web.json_response({"ok": ok}, status=_status(ok=ok))

    async def readyz(self, request: web.Request) -> web.Response:
        """Database, poll loop and queue. What exactly is wrong is for the operator."""
        look = await self._look()
        says: dict[str, object] = {"ok": look.ok}
        if is_operator(request, self._token):
            says |= {"database": look.database or "ok", "poll": look.poll or "ok"}
            says |= {"queue_s": look.queue.total_seconds(), "loop_lag_s": round(self._lag.worst_s(), 3)}
        return web.json_response(says, status=_status(ok=look.ok))

    async def _look(self) -> Look:
        """One look for all who ask within two seconds."""
        if self._looking is None or (self._looking.done() and monotonic() - self._looked_s >= LOOK_AGAIN_S):
            self._looking = asyncio.create_task(self._look_now())
        return await asyncio.shield(self._looking)

    async def _look_now(self) -> Look:
        now = self._clock.now()
        try:
            database, queue = await self._in_time.wait(self._database(now))
        except (StoreAway, TimeoutError) as error:
            database, queue = str(error), timedelta()
        self._looked_s = monotonic()
        return Look(database=database, poll=self._poll(now), queue=queue)

    async def _database(self, now: datetime) -> tuple[str, timedelta]:
        """Its tables, a write, and how long the queue waits. A disk that is full can still be read."""
        if not await self._ready():
            return "away, or its tables are older than the program", timedelta()
        await self._store.set_note("ready", now.isoformat())
        due = [await self._store.next_due(platform) for platform in Platform]
        return "", max((now - one for one in due if one and one < now), default=timedelta())

    def _poll(self, now: datetime) -> str:
        if self.rounds is None:
            return ""
        last = self.rounds()
        if last is None:
            return "has not begun"
        return f"stands still since {last.isoformat(timespec='seconds')}" if now - last > ROUND_MOST else ""


def _status(*, ok: bool) -> int:
    return web.HTTPOk.status_code if ok else web.HTTPServiceUnavailable.status_code
