"""Hours of everyday work: memory and open files stay where they are, and nothing is lost on the way."""

import argparse
import asyncio
import statistics
import time
from pathlib import Path

from bot.jobs.deliver import MOST_AT_ONCE
from tests.torture.play import Bots, Row, database, luck_of, options, report, rows_of, run, settled, subscribe, until
from tests.torture.world import World

GROWTH = 0.05
MOST_CONNECTIONS = 3 * MOST_AT_ONCE
"""As many as Slack, Discord and the pages may keep busy at once."""
WARM_UP = 0.25
"""Of the whole time: caches fill, the pools open their connections."""


def read(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--channels", type=int, default=10)
    parser.add_argument("--open", type=int, default=20, help="incidents at a time; each has five updates")
    parser.add_argument("--each", type=float, default=1, help="updates a second")
    given = parser.parse_args(arguments)
    if given.quick:
        given.minutes, given.pages, given.channels, given.open, given.each = 0.4, 10, 4, 4, 3
    return given


def memory_mb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def handles(pid: int) -> tuple[int, int]:
    """Open files, and connections among them apart: of these a pool keeps as many as were ever busy at once."""
    names = [_name(one) for one in Path(f"/proc/{pid}/fd").iterdir()]
    sockets = sum(name.startswith("socket:") for name in names)
    return len(names) - sockets, sockets


def _name(handle: Path) -> str:
    try:
        return str(handle.readlink())
    except OSError:  # closed since it was listed
        return ""


class Life:
    """Incidents come and go."""

    def __init__(self, given: argparse.Namespace, world: World) -> None:
        self.given = given
        self.world = world
        self.next = 0
        self.running: list[int] = []

    def go_on(self) -> None:
        while len(self.running) < self.given.open:
            self.running.append(self.next)
            self.next += 1
        incident = self.world.luck.choice(self.running)
        final = self.world.pages.last.get(incident, 0) == 4
        self.world.pages.say(incident, final=final)
        if final:
            self.running.remove(incident)


async def play(given: argparse.Namespace) -> int:
    luck = luck_of(given)
    world = World(luck=luck, pages=given.pages, channels=given.channels)
    life, sizes, opened = Life(given, world), list[float](), list[tuple[int, int]]()
    # What a page lists, the bot remembers: it is to grow no more when all is warm.
    world.pages.listed = 5
    async with database(given.database) as url, world.serving():
        await subscribe(world, url)
        async with Bots(world, url, poll_seconds=5, lease_seconds=60) as bots:
            process = await bots.start()
            # What is over before a page was ever read is nobody's news.
            await until(lambda: all(world.pages.polls.values()), 60)
            ends = time.monotonic() + given.minutes * 60
            while time.monotonic() < ends:
                await asyncio.sleep(1 / given.each)
                life.go_on()
                sizes.append(memory_mb(process.pid))
                opened.append(handles(process.pid))
            found = await settled(world, patience=120)
            await bots.end(process)
    # In less than half a minute nothing is warm yet.
    growth, more = (3 * GROWTH, 15) if given.quick else (GROWTH, 0)
    rows = [*_grown(sizes, opened, growth, more), *rows_of(found)]
    return report(f"{given.minutes:g} minutes, {given.database}", rows, [*found.examples, *bots.errors[:5]])


def _grown(sizes: list[float], opened: list[tuple[int, int]], most: float, most_files: int) -> list[Row]:
    """After the warm-up the first fifth against the last. Open files go up and down: the fewest count."""
    warm = int(len(sizes) * WARM_UP)
    part = max(1, (len(sizes) - warm) // 5)
    before, after = statistics.median(sizes[warm : warm + part]), statistics.median(sizes[-part:])
    files = [count for count, _ in opened]
    connections = max(count for _, count in opened)
    growth, more = after / before - 1, min(files[-part:]) - min(files[warm : warm + part])
    return [
        ("memory", f"{before:.0f} -> {after:.0f} MB ({growth:+.1%})", f"<= {most:+.0%}", growth <= most),
        ("open files", f"{more:+d}", f"<= {most_files:+d}", more <= most_files),
        ("connections at once", connections, f"<= {MOST_CONNECTIONS}", connections <= MOST_CONNECTIONS),
    ]


async def main() -> int:
    return await play(read())


if __name__ == "__main__":
    run(main)
