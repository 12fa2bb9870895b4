"""Die at every step of the way, one after the other, until the story ends before the step is reached.

As SQLite's own writecrash.test does it. The steps are tests/system/crash.py's: before and after each call to the store
or to a chat that moves a delivery on.
"""

import argparse
import asyncio
import random
import time

from tests.torture.play import Bots, Row, database, luck_of, options, report, run, settled, subscribe, until
from tests.torture.record import Findings
from tests.torture.world import World

MOST = 200
ECHO_WINDOW_S = 15
LEAST = 10
SCENARIOS = {"one by one": (1, 1), "several at once": (1, 3), "dies again": (1, 2)}
"""How many updates come at a time; "dies again" dies at the same step of its second life too."""


def read(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--scenario", choices=tuple(SCENARIOS), action="append")
    parser.add_argument("--first", type=int, default=1, help="the step to begin with")
    parser.add_argument("--every", type=int, default=1, help="only every so many steps")
    parser.add_argument("--at-once", type=int, default=2, help="how many stories run side by side")
    given = parser.parse_args(arguments)
    if given.quick:
        given.scenario, given.first, given.every = ["several at once"], random.Random(given.seed).randint(1, 9), 9
        given.at_once = 3
    given.scenario = given.scenario or list(SCENARIOS)
    return given


async def story(
    given: argparse.Namespace, scenario: str, step: int, luck: random.Random, turn: asyncio.Lock
) -> tuple[bool, Findings]:
    """Whether it came to the death, and what is shown in the end."""
    world = World(luck=luck, pages=1, channels=2)
    world.pages.say(0)
    world.slack.repeat_for_s = ECHO_WINDOW_S - 2
    async with database(given.database, turn) as url, world.serving():
        await subscribe(world, url)
        async with Bots(world, url, lease_seconds=1, echo_window_s=ECHO_WINDOW_S, poll_seconds=0.3) as bots:
            told = asyncio.create_task(_tell(world, SCENARIOS[scenario]))
            died = False
            for deadly in (step, step if scenario == "dies again" else 0, 0):
                process = await bots.start(step=deadly)
                gone = asyncio.create_task(process.wait())
                shown = asyncio.create_task(_shown(world, told))
                await asyncio.wait({gone, shown}, return_when=asyncio.FIRST_COMPLETED)
                shown.cancel()
                if not gone.done():
                    break
                died = True
                await bots.kill(process)
            found = await settled(world, patience=90, quiet=ECHO_WINDOW_S + 10)
            told.cancel()
            return died, found


async def _tell(world: World, batches: tuple[int, ...]) -> None:
    for number, count in enumerate(batches):
        more = count - (number == 0)  # the first update is there from the beginning
        await until(lambda: len(world.record.messages) >= 2, 60)
        for one in range(more):
            world.pages.say(0, final=number == len(batches) - 1 and one == more - 1)


async def _shown(world: World, told: "asyncio.Task[None]") -> None:
    await asyncio.wait({told})
    await until(lambda: not world.audit().lost, 90)
    await asyncio.sleep(0.5)


async def walk(given: argparse.Namespace, scenario: str, luck: random.Random) -> tuple[int, list[tuple[int, Findings]]]:
    """Every step until the story ends before it is reached: how many steps, and where a promise broke."""
    broken, step, steps, turn = [], given.first, 0, asyncio.Lock()
    while step < MOST:
        batch = range(step, step + given.every * given.at_once, given.every)
        ended = await asyncio.gather(
            *(story(given, scenario, one, random.Random(luck.random()), turn) for one in batch)
        )
        broken += [(one, found) for one, (_, found) in zip(batch, ended, strict=True) if not found.clean]
        steps += sum(died for died, _ in ended)
        print(f"{scenario}: steps {list(batch)}, died {[died for died, _ in ended]}", flush=True)
        if not all(died for died, _ in ended):
            break
        step = batch[-1] + given.every
    return steps, broken


async def play(given: argparse.Namespace) -> int:
    luck, began = luck_of(given), time.monotonic()
    rows: list[Row] = []
    notes = []
    for scenario in given.scenario:
        steps, broken = await walk(given, scenario, luck)
        least = LEAST // given.every
        rows.append((f"{scenario}: deaths", steps, f">= {least}", steps >= least))
        rows.append((f"{scenario}: broken promises", len(broken), "0", not broken))
        notes += [f"{scenario}, step {step}: {found.examples}" for step, found in broken]
    took = time.monotonic() - began
    return report(f"a death at every step, {given.database}, {took:.0f} s", rows, notes[:10])


async def main() -> int:
    return await play(read())


if __name__ == "__main__":
    run(main)
