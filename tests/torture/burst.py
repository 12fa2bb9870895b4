"""One incident to ten thousand channels, by the platforms' published limits, while many pages are read and people ask.

Each card names two alternatives, and how they are. Slack channels are in workspaces of their own where the bot can have
more than one (`bot/vault.py`), else in one.
"""

import argparse
import asyncio
import importlib
import importlib.util
import random
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import sqlalchemy as sa

from bot.clock import SystemClock
from bot.domain.subscription import Platform, Subscription, Target
from bot.store.engine import WRITES, database_url
from bot.store.engine import create as engine_of
from bot.store.schema import installs
from bot.store.store import SqlStore
from tests.torture.discord_side import GUILD
from tests.torture.play import Bots, Row, database, luck_of, options, report, rows_of, run, until
from tests.torture.slack_side import TEAM
from tests.torture.world import World

ACK_P99_S = 0.5
TOO_MANY = 0.001
BIG_COMPONENTS = 3700  # about 2 MB
KEY = "a" * 43  # 32 bytes of base64


def read(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--slack", type=int, default=5000, help="channels there")
    parser.add_argument("--workspaces", type=int, default=5000)
    parser.add_argument("--discord", type=int, default=5000, help="channels there")
    parser.add_argument("--updates", type=int, default=1, help="of the incident, half a minute apart")
    parser.add_argument("--feeds", type=int, default=2000, help="other pages, each read every 10 s")
    parser.add_argument("--big", type=int, default=20, help="other pages of 2 MB that change at every poll")
    parser.add_argument(
        "--askers", type=int, default=1, help="people who type a command after the other, some 7 a second"
    )
    parser.add_argument("--caprice", type=float, default=0, help="so many of all calls get a 429 out of the blue")
    parser.add_argument("--patience", type=float, default=900, help="seconds")
    given = parser.parse_args(arguments)
    if given.quick:
        given.slack, given.workspaces, given.discord, given.feeds, given.big = 60, 60, 60, 100, 1
        given.patience = 60
    return given


def targets(given: argparse.Namespace) -> list[Target]:
    """Every channel of the burst."""
    many = importlib.util.find_spec("bot.vault") is not None
    spaces = [TEAM] if not many else [f"T{number}" for number in range(given.workspaces)]
    if not many and given.workspaces > 1:
        print("this bot speaks in one Slack workspace only: all Slack channels are in that one")
    slack = [
        Target(platform=Platform.SLACK, workspace=spaces[n % len(spaces)], channel=f"C{n}") for n in range(given.slack)
    ]
    discord = [
        Target(platform=Platform.DISCORD, workspace=str(GUILD), channel=str(3000 + n)) for n in range(given.discord)
    ]
    return [*slack, *discord]


async def install(url: str, workspaces: set[str]) -> None:
    """As if each of these workspaces had installed the app, with a token that names it."""
    vault = importlib.import_module("bot.vault").Vault([KEY])
    now = SystemClock().now()
    rows = [
        {"platform": "slack", "workspace": one, "name": one, "bot": "U0BOT", "installed_by": "U1", "installed_at": now}
        | {"sealed": vault.seal(f"xoxb-{one}", f"slack:{one}")}
        for one in sorted(workspaces)
    ]
    engine = engine_of(database_url(url)).execution_options(**{WRITES: True})
    async with engine.begin() as connection:
        await connection.execute(sa.insert(installs), rows)
    await engine.dispose()


async def follow(url: str, world: World, others: list[tuple[str, str]]) -> None:
    """The channels follow the one page; the console follows the others, so that they are read as often."""
    store, now = SqlStore(database_url(url)), SystemClock().now()
    here = Target(platform=Platform.CONSOLE, workspace="local", channel="console")
    for target in world.targets:
        await store.subscribe(Subscription(target=target, service="s0"), now)
    for slug, _ in others:
        await store.subscribe(Subscription(target=here, service=slug), now)
    await store.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def farm(count: int, components: int, every: float) -> AsyncIterator[list[str]]:
    """So many pages in a process of their own; with `every`, each changes as often. Yields their addresses."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.pages", str(port), "1", str(components), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    await process.stdout.readline()
    bumping = asyncio.create_task(_bump(port, count, every)) if every else None
    try:
        yield [f"http://127.0.0.1:{port}/p/{number}" for number in range(count)]
    finally:
        if bumping:
            bumping.cancel()
        process.kill()
        await process.wait()


async def _bump(port: int, count: int, every: float) -> None:
    # Only for a while: pages that say more and more would measure something else.
    async with aiohttp.ClientSession() as session:
        for number in range(count * 10):
            await asyncio.sleep(every / count)
            async with session.get(f"http://127.0.0.1:{port}/ctl/bump?id={number % count}"):
                pass


async def ask(world: World, acks: list[float], luck: random.Random) -> None:
    """People who type commands; one that is never acknowledged took for ever."""
    while True:
        await asyncio.sleep(luck.uniform(0.05, 0.25))
        if world.slack.connected:
            try:
                acks.append(await world.slack.slash("status s0"))
            except (TimeoutError, ConnectionError, IndexError):
                acks.append(float("inf"))


async def play(given: argparse.Namespace) -> int:
    luck = luck_of(given)
    world = _world(given, luck)
    spaces = {one.workspace for one in world.targets if one.platform is Platform.SLACK} - {TEAM}
    acks: list[float] = []
    async with (
        database(given.database) as url,
        world.serving(),
        farm(given.feeds, 12, 0) as small,
        farm(given.big, BIG_COMPONENTS, 10) as big,
    ):
        others = [(f"f{number}", page) for number, page in enumerate([*small, *big])]
        await follow(url, world, others)
        more: dict[str, Any] = {"poll_seconds": 10, "lease_seconds": 60}
        if spaces:
            await install(url, spaces)
            more |= {"planb_keys": KEY, "planb_slack_client_id": "1.2", "planb_slack_client_secret": "made up"}
        async with Bots(world, url, echo_window_s=390, **more) as bots:
            bots.tell(paced=True)
            bots.tell(services=[*world.services, *others], instead={"s0": [slug for slug, _ in others[:2]]})
            await bots.start()
            asking = [asyncio.create_task(ask(world, acks, luck)) for _ in range(given.askers)]
            began = await tell(given, world)
            took = {name: await done(world, name, began, given.patience) for name in ("slack", "discord")}
            for one in asking:
                one.cancel()
            found = world.audit()
    rows = [*rows_of(found), *_limits(world, given.caprice), *_acked(acks)]
    notes = [
        *(f"{name}: all told after {seconds:.0f} s" for name, seconds in took.items()),
        f"Slack: {world.slack.limits.line if world.slack.limits else ''}",
        f"Discord: {world.discord.limits.line if world.discord.limits else ''}",
        *found.examples[:2],
        *bots.errors[:3],
    ]
    title = f"one incident to {given.slack} Slack and {given.discord} Discord channels, {given.database}"
    return report(title, rows, notes)


def _world(given: argparse.Namespace, luck: random.Random) -> World:
    world = World(luck=luck, pages=1, channels=0, enforcing=True)
    world.targets = tuple(targets(given))
    for limits in (world.slack.limits, world.discord.limits):
        if limits and given.caprice:
            limits.caprice = lambda: luck.choice((1, 2, 5)) if luck.random() < given.caprice else 0
    return world


async def tell(given: argparse.Namespace, world: World) -> float:
    """The incident, once the other pages are read at a steady pace; when it began."""
    await until(lambda: world.slack.connected, 60)
    await asyncio.sleep(2 if given.quick else 20)
    began = time.monotonic()
    for number in range(given.updates):
        await asyncio.sleep(30 if number else 0)
        world.pages.say(0)
    return began


async def done(world: World, platform: str, began: float, patience: float) -> float:
    """How long it took until everybody there was told; at most `patience`."""
    wanted = sum(one.platform == platform for one in world.targets)

    def told() -> bool:
        return sum(one.channel.startswith(platform) for one in world.record.messages) >= wanted

    await until(told, began + patience - time.monotonic(), every=0.5)
    last = max((one.at for one in world.record.messages if one.channel.startswith(platform)), default=began)
    return last - began


def _limits(world: World, caprice: float) -> list[Row]:
    """Out of the blue there are 429s whatever we do: then they have to come, and to be obeyed."""
    rows: list[Row] = []
    for name, limits in (("Slack", world.slack.limits), ("Discord", world.discord.limits)):
        assert limits
        share = limits.refused / max(1, limits.calls)
        aim, holds = (
            (f">= {caprice / 2:.1%}", share >= caprice / 2) if caprice else (f"<= {TOO_MANY:.1%}", share <= TOO_MANY)
        )
        rows.append((f"429s of {name}", f"{share:.2%}", aim, holds))
        rows.append((f"{name} called before Retry-After", limits.early, "0", limits.early == 0))
    return rows


def _acked(acks: list[float]) -> list[Row]:
    """Slack waits three seconds for an acknowledgement."""
    ordered = sorted(one for one in acks if one < float("inf"))
    missed = len(acks) - len(ordered)
    p99 = ordered[int(len(ordered) * 0.99)] if ordered else float("inf")
    found = f"{p99 * 1000:.0f} ms of {len(acks)}, {ordered[-1] * 1000 if ordered else 0:.0f} at most"
    return [
        ("commands acknowledged, p99", found, "< 500 ms", p99 < ACK_P99_S),
        ("commands missed", missed, "0", bool(acks) and not missed),
    ]


async def main() -> int:
    return await play(read())


if __name__ == "__main__":
    run(main)
