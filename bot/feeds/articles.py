"""How the entries of a feed read as incidents. A feed has no severity, so none is claimed."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Incident, Kind, Phase, Snapshot, Update
from bot.feeds.entries import Entry, Paper, read_feed
from bot.feeds.ids import bounded_id, derived_id, ulid_time
from bot.feeds.moments import newest, said_span
from bot.feeds.plaintext import plain
from bot.feeds.statements import HEALTHS, PHASES, SAME, Statement, bare_title, concerned, single, statements
from bot.ports import Documents

_PLANNED = frozenset({Phase.SCHEDULED, Phase.IN_PROGRESS, Phase.VERIFYING, Phase.COMPLETED})
_EVENT = re.compile(r"THIS IS A SCHEDULED EVENT(.{0,400})", re.DOTALL)
_INCIDENT_ID = re.compile(r"/incidents?/([\w.-]+)/?(?:#.*)?$")
_STEM = re.compile(r"(.+)_(\d{10})")
_SAME_EVENT = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A statement with its time, before it is an update. `raw` is its word where we do not know it."""

    key: str
    at: datetime | None
    phase: Phase
    raw: str
    text: str


def read(documents: Documents, base_url: str, format_name: str) -> Snapshot:
    """One feed, or several of one page, as one snapshot. Raise NotTheFormat."""
    return of_papers([read_feed(raw, base_url) for raw in documents.values()], format_name)


def of_papers(papers: Sequence[Paper], format_name: str) -> Snapshot:
    """The same for feeds that were read already. Raise NotTheFormat where there is none."""
    if not papers:
        raise NotTheFormat("there is no document")
    entries = [entry for paper in papers for entry in paper.entries]
    home = papers[0].link
    incidents = tuple(_incident(key, group) for key, group in _grouped(entries, home).items())
    return Snapshot(
        format=format_name,
        page=papers[0].title.removesuffix(" - Incident History"),
        page_url=home,
        stated_at=newest((*(paper.updated for paper in papers), *(entry.changed for entry in entries))),
        components=tuple(_components(entries)),
        incidents=incidents,
    )


def _grouped(entries: Iterable[Entry], home: str) -> dict[str, list[Entry]]:
    """Entries by incident. Several of one key are updates of one incident."""
    groups: dict[str, list[Entry]] = {}
    stems: dict[str, list[Entry]] = {}
    for entry in entries:
        stem = _stem(entry)
        into = stems if stem else groups
        into.setdefault(stem or _key(entry, home), []).append(entry)
    for parts in stems.values():
        groups |= _split_by_day(parts)
    return groups


def _key(entry: Entry, home: str) -> str:
    """The page's own id of the incident from its address, so that it is the same in the page's JSON; else the guid."""
    named = _INCIDENT_ID.search(entry.link)
    if named:
        return bounded_id(named[1])
    link = entry.link.rstrip("/")
    # On some pages every link is the home page.
    if entry.guid and entry.guid.rstrip("/") != home.rstrip("/"):
        return bounded_id(entry.guid)
    if link and link != home.rstrip("/"):
        return bounded_id(link)
    return derived_id(entry.title, str(entry.published))


def _stem(entry: Entry) -> str:
    """AWS ends each update's guid with its own time: what stands before names the service and region."""
    found = _STEM.fullmatch(entry.guid)
    if not found or not entry.published or int(found[2]) != int(entry.published.timestamp()):
        return ""
    return found[1]


