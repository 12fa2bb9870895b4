"""How long /healthz, /readyz, /metrics and webhooks take, over a database with much in it.

python -m benchmarks.surface [--feeds 5000] [--deliveries 10000] [--requests 2000]

The server and its client share one process and one loop, so the times are of both. What `/readyz` answers was
found at the last look, every five seconds.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from bot.clock import SystemClock
from bot.store.engine import database_url
from bot.store.migrate import migrate
from bot.store.store import SqlStore
from bot.web import hooks
from tests.store.made import delivery, outcome
from tests.web.site import AUTHORIZED, Site, open_site

AT_ONCE = 5


async def timed(name: str, ask: Callable[[], Awaitable[object]], number: int) -> None:
    times: list[float] = []

    async def some() -> None:
        for _ in range(number // AT_ONCE):
            began = perf_counter()
            await ask()
            times.append((perf_counter() - began) * 1000)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    cuts = quantiles(times, n=100)
    print(f"{name:24} median {cuts[49]:6.2f} ms   p99 {cuts[98]:6.2f} ms   most {max(times):6.2f} ms   n {len(times)}")


async def fill(store: SqlStore, feeds: int, deliveries: int) -> None:
    now = SystemClock().now()
    await store.register_feeds([f"feed{number}" for number in range(feeds)], now)
    for _ in range(0, feeds, 500):
        states = await store.claim_feeds(now, timedelta(seconds=60), 500)
        await store.save_polls([outcome(state, now, was_due=state.next_poll) for state in states])
    for start in range(0, deliveries, 1000):
        await store.promise([delivery(f"d{start + n}", about=f"i{start + n}") for n in range(1000)], now)


@asynccontextmanager
async def filled(url: str, feeds: int, deliveries: int) -> AsyncIterator[Site]:
    await migrate(database_url(url))
    store = SqlStore(database_url(url))
    await fill(store, feeds, deliveries)
    async with open_site(store) as site:
        yield site
    await store.close()


async def measure(kind: str, site: Site, number: int) -> None:
    print(kind)
    token = await hooks.new_hook(site.store, "feed1", SystemClock().now())
    await timed("/healthz", lambda: site.get("/healthz"), number)
    await timed("/readyz", lambda: site.get("/readyz"), number)
    await timed("a look of its own", site.surface.health.look, number // 10)
    await timed("/metrics", lambda: site.get("/metrics", **AUTHORIZED), number // 10)
    await timed("webhook, known", lambda: site.post(f"/hooks/{token}"), number)
    await timed("webhook, unknown", lambda: site.post(f"/hooks/{token}x"), number)


async def main(feeds: int, deliveries: int, number: int) -> None:
    from tests.postgres import Postgres  # noqa: PLC0415 - only where it is used

    with tempfile.TemporaryDirectory() as folder:
        async with filled(f"sqlite:///{Path(folder) / 'planb.db'}", feeds, deliveries) as site:
            await measure("SQLite", site, number)
    server = Postgres()
    try:
        async with filled(server.database(), feeds, deliveries) as site:
            await measure("Postgres", site, number)
    finally:
        server.stop()


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--feeds", type=int, default=5000)
    given.add_argument("--deliveries", type=int, default=10_000)
    given.add_argument("--requests", type=int, default=2000)
    asked = given.parse_args()
    asyncio.run(main(asked.feeds, asked.deliveries, asked.requests))
