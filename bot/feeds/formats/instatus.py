"""Instatus. https://instatus.com/help/api/status-pages

The summary has what is open and no texts; the feed of the page has the texts and the ends.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Impact, Incident, Kind, Snapshot
from bot.feeds.articles import read
from bot.feeds.assemble import distinct_components, incident
from bot.feeds.entries import looks_like_a_feed
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, looked_up, objects, shaped, values_of, word_of
from bot.feeds.vocabulary import bare, phase_of
from bot.ports import Document, Documents, Format

_PAGES = {"up": Health.OPERATIONAL, "undermaintenance": Health.MAINTENANCE}
"""`HASISSUES` says that something is wrong and not how much; other words exist, such as ONEMAJOROUTAGE."""
_HEALTHS = {
    "operational": Health.OPERATIONAL,
    "undermaintenance": Health.MAINTENANCE,
    "degradedperformance": Health.DEGRADED,
    "minoroutage": Health.PARTIAL_OUTAGE,
    "partialoutage": Health.PARTIAL_OUTAGE,
    "majoroutage": Health.MAJOR_OUTAGE,
}
_IMPACTS = {
    "operational": Impact.NONE,
    "degradedperformance": Impact.MINOR,
    "minoroutage": Impact.MINOR,
    "partialoutage": Impact.MAJOR,
    "majoroutage": Impact.CRITICAL,
}


_MOST_DIGITS = 6
"""Of a duration in minutes: what is longer is none."""
_NOT_HERE = frozenset({"status", "incidents", "components", "scheduled_maintenances"})


class _Page(Shape):
    name: Line = ""
    url: Line = ""
    status: Text = ""


class _Item(Shape):
    id: Id = ""
    name: Line = ""
    started: Time = None
    start: Time = None
    updatedAt: Time = None
    duration: Text = ""
    status: Text = ""
    impact: Text = ""
    url: Line = ""


class _Summary(Shape):
    page: _Page = _Page()
    activeIncidents: Annotated[list[_Item], Objects] = []
    activeMaintenances: Annotated[list[_Item], Objects] = []


class _Component(Shape):
    id: Id = ""
    name: Line = ""
    status: Text = ""
    group: Any = None
    children: Annotated[list[dict[str, Any]], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether it is a summary, a list of components, or both with the page's feed beside them."""
    return _split(documents) is not None


def parse(documents: Documents, base_url: str) -> Snapshot:
    """Any of the documents. Raise NotTheFormat."""
    found = _split(documents)
    if found is None:
        raise NotTheFormat("not an Instatus page: neither its summary nor its components")
    values, feeds = found
    summaries = [shaped(_Summary, value, name) for name, value in values.items() if _is_summary(value)]
    lists = [value for value in values.values() if not _is_summary(value)]
    page = next((summary.page for summary in summaries), _Page())
    told = read(feeds, page.url or base_url, FORMAT.name).incidents if feeds else ()
    health, raw = looked_up(_PAGES, page.status, Health.UNKNOWN)
    return Snapshot(
        format=FORMAT.name,
        page=page.name,
        page_url=page.url or base_url,
        health=health,
        raw_health=raw,
        stated_at=newest(item.updatedAt for summary in summaries for item in summary.activeIncidents),
        components=distinct_components(row for value in lists for row in _components(_rows(value), "")),
        incidents=_merged([row for summary in summaries for row in _active(summary)], told),
        ends_by_leaving=not feeds,
    )


def _split(documents: Documents) -> tuple[dict[str, object], dict[str, bytes]] | None:
    """The JSON documents and the feeds. None if one of them is something else, or if there is a feed alone."""
    feeds = {name: raw for name, raw in documents.items() if looks_like_a_feed(raw)}
    try:
        values = values_of({name: raw for name, raw in documents.items() if name not in feeds})
    except NotTheFormat:
        return None
    return (values, feeds) if all(_is_summary(value) or _are_components(value) for value in values.values()) else None


