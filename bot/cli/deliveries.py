"""`planb check --deliveries`: what was given up, why, and how to have it tried again."""

import asyncio
import json as jsons
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.app import App
from bot.cli.exits import EX_UNAVAILABLE, EX_USAGE, fail
from bot.domain.errors import StoreAway
from bot.domain.subscription import GivenUp
from bot.prepare import read_files
from bot.settings import read_settings

MOST = 200
"""The newest ones; older ones are forgotten after thirty days."""
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One delivery that was given up. Times are ISO 8601 in UTC."""

    id: int
    channel: str
    service: str
    incident: str
    action: str
    attempts: int
    promised_at: str
    given_up_at: str
    error: str


def deliveries(retry: str, *, json: bool) -> None:
    """Print the table, or have them tried again; exit status 1 while any stay given up."""
    wanted = _numbers(retry)
    try:
        given_up, waiting, again = asyncio.run(_look(wanted, everything=retry == ALL))
    except StoreAway as error:
        fail(str(error), EX_UNAVAILABLE)
    rows = [_row(one) for one in given_up]
    if json:
        said = {"given_up": [asdict(row) for row in rows], "waiting": waiting, "tried_again": again}
        print(jsons.dumps(said, ensure_ascii=False, indent=2))
    else:
        _show(rows, waiting, again, asked=bool(retry))
    if rows:
        raise SystemExit(1)


def _numbers(retry: str) -> list[int]:
    words = [word.strip() for word in retry.split(",") if word.strip()]
    if words == [ALL]:
        return []
    if not all(word.isdecimal() for word in words):
        fail(f"--retry takes numbers of the table such as 12,13, or all; not {retry!r}", EX_USAGE)
    return [int(word) for word in words]


async def _look(wanted: Sequence[int], *, everything: bool) -> tuple[Sequence[GivenUp], int, int]:
    settings = read_settings()
    app = App(settings, read_files(settings))
    try:
        await app.prepare_store()
        found = await app.store.given_up(MOST)
        ids = [one.id for one in found] if everything else wanted
        again = await app.store.try_again(ids, app.clock.now()) if ids else 0
        return await app.store.given_up(MOST), await app.store.unfinished(), again
    finally:
        await app.close()


def _row(one: GivenUp) -> Row:
    return Row(
        id=one.id,
        channel=one.target.key,
        service=one.service,
        incident=one.title,
        action=one.action,
        attempts=one.attempts,
        promised_at=one.promised_at.isoformat(),
        given_up_at=one.ended_at.isoformat(),
        error=one.error,
    )


def _show(rows: Sequence[Row], waiting: int, again: int, *, asked: bool) -> None:
    console = Console()
    if rows:
        table = Table("id", "channel", "what", "given up", "why", box=SIMPLE_HEAD, pad_edge=False)
        for row in rows:
            what = f"{row.action} – {row.service}: {row.incident}"
            table.add_row(str(row.id), row.channel, what, row.given_up_at[:16].replace("T", " "), row.error)
        console.print(table)
    if asked:
        console.print(f"{again} will be tried again.")
    console.print(f"{len(rows)} given up, {waiting} on their way.")
    if rows:
        console.print("Try them again when the cause is mended: planb check --deliveries --retry ID[,ID], or all.")
