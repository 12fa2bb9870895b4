"""What is measured, each in a process of its own: `python -m benchmarks.clients bare|bot PORT FEEDS EVERY_S DATABASE`.

`bare` is the bot's HTTP client with nothing around it: the same transport, the same conditional requests. `bot` is the
whole bot: database, parsing, comparing, deciding, rendering, posting to a Slack on loopback.
"""

import asyncio
import io
import json
import sys
import time

import httpx
from httpx_aiohttp import HttpxAiohttpClient
from rich.console import Console

from bot.app import App
from bot.core.catalogue import Catalogue
from bot.domain.service import Feed, Service
from bot.domain.subscription import Platform, Subscription, Target
from bot.prepare import Team, set_up_logs
from bot.settings import Settings

HOSTS = 200


def address(port: int, number: int) -> str:
    return f"http://127.0.0.{number % HOSTS + 1}:{port}/p/{number}"


async def bare(port: int, feeds: int, every: float) -> None:
    client = HttpxAiohttpClient(limits=httpx.Limits(max_connections=1000), timeout=15, trust_env=False)
    tags: dict[int, str] = {}

    async def poll(number: int) -> None:
        await asyncio.sleep(every * number / feeds)
        while True:
            began = time.monotonic()
            headers = {"If-None-Match": tags[number]} if number in tags else {}
            response = await client.get(f"{address(port, number)}/api/v2/summary.json", headers=headers)
            if response.status_code == httpx.codes.OK:
                tags[number] = response.headers["etag"]
            await asyncio.sleep(max(0, every - (time.monotonic() - began)))

    print("ready", flush=True)
    await asyncio.gather(*(poll(number) for number in range(feeds)))


def service(port: int, number: int) -> Service:
    slug = f"s{number}"
    page = address(port, number)
    return Service(
        slug=slug, name=f"Service {number}", page=page, feeds=(Feed(id=slug, url=page, format="statuspage"),)
    )


async def bot(port: int, feeds: int, every: float, database: str) -> None:
    settings = Settings(
        _env_file=None,
        database_url=database,
        poll_seconds=every,
        log_level="error",
        slack_bot_token="xoxb-made-up",
        slack_api_url=f"http://127.0.0.1:{port}/api/",
    )
    catalogue = Catalogue(tuple(service(port, number) for number in range(feeds)))
    set_up_logs(settings)
    app = App(settings, Team(catalogue=catalogue, plans=()), out=Console(file=io.StringIO()))
    app.add_chats()
    await app.prepare_store()
    for one in catalogue.services:
        target = Target(platform=Platform.SLACK, workspace="T1", channel=f"C{one.slug}")
        await app.store.subscribe(Subscription(target=target, service=one.slug), app.clock.now())
    here = Target(platform=Platform.CONSOLE, workspace="local", channel="console")
    for one in catalogue.services[:60]:
        await app.store.subscribe(Subscription(target=here, service=one.slug), app.clock.now())
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: _ask(app))
    print("ready", flush=True)
    await app.work()


def _ask(app: App) -> None:
    """A line on standard input is a command; its time goes to standard output."""
    line = sys.stdin.readline().strip()
    if not line:
        return

    async def answer() -> None:
        began = time.perf_counter()
        await app.console.answer(line)
        print(json.dumps({"line": line, "ms": (time.perf_counter() - began) * 1000}), flush=True)

    _tasks.add(task := asyncio.get_running_loop().create_task(answer()))
    task.add_done_callback(_tasks.discard)


_tasks: set[asyncio.Task[None]] = set()


if __name__ == "__main__":
    kind, port, feeds, every = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    if kind == "bare":
        asyncio.run(bare(port, feeds, every))
    else:
        asyncio.run(bot(port, feeds, every, sys.argv[5]))
