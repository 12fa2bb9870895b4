"""Several workers at once, stopped, killed and started at random: each page read by one, nothing written by the late.

The times of the real thing are `--interval 60 --pause 90 --lease 60`; the defaults are a third of them.
"""

import argparse
import asyncio
import signal
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from tests.torture.play import Bots, Row, database, luck_of, options, report, rows_of, run, settled, subscribe
from tests.torture.witness import Seen, compare, watch
from tests.torture.world import World

STARVED = 2.5
OVERLAPPING = 0.001
START_S = 3.0
SOONER = 0.5
"""Of an interval: two polls of a page closer to each other than that are one too many."""


def read(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--incidents", type=int, default=60)
    parser.add_argument("--interval", type=float, default=20, help="seconds between two polls of a page")
    parser.add_argument("--lease", type=float, default=20, help="seconds")
    parser.add_argument("--pause", type=float, default=30, help="seconds that a worker is stopped, at most")
    given = parser.parse_args(arguments)
    if given.quick:
        given.minutes, given.pages, given.channels, given.incidents = 0.5, 20, 6, 10
        given.interval, given.lease, given.pause = 6, 5, 8
    return given


class Run:
    """Keeps so many workers alive and troubles them."""

    def __init__(self, given: argparse.Namespace, world: World, bots: Bots) -> None:
        self.given = given
        self.world = world
        self.bots = bots
        self.kills = self.pauses = 0
        self.ends = time.monotonic() + given.minutes * 60
        # One is always at work: where all are stopped, nobody can be blamed for a late page.
        self.trouble = asyncio.Semaphore(given.workers - 1)

    async def worker(self) -> None:
        """One place for a worker, whoever has it."""
        luck, given = self.world.luck, self.given
        process = await self.bots.start()
        while time.monotonic() < self.ends:
            await asyncio.sleep(luck.uniform(given.interval / 2, given.interval * 3))
            async with self.trouble:
                process = await (self.kill(process) if luck.random() < 0.5 else self.pause(process))

    async def kill(self, process: asyncio.subprocess.Process) -> asyncio.subprocess.Process:
        self.kills += 1
        await self.bots.kill(process)
        fresh = await self.bots.start()
        await asyncio.sleep(START_S)
        return fresh

    async def pause(self, process: asyncio.subprocess.Process) -> asyncio.subprocess.Process:
        self.pauses += 1
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(self.world.luck.uniform(0, self.given.pause))
        process.send_signal(signal.SIGCONT)
        return process

    async def news(self) -> None:
        while time.monotonic() < self.ends:
            self.world.pages.say(self.world.luck.randrange(self.given.incidents))
            await asyncio.sleep(self.world.luck.uniform(0, self.given.interval / 4))

    async def go(self) -> None:
        await asyncio.gather(self.news(), *(self.worker() for _ in range(self.given.workers)))


def _gaps(world: World, interval: float, until: float) -> tuple[int, int, float]:
    """Polls in all, those that came too early after another, the longest gap in intervals."""
    polls = [times for times in world.pages.polls.values() if times]
    gaps = [later - earlier for times in polls for earlier, later in pairwise(times)]
    ages = [until - times[-1] for times in polls]
    return sum(map(len, polls)), sum(gap < SOONER * interval for gap in gaps), max(gaps + ages, default=0) / interval


def _rows(given: argparse.Namespace, gaps: tuple[int, int, float], saves: Seen, sends: Seen) -> list[Row]:
    polls, early, longest = gaps
    share = early / polls if polls else 1
    few = early <= max(1, polls * OVERLAPPING)
    return [
        (f"stale of {saves.taken} polls saved", saves.stale, "0", saves.stale == 0 and saves.taken > 0),
        (f"stale of {sends.taken} sends noted", sends.stale, "0", sends.stale == 0 and sends.taken > 0),
        (f"polled too early, of {polls}", f"{early} ({share:.2%})", f"<= {OVERLAPPING:.1%}, or one", few and polls > 0),
        ("latest page, in intervals", f"{longest:.2f}", f"<= {STARVED}", longest <= STARVED),
    ]


async def play(given: argparse.Namespace) -> int:
    luck = luck_of(given)
    world = World(luck=luck, pages=given.pages, channels=given.channels)
    world.slack.repeat_for_s = 3 * given.pause
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        async with database(given.database) as url, world.serving():
            await subscribe(world, url)
            await watch(url)
            more = {"poll_seconds": given.interval, "lease_seconds": given.lease}
            async with Bots(world, url, echo_window_s=3 * given.pause + 3, **more) as bots:
                bots.tell(log=str(log))
                torture = Run(given, world, bots)
                await torture.go()
                gaps = _gaps(world, given.interval, time.time())
                found = await settled(world, patience=120 + 4 * given.pause, quiet=3 * given.pause + given.lease)
            saves, sends = await compare(url, log, "save"), await compare(url, log, "sent")
    title = f"{given.workers} workers for {given.minutes:g} min, {torture.kills} kills, {torture.pauses} pauses"
    notes = [
        f"refused: {saves.refused} polls, {sends.refused} sends (their lease was over)",
        f"{found.shown} messages; Discord's nonce suppressed {world.discord.suppressed}; merged {found.merged}",
        *found.examples,
        *bots.errors[:5],
    ]
    return report(f"{title}, {given.database}", _rows(given, gaps, saves, sends) + rows_of(found), notes)


async def main() -> int:
    return await play(read())


if __name__ == "__main__":
    run(main)
