"""StatusCast. Three documents at the root of the page, without public documentation of their words."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import line
from bot.feeds.shapes import Id, Line, Shape, Text, Time, all_are, demanded, has, looked_up, objects, shaped
from bot.feeds.vocabulary import bare, phase_of, planned
from bot.ports import Document, Documents, Format

_HEALTHS = {
    "available": Health.OPERATIONAL,
    "informational": Health.OPERATIONAL,
    "maintenance": Health.MAINTENANCE,
    "performanceissue": Health.DEGRADED,
    "degradedperformance": Health.DEGRADED,
    "performancedegradation": Health.DEGRADED,
    "partialoutage": Health.PARTIAL_OUTAGE,
    "unavailable": Health.MAJOR_OUTAGE,
    "outage": Health.MAJOR_OUTAGE,
}
_IMPACTS = {
    "informational": Impact.NONE,
    "maintenance": Impact.NONE,
    "scheduledmaintenance": Impact.NONE,
    "performance": Impact.MINOR,
    "performancedegradation": Impact.MINOR,
    "outage": Impact.MAJOR,
}
_WORK = frozenset({"maintenance", "scheduledmaintenance"})


class _Status(Shape):
    Status: Text = ""
    InEffectSince: Time = None


class _Component(Shape):
    id: Id = ""
    text: Line = ""
    Level: Any = None
    CurrentStatus: Text = ""


class _Item(Shape):
    key: Id = Field(default="", alias="Id")
    Title: Line = ""
    Status: Text = ""
    ShortUrl: Line = ""
    IncidentType: Text = ""
    DateStarted: Time = None
    DateResolved: Time = None


def recognise(documents: Documents) -> bool:
    """Whether all of it is the status, the components or the incidents. Empty lists could be anybody's."""
    return all_are(documents, _belongs) and not all_are(documents, lambda value: value == [])


def parse(documents: Documents, base_url: str) -> Snapshot:
    """Any of the three. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a document of a StatusCast page")
    status = next(
        (shaped(_Status, value, name) for name, value in values.items() if isinstance(value, dict)), _Status()
    )
    rows = [(row, name) for name, value in values.items() for row in objects(value)]
    parts = [shaped(_Component, row, name) for row, name in rows if has(row, "CurrentStatus")]
    items = [shaped(_Item, row, name) for row, name in rows if has(row, "Title")]
    health, raw = looked_up(_HEALTHS, bare(status.Status), Health.UNKNOWN)
    return Snapshot(
        format=FORMAT.name,
        page_url=base_url,
        health=health,
        raw_health=raw,
        stated_at=newest((status.InEffectSince,)),
        components=distinct_components(_components(parts)),
        incidents=distinct_incidents(_incident(item, base_url) for item in items),
    )


def _belongs(value: object) -> bool:
    if isinstance(value, list):
        return all(has(row, "CurrentStatus", "Level") or has(row, "Title", "Status", "IncidentType") for row in value)
    return has(value, "Status", "StatusText")


def _components(rows: Sequence[_Component]) -> Iterator[Component]:
    """Level 1 is a group or stands alone; what follows it on level 2 belongs to it."""
    group = ""
    for number, row in enumerate(rows):
        inside = row.Level != 1
        group = group if inside else row.text
        following = rows[number + 1] if number + 1 < len(rows) else None
        if not inside and following is not None and following.Level != 1:
            continue
        health, raw = looked_up(_HEALTHS, bare(row.CurrentStatus), Health.UNKNOWN)
        key = row.id or derived_id("component", group, row.text)
        yield Component(id=key, name=row.text, health=health, group=group if inside else "", raw_health=raw)


def _incident(row: _Item, home: str) -> Incident:
    work = bare(row.IncidentType) in _WORK
    word = "investigating" if bare(row.Status) == "inprogress" and not work else row.Status
    phase, raw = phase_of(word)
    impact, raw_impact = looked_up(_IMPACTS, bare(row.IncidentType), Impact.UNKNOWN)
    return incident(
        row.key or derived_id("incident", row.Title, str(row.DateStarted)),
        row.Title,
        planned(phase) if work else phase,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        raw_phase=raw if phase is Phase.UNKNOWN else "",
        phase_stated=word == row.Status,
        url=row.ShortUrl or home,
        impact=impact,
        raw_impact=raw_impact and line(row.IncidentType),
        started=row.DateStarted,
        ended=row.DateResolved,
    )


FORMAT = Format(
    name="statuscast",
    documents=(
        Document(name="status.json", path="status.json"),
        Document(name="components.json", path="components.json", required=False),
        Document(name="incidents.json", path="incidents.json", required=False),
    ),
    recognise=recognise,
    parse=parse,
)
