"""Heroku's own status API, version 4. https://devcenter.heroku.com/articles/heroku-status"""

from collections.abc import Iterator, Mapping
from typing import Annotated

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Incident, Kind, Phase, Snapshot, Update
from bot.feeds.assemble import clamped, distinct_components, distinct_incidents, ended_at, in_order
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, looked_up, shaped, values_of
from bot.ports import Document, Documents, Format

_HEALTHS = {
    "green": Health.OPERATIONAL,
    "blue": Health.MAINTENANCE,
    "yellow": Health.DEGRADED,
    "red": Health.MAJOR_OUTAGE,
}
# `resolved: false` stands beside `state: "resolved"`: the state is right.
_PHASES = {
    "open": Phase.INVESTIGATING,
    "issue": Phase.INVESTIGATING,
    "investigating": Phase.INVESTIGATING,
    "identified": Phase.IDENTIFIED,
    "monitoring": Phase.MONITORING,
    "resolved": Phase.RESOLVED,
    "closed": Phase.RESOLVED,
    "upcoming": Phase.SCHEDULED,
    "scheduled": Phase.SCHEDULED,
    "in_progress": Phase.IN_PROGRESS,
    "completed": Phase.COMPLETED,
}


class _System(Shape):
    system: Line = ""
    name: Line = ""
    status: Text = ""


class _Update(Shape):
    created_at: Time = None
    contents: Text = ""
    update_type: Text = ""


class _Item(Shape):
    id: Id = ""
    title: Line = ""
    state: Text = ""
    created_at: Time = None
    full_url: Line = ""
    systems: Annotated[list[_System], Objects] = []
    updates: Annotated[list[_Update], Objects] = []


class _Sheet(Shape):
    status: Annotated[list[_System], Objects] = []
    incidents: Annotated[list[_Item], Objects] = []
    scheduled: Annotated[list[_Item], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether every document is the current status: systems with colours, incidents and planned work."""
    try:
        return all(_belongs(value) for value in values_of(documents).values())
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:
    """One document. Raise NotTheFormat."""
    values = values_of(documents)
    if not all(_belongs(value) for value in values.values()):
        raise NotTheFormat("not Heroku's status: a list of systems and a list of incidents are missing")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    incidents = distinct_incidents(incident for sheet in sheets for incident in _incidents(sheet, base_url))
    return Snapshot(
        format=FORMAT.name,
        page="Heroku",
        page_url="https://status.heroku.com",
        stated_at=newest(update.posted_at for incident in incidents for update in incident.updates),
        components=distinct_components(_component(row) for sheet in sheets for row in sheet.status),
        incidents=incidents,
    )


def _belongs(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    systems = value.get("status")
    return (
        isinstance(systems, list)
        and isinstance(value.get("incidents"), list)
        and all(isinstance(row, dict) and "system" in row for row in systems)
    )


def _component(row: _System) -> Component:
    health, raw = looked_up(_HEALTHS, row.status, Health.UNKNOWN)
    return Component(id=bounded_id(row.system), name=row.system, health=health, raw_health=raw)


def _incidents(sheet: _Sheet, base_url: str) -> Iterator[Incident]:
    yield from (_incident(row, Kind.INCIDENT, base_url) for row in sheet.incidents)
    yield from (_incident(row, Kind.MAINTENANCE, base_url) for row in sheet.scheduled)


def _incident(row: _Item, kind: Kind, base_url: str) -> Incident:
    key = row.id or derived_id("incident", row.title, str(row.created_at))
    phase, raw = looked_up(_PHASES, row.state, Phase.UNKNOWN)
    if kind is Kind.MAINTENANCE and phase is Phase.RESOLVED:
        phase = Phase.COMPLETED
    updates = in_order(_updates(row, key))
    return clamped(
        Incident(
            id=key,
            kind=kind,
            title=row.title,
            phase=phase,
            url=row.full_url or base_url,
            started_at=row.created_at,
            resolved_at=ended_at(phase, None, updates),
            components=tuple(dict.fromkeys(bounded_id(system.name or system.system) for system in row.systems)),
            updates=updates,
            raw_phase=raw,
        )
    )


def _updates(row: _Item, key: str) -> Iterator[Update]:
    """Listed newest first, without ids."""
    for update in reversed(row.updates):
        phase, raw = looked_up(_PHASES, update.update_type, Phase.UNKNOWN)
        yield Update(
            id=derived_id("update", key, str(update.created_at)),
            phase=phase,
            text=plain(update.contents),
            posted_at=update.created_at,
            raw_phase=raw,
        )


FORMAT = Format(
    name="heroku",
    documents=(Document(name="current-status", path="api/v4/current-status"),),
    recognise=recognise,
    parse=parse,
    homes=("https://status.heroku.com",),
)
