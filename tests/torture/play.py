"""What every torture needs: options, a database, bots to start and to kill, a table at the end."""

import argparse
import asyncio
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.domain.subscription import Subscription
from bot.store.engine import database_url
from bot.store.migrate import migrate
from bot.store.store import SqlStore
from tests.torture.discord_side import TOKEN
from tests.torture.record import Findings
from tests.torture.slack_side import APP_TOKEN, BOT_TOKEN
from tests.torture.world import World

Row = tuple[str, object, str, bool]
"""What was promised, what was found, the aim, whether it holds."""


def options(doc: str | None) -> argparse.ArgumentParser:
    """The options that all of them have."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--seed", type=int, default=None, help="repeat the luck of an earlier run")
    parser.add_argument("--quick", action="store_true", help="a short dose, as CI takes it")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    return parser


def luck_of(given: argparse.Namespace) -> random.Random:
    """Say the seed first of all."""
    seed = random.randrange(10**6) if given.seed is None else given.seed
    print(f"seed {seed}  (again: --seed {seed})", flush=True)
    return random.Random(seed)


@asynccontextmanager
async def database(kind: str, turn: asyncio.Lock | None = None) -> AsyncIterator[str]:
    """A fresh one with all tables; its address. Two in one process take turns: alembic keeps its state in a module."""
    folder = Path(tempfile.mkdtemp(prefix="torture"))
    server = None
    try:
        if kind == "postgres":
            from tests.postgres import Postgres  # noqa: PLC0415 - loads a server

            server = Postgres()
            url = server.database()
        else:
            url = f"sqlite:///{folder / 'planb.db'}"
        async with turn or asyncio.Lock():
            await migrate(database_url(url))
        yield url
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def subscribe(world: World, url: str) -> None:
    """Every channel follows every page."""
    store = SqlStore(database_url(url))
    now = SystemClock().now()
    for target in world.targets:
        for slug, _ in world.services:
            await store.subscribe(Subscription(target=target, service=slug), now)
    await store.close()


class Bots:
    """Starts bots against a world. What they say goes to `said`."""

    def __init__(self, world: World, url: str, *, echo_window_s: float = 8, **more: Any) -> None:
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end of the block
        self.running: list[asyncio.subprocess.Process] = []
        settings: dict[str, Any] = {
            "database_url": url,
            "slack_bot_token": BOT_TOKEN,
            "slack_app_token": APP_TOKEN,
            "slack_admins": "U1",
            "slack_api_url": f"{world.url}/api/",
            "discord_token": TOKEN,
            "discord_api_url": f"{world.url}/discord/api",
            "discord_gateway_url": f"{world.url.replace('http', 'ws')}/discord/gateway",
            "planb_sight_notices": False,
            "planb_group_seconds": 0,
            "poll_seconds": 0.5,
            "lease_seconds": 2,
            "log_level": "error",
        }
        self.told = {"settings": settings | more, "services": world.services, "echo_window_s": echo_window_s}

    def tell(self, **more: Any) -> None:
        """What every bot from now on is told beside its settings."""
        self.told |= more

    async def start(self, **more: Any) -> asyncio.subprocess.Process:
        told = json.dumps(self.told | more)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.torture.bot", told, stdout=self.said, stderr=self.said
        )
        self.running.append(process)
        return process

    async def kill(self, process: asyncio.subprocess.Process) -> None:
        """kill -9."""
        if process.returncode is None:
            process.kill()
        await process.wait()
        self.running.remove(process)

    async def end(self, process: asyncio.subprocess.Process, within: float = 30) -> float:
        """SIGTERM; the seconds it took, or raise TimeoutError."""
        began = time.monotonic()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), within)
        self.running.remove(process)
        return time.monotonic() - began

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in list(self.running):
            await self.kill(process)
        self.said.seek(0)
        self.errors = self.said.read().decode(errors="replace").splitlines()
        self.said.close()


async def until(true: Callable[[], object], seconds: float, every: float = 0.05) -> bool:
    """Wait for it; False when it did not come true."""
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            return False
        await asyncio.sleep(every)
    return True


async def settled(world: World, patience: float, quiet: float = 12, after: float = 3) -> Findings:
    """Wait until all is shown, or nothing new has come for `quiet` seconds; then `after`, for what comes twice."""
    ends, before, since = time.monotonic() + patience, -1, time.monotonic()
    while time.monotonic() < ends:
        found = world.audit()
        moved = sum(len(one.said) for one in world.record.messages)
        if moved != before:
            before, since = moved, time.monotonic()
        if not found.lost or time.monotonic() - since > quiet:
            break
        await asyncio.sleep(0.5)
    await asyncio.sleep(after)
    return world.audit()


def rows_of(found: Findings) -> list[Row]:
    """What every one of them promises."""
    return [
        ("lost", found.lost, "0", found.lost == 0),
        ("doubled", found.doubled, "0", found.doubled == 0),
        ("out of order", found.disordered, "0", found.disordered == 0),
    ]


def report(title: str, rows: Sequence[Row], notes: Sequence[str] = ()) -> int:
    """Print the table; 1 where a promise is broken."""
    table = Table(title=title, title_justify="left")
    for heading in ("promise", "found", "aim", ""):
        table.add_column(heading)
    for promise, found, aim, holds in rows:
        table.add_row(promise, str(found), aim, "holds" if holds else "BROKEN")
    console = Console()
    console.print(table)
    for note in notes:
        console.print(f"  {note}", markup=False, highlight=False)
    return 0 if all(holds for *_, holds in rows) else 1


def run(main: Callable[[], Awaitable[int]]) -> None:
    """The exit status says whether all promises hold."""

    async def running() -> int:
        return await main()

    sys.exit(asyncio.run(running()))
