"""The shell around every job: it goes on, whatever one item or one moment brings.

Two shapes are enough: `supervise` keeps a long-running thing alive, `pump` takes items from a table and works on
several at once. A stop lets what is under way finish for a while; what does not is cancelled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from bot.domain.errors import SettingsError, StoreAway

T = TypeVar("T")
log = structlog.stdlib.get_logger(__name__)

RESTART_FIRST_S = 1.0
RESTART_SLOWEST_S = 60.0
HEALTHY_AFTER_S = 60.0
STORE_AWAY_S = 2.0
END_PATIENCE_S = 4.0
END_TRIES = 2


@dataclass(slots=True)
class Bell:
    """Rings when there is work before its time, and when it is time to stop. Only a hint: the tables decide.

    It rings those of `rooms` with it: each loop that waits has its own.
    """

    rooms: Collection["Bell"] = ()
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _work: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        """There is work now."""
        self._work.set()
        for bell in self.rooms:
            bell.ring()

    def stop(self) -> None:
        """Take nothing new; finish what is under way."""
        self.stopping.set()
        self._work.set()
        for bell in self.rooms:
            bell.stop()

    async def wait(self, seconds: float) -> None:
        """Wait for so long, or until it rings."""
        try:
            async with asyncio.timeout(seconds):
                await self._work.wait()
        except TimeoutError:
            return
        if not self.stopping.is_set():
            self._work.clear()


async def end(tasks: Collection[asyncio.Task[None]], *, patience: float = END_PATIENCE_S) -> None:
    """Cancel and wait, and again for those that did not notice: `asyncio.wait_for` of Python 3.11 may lose a cancel."""
    for _ in range(END_TRIES):
        running = [task for task in tasks if not task.done()]
        if not running:
            return
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=patience)


async def in_time(work: Coroutine[Any, Any, None], seconds: float) -> bool:
    """Do it; whether it was done in that time. What was not is cancelled and waited for. Raise what it raises.

    For cleaning up, mostly after a cancel: before Python 3.11.3 `asyncio.timeout` tells of no time-out then.
    https://github.com/python/cpython/issues/102780
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task], timeout=seconds)
        if task.done():
            await task
        return task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def supervise(name: str, run: Callable[[], Awaitable[None]], *, luck: Callable[[], float]) -> None:
    """Run it for ever: when it fails or ends by itself, again, a little later each time.

    A SettingsError ends it for good, with one line that says how to mend the setting: the rest goes on working.
    """
    loop = asyncio.get_running_loop()
    failures = 0
    while True:
        began = loop.time()
        try:
            await run()
            log.warning("ended by itself, starting it again", task=name)
        except SettingsError as error:
            log.error("stopped until the settings are mended", task=name, mend=str(error))  # noqa: TRY400 - one line
            return
        except Exception as error:  # noqa: BLE001 - the last resort of a task that must go on
            log.warning("failed, starting it again", task=name, error=str(error), kind=type(error).__name__)
        failures = 0 if loop.time() - began > HEALTHY_AFTER_S else failures + 1
        # Bounded before it is raised: an outage of a day has more failures than a float has exponents.
        pause = min(RESTART_FIRST_S * 2.0 ** min(max(failures - 1, 0), 10), RESTART_SLOWEST_S)
        await asyncio.sleep(pause * (0.5 + luck() / 2))


@dataclass(slots=True, kw_only=True)
class Pump:
    """Takes items, works on at most `most` at once. One that fails is logged; the others do not notice.

    `take` is asked for no more items than there is room for, and waits `pause` seconds (or the bell) in between.
    """

    name: str
    bell: Bell
    most: int
    pause: float
    grace: float = 8.0
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, take: Callable[[int], Awaitable[Sequence[T]]], work: Callable[[T], Awaitable[None]]) -> None:
        """Until the bell says stop; then give what is under way `grace` seconds."""
        try:
            while not self.bell.stopping.is_set():
                full = await self._round(take, work)
                await self.bell.wait(0 if full else self.pause)
                await self._room()
            await self.drain()
        finally:
            await end(self._running)

    async def _round(self, take: Callable[[int], Awaitable[Sequence[T]]], work: Callable[[T], Awaitable[None]]) -> bool:
        """Whether as much came as there was room for: then there may be more."""
        room = self.most - len(self._running)
        try:
            items = await take(room)
        except StoreAway as error:
            log.warning("the database is away, trying again", task=self.name, error=str(error))
            await asyncio.sleep(STORE_AWAY_S)
            return False
        except Exception:
            log.exception("nothing can be taken, trying again", task=self.name)
            await asyncio.sleep(STORE_AWAY_S)
            return False
        for item in items:
            task = asyncio.create_task(self._guarded(work, item), name=self.name)
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(items) == room

    async def _room(self) -> None:
        if len(self._running) >= self.most:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def drain(self) -> None:
        """Wait for what is under way, at most `grace` seconds."""
        if self._running:
            await asyncio.wait(self._running, timeout=self.grace)

    async def _guarded(self, work: Callable[[T], Awaitable[None]], item: T) -> None:
        try:
            await work(item)
        except StoreAway as error:
            log.warning("the database is away, the item waits for its lease to end", task=self.name, error=str(error))
        except Exception:
            log.exception("an item failed", task=self.name)
