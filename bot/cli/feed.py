"""`planb feed`: what we understand of a status page."""

import asyncio
import json as jsons
from pathlib import Path

from bot.chat.console.draw import draw, terminal
from bot.cli.exits import EX_DATAERR, EX_UNAVAILABLE, fail
from bot.clock import SystemClock
from bot.commands.standing_card import standing_card
from bot.core.standing import standing
from bot.domain.errors import NotTheFormat, Unreachable
from bot.domain.service import Feed, Service
from bot.domain.status import Freshness, Sight, Snapshot
from bot.feeds import FORMATS
from bot.feeds.describe import describe
from bot.feeds.detect import detect, document_name, documents_at
from bot.feeds.fetch import CONTACT, HttpFetcher
from bot.feeds.probe import probe
from bot.locale import languages
from bot.ports import Documents, Format


def feed(where: str, format_name: str, *, json: bool) -> None:
    """Print the page as JSON or as a card. Exit status 65: not a format we read; 69: not reachable."""
    try:
        format_, snapshot = _read(where, chosen(format_name))
    except NotTheFormat as error:
        fail(f"{where}: {error}", EX_DATAERR)
    except (Unreachable, OSError) as error:
        fail(f"{where}: {cause(error)}", EX_UNAVAILABLE)
    else:
        if json:
            print(jsons.dumps(describe(snapshot, format_.name, Freshness.FRESH), ensure_ascii=False, indent=2))
        else:
            _show(where, format_, snapshot)


def counted(n: int, what: str) -> str:
    """`1 incident`, `2 incidents`."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def cause(error: Exception) -> str:
    """What went wrong; of the system's own words neither the number nor the path, which stands before them."""
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)


def chosen(name: str) -> Format | None:
    """The format of that name, None for no name. Raise NotTheFormat naming those there are."""
    if name and name not in FORMATS:
        raise NotTheFormat(f"there is no format {name!r}; these are read: {', '.join(FORMATS)}")
    return FORMATS[name] if name else None


def understood(documents: Documents, format_: Format | None, base: str = "") -> tuple[Format, Snapshot]:
    """Parse, after finding the format if it is not given. Raise NotTheFormat."""
    found = format_ or detect(documents)
    if found is None:
        raise NotTheFormat("not a status document in any format that is read")
    return found, found.parse(documents, base)


def _read(where: str, format_: Format | None) -> tuple[Format, Snapshot]:
    if where.startswith(("http://", "https://")):
        return asyncio.run(_fetch(where, format_))
    return understood(documents_at(Path(where)), format_)


async def _fetch(url: str, format_: Format | None) -> tuple[Format, Snapshot]:
    fetcher = HttpFetcher(clock=SystemClock(), contact=CONTACT)
    try:
        if format_ is None:
            found = await probe(url, fetcher)
            return found.format, found.snapshot
        fetched = await fetcher.fetch(Feed(id="asked", url=url, format=format_.name), format_, {}, everything=True)
        return format_, format_.parse(fetched.documents or {}, url)
    finally:
        await fetcher.close()


def _show(where: str, format_: Format, snapshot: Snapshot) -> None:
    now = SystemClock().now()
    words = languages()["en"]
    name = snapshot.page or document_name(where)
    service = Service(slug="page", name=name, page=snapshot.page_url, feeds=())
    sight = Sight(freshness=Freshness.FRESH, read_at=now)
    out = terminal()
    out.print(draw(standing_card(standing(service, None, snapshot, sight, now), (), words), now))
    over = sum(incident.phase.is_over for incident in snapshot.incidents)
    counts = f"{counted(len(snapshot.components), 'component')} · {counted(len(snapshot.incidents), 'incident')}"
    out.print(f"format {format_.name} · {counts}, {over} over")
