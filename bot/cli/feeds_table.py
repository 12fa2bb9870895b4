"""`planb check --feeds`: every feed, its format, how old what we know is, its last error, when it is asked again."""

import asyncio
import json as jsons
import re
from dataclasses import asdict, dataclass
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.app import App
from bot.cli.exits import EX_UNAVAILABLE, fail
from bot.core.standing import see
from bot.domain.errors import StoreAway
from bot.domain.polling import FeedState
from bot.domain.service import Feed, Service
from bot.domain.status import Freshness
from bot.feeds.addresses import shown
from bot.prepare import read_files
from bot.settings import read_settings

_MARKS = {
    Freshness.FRESH: "[green]fresh[/green]",
    Freshness.STALE: "[yellow]stale[/yellow]",
    Freshness.UNREACHABLE: "[red]unreachable[/red]",
    Freshness.NOT_THE_EXPECTED_FORMAT: "[red]other format[/red]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One feed. Times are ISO 8601 in UTC, ages and waits in seconds; None where there is none yet."""

    service: str
    format: str
    url: str
    followed: bool
    freshness: Freshness
    read_at: str | None
    age_s: int | None
    next_poll_s: int | None
    failures: int
    error: str


def feeds(*, json: bool) -> None:
    """Print the table, those with trouble first; exit status 1 when a followed feed is not fresh."""
    try:
        rows = asyncio.run(_rows())
    except StoreAway as error:
        fail(str(error), EX_UNAVAILABLE)
    if json:
        print(jsons.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        _show(rows)
    if any(row.followed and row.freshness is not Freshness.FRESH for row in rows):
        raise SystemExit(1)


async def _rows() -> list[Row]:
    settings = read_settings()
    app = App(settings, read_files(settings))
    try:
        await app.prepare_store()
        now = app.clock.now()
        await app.library.refresh(now)
        followed = await app.store.subscribed_services()
        states = {state.feed: state for state in await app.store.sights()}
        found = [
            _row(service, feed, states.get(feed.id), now, followed=service.slug in followed)
            for service in app.library.everything.services
            for feed in service.feeds
            if not app.library.hides(service.slug)
        ]
    finally:
        await app.close()
    return sorted(found, key=lambda row: (row.freshness is Freshness.FRESH, not row.followed, row.service))


def _row(service: Service, feed: Feed, state: FeedState | None, now: datetime, *, followed: bool) -> Row:
    state = state or FeedState(feed=feed.id)
    sight = see(
        read_at=state.read_at, trouble=state.trouble, trouble_text=state.trouble_text, interval=state.interval, now=now
    )
    return Row(
        service=service.slug,
        format=feed.format,
        url=shown(feed.url),
        followed=followed,
        freshness=sight.freshness,
        read_at=state.read_at.isoformat() if state.read_at else None,
        age_s=int((now - state.read_at).total_seconds()) if state.read_at else None,
        next_poll_s=max(0, int((state.next_poll - now).total_seconds())) if state.next_poll else None,
        failures=state.failures,
        error=state.trouble_text,
    )


def _show(rows: list[Row]) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("service", "format", "state", "read", "next"):
        table.add_column(heading, no_wrap=heading in {"service", "state"}, overflow="fold")
    table.add_column("what went wrong")
    for row in rows:
        name = f"[bold]{row.service}[/bold]" if row.followed else row.service
        state = _MARKS[row.freshness] if row.read_at or row.error else "[dim]not read yet[/dim]"
        read = f"{_span(row.age_s)} ago" if row.age_s is not None else ""
        again = f"in {_span(row.next_poll_s)}" if row.next_poll_s is not None else ""
        # The name says where; what is left is what happened there.
        wrong = re.sub(r"^https?://\S+: ", "", row.error)
        table.add_row(name, row.format, state, read, again, wrong)
    console = Console()
    console.print(table)
    fresh = sum(row.freshness is Freshness.FRESH for row in rows)
    console.print(f"{fresh} of {len(rows)} are fresh. Bold ones are followed by a channel.")


def _span(seconds: int | None) -> str:
    """`42 s`, `7 min`, `3 h`, `2 d`."""
    if seconds is None:
        return ""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
