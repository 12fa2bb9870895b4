"""kill -9 at random points while updates go out: nothing lost, nothing twice, nothing out of order."""

import argparse
import asyncio
import time

from bot.jobs.deliver import MOST_AT_ONCE
from tests.torture.limits import ON_THE_WAY_S
from tests.torture.play import Bots, Row, database, luck_of, options, report, rows_of, run, settled, subscribe, until
from tests.torture.record import Findings
from tests.torture.world import World

ECHO_WINDOW_S = 20
"""For Slack's six and a half minutes. A bot that is killed every two seconds hears little in less."""
DEAF_WINDOW_S = 6.5
"""The same where nothing is ever heard: a second for a minute."""


def read(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--channels", type=int, default=50)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--incidents", type=int, default=100)
    parser.add_argument("--most-alive", type=float, default=2.0, help="seconds at work before the next kill, at most")
    parser.add_argument("--cut-sockets", action="store_true", help="the echo's receiver loses its connection too")
    parser.add_argument("--no-echo", action="store_true", help="Slack tells us of no post")
    parser.add_argument("--latency-ms", type=float, default=30, help="of the platforms, at most")
    given = parser.parse_args(arguments)
    if given.quick:
        given.kills, given.updates, given.channels, given.pages, given.incidents = 4, 24, 20, 3, 6
    return given


class Run:
    """One run, from the first update to the last."""

    def __init__(self, given: argparse.Namespace, world: World, bots: Bots) -> None:
        self.given = given
        self.world = world
        self.bots = bots
        self.in_flight: list[int] = []
        self.killed_at: list[float] = []
        self.said = 0
        self.each = given.updates // given.incidents

    def say_some(self, share: float) -> None:
        """As many updates as are due by now; which incident goes on is luck, its last update is its end."""
        pages = self.world.pages
        while self.said < min(self.given.updates, self.each * self.given.incidents * share):
            going = [k for k in range(self.given.incidents) if pages.last.get(k, 0) < self.each]
            incident = self.world.luck.choice(going)
            pages.say(incident, final=pages.last.get(incident, 0) == self.each - 1)
            self.said += 1

    async def crowded(self, ends: float) -> None:
        """Until so and so many sends are under way at once: the moment that hurts most."""
        many = self.world.luck.randint(1, 30)
        await until(lambda: self.world.under_way >= many, ends - time.monotonic(), every=0.002)

    async def kill_all(self) -> None:
        # What is over before a page was ever read is nobody's news. Who asks again has kept what it read before.
        process = await self.bots.start()
        read = await until(lambda: min(map(len, self.world.pages.polls.values())) > 1, 60)
        if not read:
            raise TimeoutError("the pages are not read")
        await self.bots.kill(process)
        for number in range(self.given.kills):
            self.say_some((number + 1) / self.given.kills)
            process = await self.bots.start()
            await until(lambda: self.world.under_way, 15, every=0.005)
            ends = time.monotonic() + self.world.luck.uniform(0, self.given.most_alive)
            if self.world.luck.random() < 0.5:
                await self.crowded(ends)
                ends = 0
            if self.given.cut_sockets:
                await asyncio.sleep(max(0, ends - time.monotonic()) / 2)
                self.world.slack.cut()
                self.world.discord.cut()
            await asyncio.sleep(max(0, ends - time.monotonic()))
            self.in_flight.append(self.world.under_way)
            await self.bots.kill(process)
            self.killed_at.append(self.world.slack.now())

    async def go(self) -> Findings:
        await self.kill_all()
        process = await self.bots.start()
        self.say_some(1)
        found = await settled(self.world, patience=600, quiet=ECHO_WINDOW_S + 10)
        await self.bots.end(process)
        return found


def _often(torture: Run, found: Findings) -> list[str]:
    """The first message that shows more than twice, beside the deaths around it; in seconds since the first kill."""
    later = {id(one): (one, other) for one, other in found.copies}
    chain = next((pair for pair in found.copies if id(pair[1]) in later), None)
    if chain is None:
        return []
    began = torture.killed_at[0]
    times = [one.at - began for one in (*chain, later[id(chain[1])][1])]
    deaths = [round(death - began, 2) for death in torture.killed_at if times[0] - 1 < death - began < times[-1] + 1]
    return [f"three copies of {chain[0].said} at {[round(time, 2) for time in times]}; deaths at {deaths}"]


async def play(given: argparse.Namespace) -> int:
    luck, began = luck_of(given), time.monotonic()
    world = World(luck=luck, pages=given.pages, channels=given.channels)
    world.slack.echoes = not given.no_echo
    world.slack.latency_s = world.discord.latency_s = given.latency_ms / 1000
    async with database(given.database) as url, world.serving():
        await subscribe(world, url)
        window = DEAF_WINDOW_S if given.no_echo else ECHO_WINDOW_S
        world.slack.repeat_for_s = window - 2
        async with Bots(world, url, echo_window_s=window) as bots:
            torture = Run(given, world, bots)
            found = await torture.go()
    took = time.monotonic() - began
    title = f"{given.kills} kills, {torture.said} updates x {given.channels} channels, {given.database}, {took:.0f} s"
    return report(title, _rows(torture, found), _notes(torture, found))


def _rows(torture: Run, found: Findings) -> list[Row]:
    lost, doubled, order = rows_of(found)
    if torture.given.no_echo:
        return [lost, *_bound(torture, found), order]
    unheard = torture.world.slack.unheard
    if not unheard:
        return [lost, doubled, order]
    slacks = sum(earlier.id in unheard for earlier, _ in found.copies)
    ours = found.doubled - slacks
    return [
        lost,
        ("doubled", ours, "0", ours == 0),
        ("doubled, Slack's event lost", slacks, f"<= {len(unheard)} (events that nobody took)", slacks <= len(unheard)),
        order,
    ]


def _bound(torture: Run, found: Findings) -> list[Row]:
    """Without the echo: one copy more of what was under way when its sender died, and never a third."""
    killed = torture.killed_at
    bound = MOST_AT_ONCE * len(killed)
    each = f"{found.doubled} ({found.doubled / max(1, len(killed)):.2f} a kill)"
    # What was on its way when its sender died is taken a moment later.
    after = torture.world.slack.latency_s + ON_THE_WAY_S
    undue = sum(not any(one.at - after <= death <= other.at for death in killed) for one, other in found.copies)
    return [
        ("doubled", each, f"<= {bound} (all that a bot sends at once)", found.doubled <= bound),
        ("doubled without a death", undue, "0", undue == 0),
        ("copies of one", found.most_copies, "<= 2", found.most_copies <= 2),
    ]


def _notes(torture: Run, found: Findings) -> list[str]:
    world, flying, late = torture.world, torture.in_flight, torture.world.discord.too_late_s
    return [
        f"{found.shown} messages in {found.threads} threads; updates merged into a newer one: {found.merged}",
        f"in flight at a kill: {sum(flying) / max(1, len(flying)):.1f} on average, {max(flying, default=0)} at most",
        f"asked again and suppressed by Discord's nonce: {world.discord.suppressed}; asked again after its 120 s: "
        + (f"{len(late)}, {min(late):.0f} to {max(late):.0f} s after" if late else "0"),
        f"echoes that nobody took in time: {len(world.slack.unheard)}; other messages: {len(world.record.strays)}",
        *_often(torture, found),
        *found.examples,
        *(f"the bot said: {line[:300]}" for line in torture.bots.errors[:5]),
    ]


async def main() -> int:
    return await play(read())


if __name__ == "__main__":
    run(main)
