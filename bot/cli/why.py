"""`planb why`: each message of an incident, from the page to its channel: when, because of what, with what end."""

import asyncio
import json as jsons
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby

from rich.console import Console
from rich.text import Text

from bot.app import App
from bot.cli.exits import EX_DATAERR, EX_UNAVAILABLE, fail
from bot.domain.errors import StoreAway
from bot.domain.story import Story
from bot.prepare import read_files
from bot.settings import read_settings

MOST = 500
"""The newest ones: an incident told in a thousand channels has as many first messages."""
_STATES = {
    "sent": ("posted", "green"),
    "dead": ("given up", "red"),
    "sending": ("being sent", ""),
    "pending": ("waits", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One delivery. Times are ISO 8601 in UTC, None where it did not come to that; `took_s` is from seen to posted.

    `said_at` is the page's own time of the update; seen and promised are one moment. `where` is the platform's own name
    of the message, `echoed_at` when the platform showed it to us (Slack).
    """

    id: int
    incident: str
    title: str
    service: str
    channel: str
    action: str
    because: str
    said_at: str | None
    seen_at: str
    promised_at: str
    attempts: int
    last_attempt_at: str | None
    state: str
    ended_at: str | None
    took_s: float | None
    next_attempt_at: str | None
    where: str
    echoed_at: str | None
    speaks_for: int
    error: str


def why(text: str, *, json: bool) -> None:
    """Print the story of each delivery; exit status 65 when nothing is known by that name."""
    try:
        stories = asyncio.run(_stories(text.strip()))
    except StoreAway as error:
        fail(str(error), EX_UNAVAILABLE)
    rows = [row(story) for story in stories]
    if json:
        print(jsons.dumps([asdict(one) for one in rows], ensure_ascii=False, indent=2))
    elif rows:
        _show(rows)
    if not rows:
        fail(
            f"nothing was ever promised about {text!r}: give a delivery's number, an incident's id, or words of it. "
            "Decisions to stay silent are in the log, with LOG_LEVEL=debug.",
            EX_DATAERR,
        )


async def _stories(text: str) -> Sequence[Story]:
    settings = read_settings()
    app = App(settings, read_files(settings))
    try:
        await app.prepare_store()
        return await app.store.stories(text, MOST) if text else ()
    finally:
        await app.close()


def row(story: Story) -> Row:
    """What people read of it."""
    delivery, change = story.delivery, story.delivery.change
    sent = story.finished_at if story.state == "sent" else None
    return Row(
        id=story.id,
        incident=change.incident.id,
        title=change.incident.title,
        service=change.service or change.feed,
        channel=delivery.target.key,
        action=delivery.action.value,
        because=delivery.reason,
        said_at=_iso(change.update.posted_at if change.update else None),
        seen_at=story.promised_at.isoformat(),
        promised_at=story.promised_at.isoformat(),
        attempts=story.attempts,
        last_attempt_at=_iso(story.attempted_at),
        state=story.state,
        ended_at=_iso(story.finished_at),
        took_s=round((sent - story.promised_at).total_seconds(), 3) if sent else None,
        next_attempt_at=None if story.finished_at else story.due_at.isoformat(),
        where=f"{story.receipt.channel}/{story.receipt.message}" if story.receipt else "",
        echoed_at=_iso(story.echoed_at),
        speaks_for=story.merged,
        error=story.error,
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _show(rows: Sequence[Row]) -> None:
    console = Console()
    for (service, incident), several in groupby(sorted(rows, key=_incident), key=_incident):
        told = sorted(several, key=lambda one: (one.channel, one.id))
        console.print(Text.assemble((told[-1].title, "bold"), f" ({service}, {incident})"), soft_wrap=True)
        for channel, messages in groupby(told, key=lambda one: one.channel):
            console.print(Text(f"  {channel}"))
            for one in messages:
                words, style = _STATES.get(one.state, (one.state, ""))
                console.print(
                    Text.assemble(f"    #{one.id} {one.action}, ", (words, style), f": {one.because}"), soft_wrap=True
                )
                for line in _lines(one):
                    console.print(Text(f"      {line}", style="dim"), soft_wrap=True)


def _incident(one: Row) -> tuple[str, str]:
    return one.service, one.incident


def _lines(one: Row) -> Iterator[str]:
    said = f"the page says {_short(one.said_at)}, " if one.said_at else ""
    yield f"{said}seen and promised {_short(one.promised_at)}"
    tried = f"{one.attempts} attempt{'' if one.attempts == 1 else 's'}"
    if one.state == "sent":
        echo = f", shown to us by the platform {_short(one.echoed_at)}" if one.echoed_at else ""
        yield f"posted {_short(one.ended_at)} as {one.where}, {one.took_s:g} s after it was seen, {tried}{echo}"
    elif one.ended_at:
        yield f"given up {_short(one.ended_at)} after {tried}: {one.error}"
    else:
        yield f"{tried}, next {_short(one.next_attempt_at)}" + (f": {one.error}" if one.error else "")
    if one.speaks_for:
        yield f"speaks for {one.speaks_for} others that waited with it"


def _short(at: str | None) -> str:
    """`2026-05-04 12:00:01 UTC`."""
    return f"{at[:19].replace('T', ' ')} UTC" if at else "never"
