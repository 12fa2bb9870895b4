"""`planb punctuality`: how soon people were told, month by month or over any days, from the deliveries themselves."""

import asyncio
import json as jsons
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.app import App
from bot.cli.exits import EX_UNAVAILABLE, fail
from bot.domain.errors import StoreAway
from bot.domain.punctuality import GOAL, LIMITS_S, Punctuality
from bot.prepare import read_files
from bot.settings import read_settings


def punctuality(days: int, *, json: bool) -> None:
    """Print it; exit status 1 where less than the goal was in time."""
    try:
        found = asyncio.run(_found(timedelta(days=days)))
    except StoreAway as error:
        fail(str(error), EX_UNAVAILABLE)
    if json:
        print(jsons.dumps([_row(one) for one in found], indent=2))
    elif found:
        _show(found, days)
    else:
        print(f"Nothing was promised in the last {days} days.")
    if any(one.share is not None and one.share < GOAL for one in found):
        raise SystemExit(1)


async def _found(span: timedelta) -> Sequence[Punctuality]:
    settings = read_settings()
    app = App(settings, read_files(settings))
    try:
        await app.prepare_store()
        now = app.clock.now()
        return await app.store.punctuality(now - span, now)
    finally:
        await app.close()


def _row(one: Punctuality) -> dict[str, object]:
    return {
        **asdict(one),
        "share_in_time": one.share,
        "goal": GOAL,
        **{f"p{share}_within_s": one.within(share / 100) for share in (50, 95, 99)},
    }


def _show(found: Sequence[Punctuality], days: int) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("", "in 5 min", "told", "half", "95 %", "99 %", "merged", "given up", "waiting"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for one in found:
        share = "–" if one.share is None else f"{one.share:.3%}"
        style = "red" if one.share is not None and one.share < GOAL else "green"
        quantiles = [_within(one, share) for share in (0.5, 0.95, 0.99)]
        counts = (one.spoken_for, one.given_up, one.waiting)
        table.add_row(one.platform, f"[{style}]{share}[/]", str(one.told), *quantiles, *map(str, counts))
    console = Console()
    console.print(f"New messages of the last {days} days, from the poll that saw their news:")
    console.print(table)
    console.print(
        f"The goal: {GOAL:.1%} within five minutes, whoever was to blame. Drills and self-tests are left out."
    )


def _within(one: Punctuality, share: float) -> str:
    limit = one.within(share)
    return f"≤{limit} s" if limit else f">{LIMITS_S[-1]} s" if one.told else "–"
