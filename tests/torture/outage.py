"""Both chat platforms dead for a day of simulated time, then back: the latest state only, within a quarter of an hour.

The bot runs in this process, on a loop whose clock jumps to the next timer whenever nothing moves on any socket.
"""

import argparse
import asyncio
import logging
import selectors
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.app import App
from bot.clock import SystemClock
from bot.domain.role import Role
from bot.store.database import Database
from tests.torture.bot import build
from tests.torture.play import Bots, Row, database, luck_of, options, report, rows_of, subscribe
from tests.torture.world import World

DRAIN_S = 15 * 60.0
PROBE_S = 10.0
FIRST_CALLS = 100
"""Those that were under way, or allowed before the first failures came back: they are no probes."""
_REAL_S = 0.004


class Jumping(selectors.DefaultSelector):
    """Waits for sockets for a moment; when none has anything, time jumps, by `stride` seconds at least.

    Not while something is `busy` where no socket tells of it: a database in a thread or in a process of its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0
        self.stride = 0.0
        self.busy = 1

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0 or self.busy:
            return super().select(timeout)
        began = time.monotonic()
        ready = super().select(min(timeout, _REAL_S))
        if not ready:
            self.ahead += max(timeout, self.stride) - (time.monotonic() - began)
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """Every timer of asyncio, those of the libraries too, goes by the jumping clock."""

    def __init__(self) -> None:
        self.jumping = Jumping()
        super().__init__(self.jumping)

    def time(self) -> float:
        return time.monotonic() + self.jumping.ahead


def watched(entered: Callable[[Database], Any], jumping: Jumping) -> Any:
    """A transaction, during which time goes as it does everywhere."""

    @asynccontextmanager
    async def entering(database: Database) -> AsyncIterator[Any]:
        jumping.busy += 1
        try:
            async with entered(database) as connection:
                yield connection
        finally:
            jumping.busy -= 1

    return entering


class JumpingClock:
    """The Clock port on the loop's time."""

    def __init__(self, loop: JumpingLoop) -> None:
        self._loop = loop
        self._began = SystemClock().now() - timedelta(seconds=loop.time())

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self._loop.time())


def read(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--hours", type=float, default=24, help="simulated")
    parser.add_argument("--how", choices=("503", "hang"), default="503")
    parser.add_argument("--channels", type=int, default=10)
    parser.add_argument("--incidents", type=int, default=8)
    parser.add_argument("--every", type=float, default=30, help="simulated minutes between two updates of an incident")
    given = parser.parse_args(arguments)
    if given.quick:
        given.hours, given.channels, given.incidents, given.every = 0.5, 4, 3, 5
    return given


class Run:
    """An hour of peace, the outage, and what comes after it."""

    def __init__(self, given: argparse.Namespace, world: World, loop: JumpingLoop) -> None:
        self.given = given
        self.world = world
        self.loop = loop
        self.probes: dict[str, int] = {}
        self.drained_s = 0.0
        self.back_at = 0.0

    async def go(self) -> None:
        self.loop.jumping.busy -= 1
        for incident in range(self.given.incidents):
            self.world.pages.say(incident)
        await self.until(lambda: not self.world.audit().lost, 600)
        await self.outage()
        self.back_at = self.loop.time()
        self.turn("")
        await self.until(lambda: not self.world.audit().lost, 4 * DRAIN_S)
        self.drained_s = self.loop.time() - self.back_at
        await asyncio.sleep(60)
        self.loop.jumping.busy += 1

    async def outage(self) -> None:
        world, ends = self.world, self.loop.time() + self.given.hours * 3600
        self.turn(self.given.how)
        world.slack.cut()
        world.discord.cut()
        world.slack.asked_at.clear()
        world.discord.asked_at.clear()
        self.loop.jumping.stride = 5.0
        new = self.given.incidents
        while self.loop.time() < ends:
            await asyncio.sleep(self.given.every * 60)
            for incident in range(self.given.incidents):
                world.pages.say(incident)
        world.pages.say(new)  # what began while nobody could be told
        await asyncio.sleep(120)
        self.loop.jumping.stride = 0.0
        for name, side in (("Slack", world.slack), ("Discord", world.discord)):
            self.probes[name] = len(side.asked_at)

    def turn(self, down: str) -> None:
        self.world.slack.down = self.world.discord.down = down

    async def until(self, true: Callable[[], object], seconds: float) -> None:
        ends = self.loop.time() + seconds
        while not true() and self.loop.time() < ends:  # noqa: ASYNC110 - it watches parts that know no events
            await asyncio.sleep(1)

    def words_after(self) -> int:
        """Messages of one incident in one channel since the platforms came back, at most."""
        late = Counter((one.channel, one.said[0][0]) for one in self.world.record.messages if one.at >= self.back_at)
        return max(late.values(), default=0)


@asynccontextmanager
async def working(told: dict[str, Any], loop: JumpingLoop) -> AsyncIterator[App]:
    """The bot in this process, until the end of the block."""
    app = build(told, clock=JumpingClock(loop))
    work = asyncio.create_task(app.run(Role.WORKER))
    try:
        yield app
    finally:
        app.stop()
        await work


async def play(given: argparse.Namespace, loop: JumpingLoop) -> int:
    luck, began = luck_of(given), time.monotonic()
    world = World(luck=luck, pages=2, channels=given.channels)
    clock = JumpingClock(loop)
    world.pages.clock = lambda: clock.now().timestamp()
    world.slack.now = world.discord.now = loop.time
    async with database(given.database) as url, world.serving():
        await subscribe(world, url)
        # What a library says of each failed connection fills pages.
        logging.disable(logging.ERROR)
        told = Bots(world, url, echo_window_s=390, poll_seconds=60, lease_seconds=60).told | {"paced": True}
        Database.reading = watched(Database.reading, loop.jumping)  # type: ignore[method-assign] # for this test
        Database.writing = watched(Database.writing, loop.jumping)  # type: ignore[method-assign] # for this test
        async with working(told, loop):
            torture = Run(given, world, loop)
            await torture.go()
            found = world.audit()
    logging.disable(logging.NOTSET)
    most = FIRST_CALLS + given.hours * 3600 / PROBE_S
    aim = f"<= {most:.0f} (one in 10 s)"
    rows: list[Row] = [
        *rows_of(found),
        ("minutes until all was told", f"{torture.drained_s / 60:.1f}", "<= 15", torture.drained_s <= DRAIN_S),
        ("words on one incident after it", torture.words_after(), "<= 1", torture.words_after() <= 1),
        *((f"calls to {name} meanwhile", count, aim, count <= most) for name, count in torture.probes.items()),
    ]
    notes = [f"{found.shown} messages; updates merged into a newer one: {found.merged}", *found.examples]
    title = f"{given.hours:g} h of {given.how}, {given.database}, {time.monotonic() - began:.0f} s of real time"
    return report(title, rows, notes)


def main(arguments: list[str] | None = None) -> int:
    loop = JumpingLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(play(read(arguments), loop))


if __name__ == "__main__":
    sys.exit(main())
