"""Checkly's status pages. https://www.checklyhq.com/docs/status-pages/

Two documents of the page's own API: the incidents that are not resolved, and the services with the incidents of the
last weeks. Automatic incidents of the same name come and go within seconds; each has its own id.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from bot.domain.status import Component, Health, Impact, Incident, Kind, Snapshot, Update, worst
from bot.feeds.assemble import distinct_components, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, Whole, all_are, demanded, has, looked_up, shaped
from bot.feeds.vocabulary import HEALTH_OF_IMPACT, phase_of, planned
from bot.ports import Document, Documents, Format

_IMPACTS = {
    "minor": Impact.MINOR,
    "medium": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
    "maintenance": Impact.NONE,
}
_WORK = "maintenance"
_LONGEST_S = 10**9


class _Service(Shape):
    id: Id = ""
    name: Line = ""


class _Update(Shape):
    id: Id = ""
    status: Text = ""
    description: Text = ""
    publicIncidentUpdateDate: Time = None
    created_at: Time = None


class _Item(Shape):
    id: Id = ""
    name: Line = ""
    severity: Text = ""
    duration: Whole = None
    created_at: Time = None
    updated_at: Time = None
    lastUpdateStatus: Text = ""
    services: Annotated[list[_Service], Objects] = []
    incidentUpdates: Annotated[list[_Update], Objects] = []


class _Day(Shape):
    events: Annotated[list[_Item], Objects] = []


class _Watched(Shape):
    id: Id = ""
    name: Line = ""
    days: Annotated[list[_Day], Objects] = []


class _Group(Shape):
    name: Line = ""
    services: Annotated[list[_Watched], Objects] = []


class _Sheet(Shape):
    incidents: Annotated[list[_Item], Objects] = []
    uptime: Annotated[list[_Group], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is either of the two."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """One of the two or both. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a document of a Checkly page")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    told: dict[str, Incident] = {}
    # The first document has the texts, so its incidents stay; one event may concern several services.
    for one in (*_unresolved(sheets, base_url), *_events(sheets, base_url)):
        known = told.get(one.id)
        components = tuple(dict.fromkeys((*(known.components if known else ()), *one.components)))
        told[one.id] = replace(known or one, components=components)
    incidents = tuple(told.values())
    return Snapshot(
        format=FORMAT.name,
        page_url=base_url,
        stated_at=newest(row.updated_at for sheet in sheets for row in sheet.incidents),
        components=distinct_components(_components(sheets, incidents)),
        incidents=incidents,
        unlisted=Health.OPERATIONAL,
        ends_by_leaving=True,
    )


def _belongs(value: object) -> bool:
    """An empty list of incidents alone could be anybody's."""
    if has(value, "metadata", "uptime"):
        return True
    rows = value.get("incidents") if isinstance(value, Mapping) and len(value) == 1 else None
    return isinstance(rows, list) and bool(rows) and all(has(row, "lastUpdateStatus", "severity") for row in rows)


def _unresolved(sheets: Sequence[_Sheet], base: str) -> Iterator[Incident]:
    for sheet in sheets:
        for row in sheet.incidents:
            yield _incident(row, [service.id for service in row.services], base)


def _events(sheets: Sequence[_Sheet], base: str) -> Iterator[Incident]:
    for sheet in sheets:
        for group in sheet.uptime:
            for service in group.services:
                for day in service.days:
                    yield from (_incident(row, [service.id], base) for row in day.events)


def _components(sheets: Sequence[_Sheet], incidents: Sequence[Incident]) -> Iterator[Component]:
    """As bad as the open incidents that name them say: the page has no other state of a service."""
    named = [("", one.id, one.name) for sheet in sheets for row in sheet.incidents for one in row.services]
    groups = [group for sheet in sheets for group in sheet.uptime]
    listed = [(group.name, one.id, one.name) for group in groups for one in group.services]
    for group, key, name in (*listed, *named):
        open_now = (one for one in incidents if one.phase.is_open and key in one.components)
        health = worst(HEALTH_OF_IMPACT[one.impact] for one in open_now)
        yield Component(id=key, name=name, health=health, group=group)


def _incident(row: _Item, services: Sequence[str], base: str) -> Incident:
    work = row.severity.lower() == _WORK
    phase, raw_phase = phase_of(row.lastUpdateStatus)
    impact, raw_impact = looked_up(_IMPACTS, row.severity, Impact.UNKNOWN)
    return incident(
        row.id or derived_id("incident", row.name, str(row.created_at)),
        row.name,
        planned(phase) if work else phase,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        raw_phase=raw_phase,
        url=f"{base.rstrip('/')}/incidents/{row.id}" if base and row.id else base,
        impact=impact,
        raw_impact=raw_impact,
        started=row.created_at,
        ended=_ended(row),
        components=(key for key in services if key),
        updates=_updates(row),
    )


def _ended(row: _Item) -> datetime | None:
    """`duration` is seconds; it is 0 while the incident runs."""
    seconds = row.duration or 0
    return row.created_at + timedelta(seconds=seconds) if row.created_at and 0 < seconds < _LONGEST_S else None


def _updates(row: _Item) -> Iterator[Update]:
    for update in row.incidentUpdates:
        phase, raw = phase_of(update.status)
        at = update.publicIncidentUpdateDate or update.created_at
        yield Update(
            id=update.id or derived_id("update", str(at), update.status),
            phase=phase,
            text=plain(update.description),
            posted_at=at,
            raw_phase=raw,
        )


FORMAT = Format(
    name="checkly",
    documents=(
        Document(name="unresolved-incidents", path="/api/status-page/{last}/unresolved-incidents"),
        # Services, and what ended lately.
        Document(name="uptime", path="/api/status-page/{last}/uptime", required=False),
    ),
    recognise=recognise,
    parse=parse,
)