def _is_summary(value: object) -> bool:
    """The word for the whole page stands inside `page`; Statuspage has it beside it."""
    page = value.get("page") if isinstance(value, Mapping) else None
    if not isinstance(page, Mapping) or not isinstance(value, Mapping) or _NOT_HERE & value.keys():
        return False
    return {"name", "status"} <= page.keys() and word_of(page["status"]).isupper()


def _are_components(value: object) -> bool:
    rows = _rows(value)
    return bool(rows) and all(
        {"id", "name", "status"} <= row.keys() and word_of(row["status"]).isupper() and "group" in row | {"group": 0}
        for row in rows
    )


def _rows(value: object) -> list[dict[str, Any]]:
    """An object with `components`, or the bare list."""
    listed = value.get("components") if isinstance(value, Mapping) and len(value) == 1 else value
    return [row for row in objects(listed) if isinstance(row, dict)]


def _components(rows: list[dict[str, Any]], group: str) -> Iterator[Component]:
    """A row with children is a group. `group` is a name, an object or nothing."""
    for row in rows:
        part = shaped(_Component, row, "components.json")
        if part.children:
            yield from _components(part.children, part.name)
            continue
        named = part.group.get("name") if isinstance(part.group, dict) else part.group
        health, raw = looked_up(_HEALTHS, bare(part.status), Health.UNKNOWN)
        yield Component(
            id=part.id or derived_id(group, part.name),
            name=part.name,
            health=health,
            group=word_of(named) or group,
            raw_health=raw,
        )


def _active(summary: _Summary) -> Iterator[Incident]:
    yield from (_incident(row) for row in summary.activeIncidents)
    yield from (_work(row) for row in summary.activeMaintenances)


def _key(row: _Item) -> str:
    """The end of its address, by which the page's feed calls it too."""
    last = row.url.rstrip("/").rpartition("/")[2]
    return bounded_id(last) or row.id or derived_id("incident", row.name, str(row.started or row.start))


def _incident(row: _Item) -> Incident:
    phase, raw_phase = phase_of(row.status)
    impact, raw_impact = looked_up(_IMPACTS, bare(row.impact), Impact.UNKNOWN)
    return incident(
        _key(row),
        row.name,
        phase,
        raw_phase=raw_phase,
        url=row.url,
        impact=impact,
        raw_impact=raw_impact,
        started=row.started,
        ended=row.updatedAt,
    )


def _work(row: _Item) -> Incident:
    """Planned work: `duration` is minutes, as text."""
    phase, raw = phase_of(row.status)
    return incident(
        _key(row),
        row.name,
        phase,
        kind=Kind.MAINTENANCE,
        raw_phase=raw,
        url=row.url,
        impact=Impact.NONE,
        started=row.start,
        until=_after(row.start, row.duration),
        ended=row.updatedAt,
    )


def _after(start: datetime | None, minutes: str) -> datetime | None:
    said = minutes.isdecimal() and len(minutes) <= _MOST_DIGITS
    return start + timedelta(minutes=int(minutes)) if start and said else None


def _merged(listed: list[Incident], told: tuple[Incident, ...]) -> tuple[Incident, ...]:
    """Each once. The summary knows the impact and the phase, the feed the texts and what is over."""
    texts = {one.id: one for one in told}
    merged = {one.id: _with_texts(one, texts.get(one.id)) for one in listed}
    return (*merged.values(), *(one for one in told if one.id not in merged))


def _with_texts(listed: Incident, told: Incident | None) -> Incident:
    if told is None:
        return listed
    return replace(listed, updates=told.updates, started_at=listed.started_at or told.started_at)


FORMAT = Format(
    name="instatus",
    documents=(
        Document(name="summary.json", path="summary.json"),
        Document(name="components.json", path="v3/components.json", required=False),
        # Texts and ends are in the feed alone; a page may have it turned off.
        Document(name="history.atom", path="history.atom", required=False),
    ),
    recognise=recognise,
    parse=parse,
)