def _split_by_day(parts: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Entries of one service, a new incident after each day of silence, keyed by its first guid."""
    groups: dict[str, list[Entry]] = {}
    key, before = "", None
    for entry in sorted(parts, key=_when):
        if before is None or _when(entry) - before > _SAME_EVENT.total_seconds():
            key = bounded_id(entry.guid)
        before = _when(entry)
        groups.setdefault(key, []).append(entry)
    return groups


def _oldest_first(entries: Sequence[Entry]) -> list[Entry]:
    """Feeds list the newest first: so entries of one time keep their order."""
    listed = list(reversed(entries))
    listed.sort(key=_when)
    return listed


def _when(entry: Entry) -> float:
    return entry.changed.timestamp() if entry.changed else 0


def _incident(key: str, group: Sequence[Entry]) -> Incident:
    parts = _oldest_first(group)
    spoken = {one.key: one for entry in parts for one in _spoken(entry)}
    ordered = sorted(spoken.values(), key=lambda one: one.at.timestamp() if one.at else 0)
    last, entry = ordered[-1], parts[-1]
    kind = _kind(parts, ordered)
    started, until = _span(entry) if kind is Kind.MAINTENANCE else (None, None)
    return Incident(
        id=key,
        kind=kind,
        title=bare_title(entry.title),
        phase=last.phase,
        url=entry.link,
        started_at=started or _started(key, parts, ordered),
        until=until,
        resolved_at=_resolved(ordered),
        components=tuple(dict.fromkeys(_component_id(one.name) for one in concerned(entry.html))),
        updates=tuple(_updates(ordered)),
        raw_phase=last.raw,
    )


def _kind(parts: Iterable[Entry], spoken: Iterable[_Said]) -> Kind:
    said = list(spoken)
    if any(_EVENT.search(entry.html) for entry in parts) or any(one.phase in _PLANNED for one in said):
        return Kind.MAINTENANCE
    return Kind.INCIDENT if any(one.phase is not Phase.UNKNOWN or one.raw for one in said) else Kind.NOTICE


def _span(entry: Entry) -> tuple[datetime | None, datetime | None]:
    """When planned work begins and ends. Statuspage's `published` of such an entry is its beginning, in the future."""
    event = _EVENT.search(entry.html)
    span = said_span(plain(event[1]).replace("\n", " ")) if event else None
    if span is None:
        return (entry.published if event else None), None
    begins = span[0].near(entry.published)
    return begins, span[1].near(begins)


def _started(key: str, parts: Sequence[Entry], spoken: Sequence[_Said]) -> datetime | None:
    """The earliest time that is said. Of an entry with one date, that date is its latest update's."""
    first = spoken[0]
    created = ulid_time(key)
    published = parts[0].published
    if created:
        return min(created, first.at or created)
    if len(spoken) == 1 and first.phase.is_over and published == first.at:
        return None
    if len(spoken) > 1 and first.at is None:
        return None
    return min((moment for moment in (first.at, published) if moment), default=None)


def _resolved(spoken: Sequence[_Said]) -> datetime | None:
    """When it ended; a postmortem comes days later."""
    if not spoken[-1].phase.is_over:
        return None
    ends = [one for one in spoken if one.phase.is_over and one.phase is not Phase.POSTMORTEM]
    return (ends or spoken)[-1].at


def _spoken(entry: Entry) -> Iterator[_Said]:
    """What one entry says, oldest first."""
    listed = list(statements(entry.html))
    if not listed:
        yield _one(single(entry.title, entry.html, entry.categories), entry)
        return
    planned = _EVENT.search(entry.html) is not None
    dated = _dated(listed, entry, planned=planned)
    yield from _phased(reversed(dated), Phase.SCHEDULED if planned else Phase.INVESTIGATING)


def _dated(listed: Iterable[Statement], entry: Entry, *, planned: bool) -> list[tuple[Statement, datetime | None]]:
    """Newest first. `published` is the time of the newest; going back from there, each year is the nearest."""
    near = entry.published
    dated: list[tuple[Statement, datetime | None]] = []
    for statement in listed:
        at = statement.when.near(near) if statement.when else None
        if at is None and not dated and not planned:
            at = entry.published
        near = at or near
        dated.append((statement, at))
    return dated


def _phased(dated: Iterable[tuple[Statement, datetime | None]], before: Phase) -> Iterator[_Said]:
    """`Update` says that the phase did not change. The key is of time and word: texts are rewritten days later."""
    seen: Counter[str] = Counter()
    for statement, at in dated:
        word = statement.word.lower()
        before = before if word in SAME else PHASES.get(word, Phase.UNKNOWN)
        spot = f"{statement.when.key if statement.when else 'undated'}-{word.replace(' ', '-')}"
        seen[spot] += 1
        key = spot if seen[spot] == 1 else f"{spot}-{seen[spot]}"
        raw = statement.word if before is Phase.UNKNOWN else ""
        yield _Said(key=bounded_id(key), at=at, phase=before, raw=raw, text=statement.text)


def _one(statement: Statement, entry: Entry) -> _Said:
    phase = PHASES.get(statement.word.lower(), Phase.UNKNOWN)
    at = entry.changed
    key = f"{at.isoformat() if at else 'undated'}-{phase}"
    raw = statement.word if phase is Phase.UNKNOWN else ""
    return _Said(key=key, at=at, phase=phase, raw=raw, text=statement.text)


def _updates(spoken: Iterable[_Said]) -> Iterator[Update]:
    for one in spoken:
        yield Update(id=one.key, phase=one.phase, text=one.text, posted_at=one.at, raw_phase=one.raw)


def _component_id(name: str) -> str:
    return bounded_id(f"name:{name}")


def _components(entries: Sequence[Entry]) -> Iterator[Component]:
    """The components that entries name, each as the newest of them says. A feed does not list the others."""
    states = {one.name: one.state for entry in _oldest_first(entries) for one in concerned(entry.html)}
    for name, state in states.items():
        health = HEALTHS.get(state.lower(), Health.UNKNOWN)
        raw = state if health is Health.UNKNOWN else ""
        yield Component(id=_component_id(name), name=name, health=health, raw_health=raw)
