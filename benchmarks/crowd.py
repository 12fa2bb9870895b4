"""`.venv/bin/python -m benchmarks.crowd --feeds 5000 --workspaces 10000 --seconds 120`: everyday life on one core.

The whole bot polls pages on loopback that answer 304 but for one in a hundred, and tells every Slack workspace that
follows one which changed; each follows three. The bot runs on one core, the pages and Slack on another where there is
one. Printed at the end: how late polls began, CPU, memory, connections to the database, who was told and how soon.
"""

import argparse
import asyncio
import io
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from rich.console import Console

from benchmarks.clients import service
from benchmarks.run import control, cpu_s, memory_mb, percentile
from benchmarks.scale import COUNTED, PORT, Late, look, parsing, pin, serving, show
from bot import app as bot_app
from bot.core.catalogue import Catalogue
from bot.domain.role import Role
from bot.domain.subscription import Platform, Subscription, Target
from bot.feeds import FORMATS
from bot.prepare import Team, set_up_logs
from bot.settings import Settings
from bot.store.engine import WRITES, database_url
from bot.store.engine import create as engine_of
from bot.store.schema import subscriptions
from bot.store.subscriptions import _row
from tests.fakes import NOON
from tests.torture.burst import KEY, install
from tests.torture.play import database
from tests.torture.record import Record
from tests.torture.slack_side import APP_TOKEN, BOT_TOKEN
from tests.torture.world import World

FOLLOWED = 3
_NAMED = re.compile(rb"Service (\d+)")
AIM_SHARE = 50
AIM_CONNECTIONS = 20


class Heard(Record):
    """What Slack shows: where, about which page, when."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, int, float]] = []

    def post(self, channel: str, name: str, root: str | None, body: bytes, at: float) -> None:
        super().post(channel, name, root, body, at)
        if named := _NAMED.search(body):
            self.heard.append((channel, int(named[1]), at))


async def bot(told: Mapping[str, Any]) -> None:
    """The process that is measured. A line on standard input asks for what was counted since the last."""
    settings = Settings(_env_file=None, **told["settings"])
    catalogue = Catalogue(tuple(service(PORT, number) for number in range(told["feeds"])))
    set_up_logs(settings)
    statuspage = replace(FORMATS["statuspage"], parse=parsing)
    vars(bot_app).update({"Polling": Late, "FORMATS": {**FORMATS, "statuspage": statuspage}})
    app = bot_app.App(settings, Team(catalogue=catalogue, plans=()), out=Console(file=io.StringIO()))
    asyncio.get_running_loop().add_reader(sys.stdin, COUNTED.look)
    print("ready", flush=True)
    await app.run(Role.WORKER)


async def follow(url: str, feeds: int, workspaces: int) -> None:
    """Each workspace has the app, and one channel that follows three pages."""
    spaces = [f"T{number}" for number in range(workspaces)]
    await install(url, set(spaces))
    rows = [
        _row(Subscription(target=_channel(space), service=f"s{(number + turn * 1667) % feeds}"), NOON)
        for number, space in enumerate(spaces)
        for turn in range(FOLLOWED)
    ]
    engine = engine_of(database_url(url)).execution_options(**{WRITES: True})
    async with engine.begin() as connection:
        await connection.execute(sa.insert(subscriptions), rows)
    await engine.dispose()


def _channel(space: str) -> Target:
    return Target(platform=Platform.SLACK, workspace=space, channel="C1")


@contextmanager
def running(url: str, world: World, feeds: int, every: float) -> Iterator["subprocess.Popen[str]"]:
    settings = {
        "database_url": url,
        "poll_seconds": every,
        "log_level": "error",
        "slack_bot_token": BOT_TOKEN,
        "slack_app_token": APP_TOKEN,
        "slack_api_url": f"{world.url}/api/",
        "planb_keys": KEY,
        "planb_slack_client_id": "1.2",
        "planb_slack_client_secret": "made up",
    }
    call = [sys.executable, "-m", "benchmarks.crowd", "--bot", json.dumps({"settings": settings, "feeds": feeds})]
    process = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pin(process.pid, 0)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def connections(url: str, most: list[int]) -> None:
    """What the database itself counts, now and then, where it does."""
    if not url.startswith("postgres"):
        return
    engine = engine_of(database_url(url))
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    while True:
        async with engine.connect() as connection:
            most.append((await connection.execute(query)).scalar_one())
        await asyncio.sleep(1)


async def measure(given: argparse.Namespace) -> None:
    world = World(luck=random.Random(given.seed), pages=1, channels=0)
    world.slack.record = heard = Heard()
    async with database(given.database) as url, world.serving():
        await follow(url, given.feeds, given.workspaces)
        with running(url, world, given.feeds, given.every) as process:
            assert process.stdout
            await asyncio.to_thread(process.stdout.readline)
            opened: list[int] = []
            counting = asyncio.create_task(connections(url, opened))
            await asyncio.sleep(given.every * 1.5 + 15)  # every page once, and spread over the interval
            await asyncio.to_thread(look, process)
            await asyncio.to_thread(control, "reset")
            changed: dict[int, float] = {}
            began, before = time.monotonic(), cpu_s(process.pid)
            changes = max(1, int(given.feeds / 100 * given.seconds / given.every))
            for number in range(changes):
                page = number * 37 % given.feeds
                await asyncio.to_thread(control, f"bump?id={page}")
                changed[page] = time.monotonic()
                await asyncio.sleep(max(0, began + given.seconds / changes * (number + 1) - time.monotonic()))
            took, used = time.monotonic() - began, cpu_s(process.pid) - before
            stats = await asyncio.to_thread(control, "stats")
            counted = await asyncio.to_thread(look, process)
            peak, now = memory_mb(process.pid, "VmHWM"), memory_mb(process.pid, "VmRSS")
            await asyncio.sleep(given.every + 5)  # what changed last is told, too
            counting.cancel()
    what = f"{given.feeds} pages every {given.every:g} s, {given.workspaces} workspaces, {given.database}, one core"
    show(f"{what}, {changes} changes", took, used, stats["asked"], counted, peak)
    print(f"memory at the end {now:.0f} MB; CPU aim {AIM_SHARE} %; ", end="")
    print(f"connections to the database: {max(opened) if opened else 'not counted'} (aim {AIM_CONNECTIONS})")
    tell(heard, changed, given)


def tell(heard: Heard, changed: Mapping[int, float], given: argparse.Namespace) -> None:
    """Who followed what changed, and was told of it how many seconds after."""
    followers = {
        (f"slack T{number} C1", page)
        for number in range(given.workspaces)
        for turn in range(FOLLOWED)
        if (page := (number + turn * 1667) % given.feeds) in changed
    }
    told = [(channel, page) for channel, page, _ in heard.heard]
    delays = tuple(at - changed[page] for _, page, at in heard.heard if page in changed)
    print(
        f"{len(followers)} to tell: {len(followers - set(told))} not told, {len(told) - len(set(told))} told twice; ",
        end="",
    )
    print(f"median {statistics.median(delays):.1f} s after the page said it, ", end="")
    print(f"p99 {percentile(delays, 0.99):.1f} s, most {max(delays):.1f} s")


def main() -> None:
    if sys.argv[1:2] == ["--bot"]:
        asyncio.run(bot(json.loads(sys.argv[2])))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--workspaces", type=int, default=10000)
    parser.add_argument("--every", type=float, default=60)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    pin(os.getpid(), 1)
    with serving():
        asyncio.run(measure(given))


if __name__ == "__main__":
    main()
