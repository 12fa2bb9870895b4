"""Nobody in, at full dose: `python -m tests.torture.hostile [--seed N] [--share 0.1]`. Exit status 1: broken.

Ten thousand forged requests to the Slack door, ten thousand calls by two teams, a hundred thousand hostile strings out
of both platforms, and the whole bot with a secret in every setting.
"""

import argparse
import asyncio
import logging
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from bot.store.engine import database_url
from bot.store.migrate import upgrade
from bot.store.store import SqlStore
from tests.security import canaries
from tests.security.forged import KINDS, UNREAD, Kinds, besiege, house
from tests.security.outgoing import outlet, pour
from tests.security.tenants import quarrel, world

TIMES, UNREADS, STRINGS = 10_000, 500, 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One promise: what was tried, what came of it, and everything that broke it."""

    what: str
    tried: str
    came: str
    broken: list[str]


async def door(luck: random.Random, share: float) -> Row:
    return await _refused("S1 mutated signatures", luck, int(TIMES * share), KINDS)


async def unread(luck: random.Random, share: float) -> Row:
    return await _refused("S1 no request to verify", luck, int(UNREADS * share), UNREAD)


async def _refused(what: str, luck: random.Random, times: int, kinds: Kinds) -> Row:
    async with house() as inside:
        tally = await besiege(inside, luck, times, kinds)
        ran = len(inside.desk.asked) + len(inside.outbox.echoes)
    counts: Counter[int] = sum(tally.statuses.values(), Counter())
    said = ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
    return Row(
        what,
        f"{len(tally.seconds)} of {len(tally.statuses)} kinds",
        f"{said}; {ran} ran; p50 {tally.at(0.5):.2f} ms, p99 {tally.at(0.99):.2f} ms",
        [f"{kind}: {status}" for kind, status in tally.wrong] + ["a command ran"] * ran,
    )


async def teams(luck: random.Random, share: float) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        url = database_url(f"sqlite:///{folder}/planb.db")
        await asyncio.to_thread(upgrade, url)
        store = SqlStore(url)
        both = world(store)
        await quarrel(both, luck, int(TIMES * share))
        await store.close()
    done = ", ".join(f"{name} {count}" for name, count in sorted(both.done.items()))
    return Row("S3 two teams", f"{both.calls} calls", f"answered: {done}", both.wrong)


async def strings(luck: random.Random, share: float) -> Row:
    async with outlet() as out:
        found = await pour(out, luck, int(STRINGS * share))
    sent = ", ".join(f"{count} {kind}" for kind, count in sorted(found.sent.items()))
    return Row("G19 hostile strings", f"{found.strings} strings", sent, found.wrong)


async def secrets(luck: random.Random, share: float) -> Row:
    broken, places = [], 0
    for act in (canaries.work, canaries.refusals):
        with tempfile.TemporaryDirectory() as folder:
            heard = await act(Path(folder), unused_port())
        broken += sorted(set(heard.found()))
        places += len(heard.places)
    return Row("S4 canary secrets", f"{len(canaries.WORDS)} secrets", f"{places} places searched", broken)


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


PROMISES: dict[str, Callable[[random.Random, float], Awaitable[Row]]] = {
    "door": door,
    "unread": unread,
    "teams": teams,
    "strings": strings,
    "secrets": secrets,
}


async def run(seed: int, share: float, only: str) -> int:
    table = Table("promise", "tried", "what came of it", "broken", "s")
    count = 0
    for name, promise in PROMISES.items():
        if only in {"", name}:
            began = time.monotonic()
            row = await promise(random.Random(seed), share)
            table.add_row(row.what, row.tried, row.came, str(len(row.broken)), f"{time.monotonic() - began:.0f}")
            for broken in row.broken[:20]:
                print(f"{row.what}: {broken:.500}", file=sys.stderr)
            count += len(row.broken)
    Console(width=150).print(table)
    return min(count, 1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture.hostile", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--share", type=float, default=1.0, help="of the full dose")
    parser.add_argument("--only", default="", choices=["", *PROMISES])
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return asyncio.run(run(asked.seed, asked.share, asked.only))


if __name__ == "__main__":
    sys.exit(main())
