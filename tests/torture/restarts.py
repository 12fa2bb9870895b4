"""SIGTERM again and again under load, the new copy beside the old one as hosts do it; then a storm of restarts."""

import argparse
import asyncio
import time

from tests.torture.play import Bots, Row, database, luck_of, options, report, rows_of, run, settled, subscribe, until
from tests.torture.world import World

EXIT_S = 10.0
IDENTIFIES = 5
"""Within ten minutes: bot/chat/discord/budget.py"""


def read(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--restarts", type=int, default=100)
    parser.add_argument("--storm", type=int, default=50, help="starts that are stopped within a second")
    parser.add_argument("--channels", type=int, default=50)
    parser.add_argument("--incidents", type=int, default=60)
    parser.add_argument("--pages", type=int, default=10)
    given = parser.parse_args(arguments)
    if given.quick:
        given.restarts, given.storm, given.channels, given.incidents, given.pages = 3, 3, 10, 6, 3
    return given


class Run:
    """`exits_s` are the times from SIGTERM to the end; `codes` how it ended."""

    def __init__(self, given: argparse.Namespace, world: World, bots: Bots) -> None:
        self.given = given
        self.world = world
        self.bots = bots
        self.exits_s: list[float] = []
        self.codes: list[int | None] = []
        self.in_flight: list[int] = []

    def say_some(self, count: int) -> None:
        for _ in range(count):
            self.world.pages.say(self.world.luck.randrange(self.given.incidents))

    async def end(self, process: asyncio.subprocess.Process) -> None:
        self.exits_s.append(await self.bots.end(process))
        self.codes.append(process.returncode)

    async def restart(self) -> None:
        luck = self.world.luck
        old = await self.bots.start()
        for _ in range(self.given.restarts):
            self.say_some(3)
            await until(lambda: self.world.under_way, 8, every=0.005)
            new = await self.bots.start()
            await asyncio.sleep(luck.uniform(0, 1.5))
            await until(lambda: self.world.under_way, 1, every=0.002)
            self.in_flight.append(self.world.under_way)
            await self.end(old)
            old = new
        await until(lambda: self.world.under_way, 3)
        await self.end(old)

    async def storm(self) -> None:
        for _ in range(self.given.storm):
            self.say_some(1)
            process = await self.bots.start()
            await asyncio.sleep(self.world.luck.uniform(0, 2.5))
            self.exits_s.append(await self.bots.end(process))


async def play(given: argparse.Namespace) -> int:
    luck, began = luck_of(given), time.monotonic()
    world = World(luck=luck, pages=given.pages, channels=given.channels)
    for incident in range(given.incidents):
        world.pages.say(incident)
    async with database(given.database) as url, world.serving():
        await subscribe(world, url)
        world.slack.repeat_for_s = 18
        async with Bots(world, url, echo_window_s=20) as bots:
            torture = Run(given, world, bots)
            await torture.restart()
            await torture.storm()
            last = await bots.start()
            found = await settled(world, patience=300, quiet=30)
            await torture.end(last)
    took = time.monotonic() - began
    slowest, unclean = max(torture.exits_s), [code for code in torture.codes if code]
    rows: list[Row] = [
        ("seconds from SIGTERM to the end", f"{slowest:.2f} at most", f"<= {EXIT_S:.0f}", slowest <= EXIT_S),
        ("ended unclean", len(unclean), "0", not unclean),
        *rows_of(found),
        ("IDENTIFY to Discord", world.discord.identified, f"<= {IDENTIFIES} in 10 min", _few(world, took)),
    ]
    busy = sum(map(bool, torture.in_flight))
    notes = [
        f"{found.shown} messages; updates merged: {found.merged}; messages were under way at {busy} of the stops",
        *found.examples,
        *bots.errors[:5],
    ]
    title = f"{given.restarts} restarts, {given.storm} in a storm, {given.database}, {took:.0f} s"
    return report(title, rows, notes)


def _few(world: World, took: float) -> bool:
    return world.discord.identified <= IDENTIFIES * (1 + took // 600)


async def main() -> int:
    return await play(read())


if __name__ == "__main__":
    run(main)
