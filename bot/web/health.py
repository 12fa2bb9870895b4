"""Is it well? `/healthz` says that the process lives, `/readyz` that it can work. The host and a monitor ask."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from aiohttp import web

from bot.domain.errors import StoreAway
from bot.domain.subscription import Platform
from bot.ports import Clock, Store
from bot.web.bearer import is_operator
from bot.web.lag import Lag
from bot.web.within import Within

log = structlog.stdlib.get_logger(__name__)

Ready = Callable[[], Awaitable[bool]]
Rounds = Callable[[], datetime | None]

LAG_MOST_S = 1.0
DATABASE_MOST_S = 1.0
ROUND_MOST = timedelta(seconds=30)
"""The poll loop looks for work twice a second, and waits for at most 15 s where it has too much."""
QUEUE_MOST = timedelta(minutes=5)
"""A delivery that may be tried and that nobody tries: no sender works, or its platform takes nothing from anybody. One
that failed waits for its next attempt, and is not late."""
LOOK_EVERY_S = 5.0
"""Anybody may ask: an answer is what was found at the last look, so it is quick, and asking often costs nothing."""
LOOK_OLDEST_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was found, and when. An empty text is good; `queue` is how long the queue's first delivery is overdue."""

    at_s: float
    database: str = ""
    queue: timedelta = timedelta()


class Health:
    """`rounds` says when the poll loop last looked for work; it is set where this process polls.

    `file` says what is wrong with planb.toml; the version before is used, so that is no reason to be unready.
    """

    def __init__(self, *, store: Store, ready: Ready, clock: Clock, lag: Lag, token: str) -> None:
        self._store = store
        self._ready = ready
        self._clock = clock
        self._lag = lag
        self._token = token
        self._in_time = Within(DATABASE_MOST_S)
        self._last = Look(at_s=monotonic(), database="was not looked at yet")
        self.rounds: Rounds | None = None
        self.file: Callable[[], str] = str

    async def healthz(self, _request: web.Request) -> web.Response:
        """The process lives and its loop turns. Never touches the database: a restart would not bring that back."""
        ok = self._lag.worst_s() < LAG_MOST_S
        return web.json_response({"ok": ok}, status=_status(ok=ok))

    async def readyz(self, request: web.Request) -> web.Response:
        """Database, poll loop and queue. What exactly is wrong is for the operator."""
        look, poll = self._last, self._poll(self._clock.now())
        database = look.database or ("" if monotonic() - look.at_s <= LOOK_OLDEST_S else "was not looked at lately")
        ok = not database and not poll and look.queue <= QUEUE_MOST
        says: dict[str, object] = {"ok": ok}
        if is_operator(request, self._token):
            says |= {"database": database or "ok", "poll": poll or "ok"}
            says |= {"planb.toml": self.file() or "ok"}
            says |= {"queue_s": look.queue.total_seconds(), "loop_lag_s": round(self._lag.worst_s(), 3)}
        return web.json_response(says, status=_status(ok=ok))

    async def run(self) -> None:
        """Look every five seconds, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look now. Never raises: a mistake of ours is unready, too."""
        try:
            database, queue = await self._in_time.wait(self._database(self._clock.now()))
        except (StoreAway, TimeoutError) as error:
            database, queue = str(error), timedelta()
        except Exception as error:
            log.exception("readiness could not be found out")
            database, queue = type(error).__name__, timedelta()
        self._last = Look(at_s=monotonic(), database=database, queue=queue)

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
