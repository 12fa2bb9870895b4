"""Salesforce Trust, version 1, which also tells of Heroku, Tableau, MuleSoft and others. https://api.status.salesforce.com/v1/docs/

Everything is about instances. The base address may carry a query (`?products=Heroku`), which goes to every document.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import line, plain
from bot.feeds.shapes import (
    Id,
    Line,
    Lines,
    Objects,
    Shape,
    Text,
    Time,
    all_are,
    demanded,
    has,
    looked_up,
    objects,
    shaped,
)
from bot.ports import Document, Documents, Format

_API = "https://api.status.salesforce.com/v1"
_PAGE = "https://status.salesforce.com"
_HEALTHS = {
    "ok": Health.OPERATIONAL,
    "informational": Health.OPERATIONAL,
    "minor_incident_core": Health.DEGRADED,
    "minor_incident_noncore": Health.DEGRADED,
    "major_incident_core": Health.MAJOR_OUTAGE,
    "major_incident_noncore": Health.PARTIAL_OUTAGE,
    "maintenance_core": Health.MAINTENANCE,
    "maintenance_noncore": Health.MAINTENANCE,
}
_IMPACTS = {"minor": Impact.MINOR, "major": Impact.MAJOR, "maintenance": Impact.NONE}
# The end of an event's type is its phase; the rest of it names the product or the cause.
_ENDINGS = {
    "investigating": Phase.INVESTIGATING,
    "identified": Phase.IDENTIFIED,
    "monitoring": Phase.MONITORING,
    "resolved": Phase.RESOLVED,
    "scheduled": Phase.SCHEDULED,
    "started": Phase.IN_PROGRESS,
    "inprogress": Phase.IN_PROGRESS,
    "completed": Phase.COMPLETED,
    "canceled": Phase.CANCELLED,
    "cancelled": Phase.CANCELLED,
}
_LABELS = frozenset({"incidentEventType", "incidentImpactType", "maintenanceEventType", "maintenanceImpactType"})


class _Label(Shape):
    modelKey: Text = ""
    modelName: Text = ""
    text: Line = ""


class _Event(Shape):
    id: Id = ""
    type: Text = ""
    message: Text = ""
    createdAt: Time = None


class _Impact(Shape):
    type: Text = ""
    severity: Text = ""
    startTime: Time = None
    endTime: Time = None


class _Item(Shape):
    id: Id = ""
    name: Line = ""
    createdAt: Time = None
    updatedAt: Time = None
    plannedStartTime: Time = None
    plannedEndTime: Time = None
    instanceKeys: Lines = []
    serviceKeys: Lines = []
    IncidentEvents: Annotated[list[_Event], Objects] = []
    IncidentImpacts: Annotated[list[_Impact], Objects] = []
    MaintenanceEvents: Annotated[list[_Event], Objects] = []
    MaintenanceImpacts: Annotated[list[_Impact], Objects] = []


class _Instance(Shape):
    key: Line = ""
    location: Line = ""
    status: Text = ""


def recognise(documents: Documents) -> bool:
    """Whether all of it is a list of instances, incidents, maintenances or labels. Empty lists could be anybody's."""
    return all_are(documents, _belongs) and not all_are(documents, lambda value: value == [])


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """Any of the documents. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a list of Salesforce Trust")
    rows = [(name, row) for name, value in values.items() for row in objects(value)]
    labels = [shaped(_Label, row, name) for name, row in rows if has(row, "modelKey")]
    names = {label.modelKey: label.text for label in labels if label.modelName in _LABELS}
    items = [shaped(_Item, row, name) for name, row in rows if has(row, "instanceKeys")]
    instances = [shaped(_Instance, row, name) for name, row in rows if has(row, "Products")]
    return Snapshot(
        format=FORMAT.name,
        page="Salesforce",
        page_url=_PAGE,
        stated_at=newest(item.updatedAt for item in items),
        components=distinct_components(_component(row) for row in instances),
        incidents=distinct_incidents(_incident(item, names) for item in items),
        ends_by_leaving=True,
    )


def _belongs(value: object) -> bool:
    return isinstance(value, list) and all(
        has(row, "instanceKeys", "isCore") or has(row, "Products", "Services", "status") or has(row, "modelKey", "text")
        for row in value
    )


def _component(row: _Instance) -> Component:
    health, raw = looked_up(_HEALTHS, row.status, Health.UNKNOWN)
    return Component(id=bounded_id(row.key), name=row.key, health=health, group=row.location, raw_health=raw)


def _phase(kind: str) -> Phase:
    word = kind.lower()
    return next((phase for ending, phase in _ENDINGS.items() if word.endswith(ending)), Phase.UNKNOWN)


def _incident(item: _Item, names: Mapping[str, str]) -> Incident:
    """There are no titles: the label of what it does to people, or what it concerns."""
    work = item.plannedStartTime is not None or bool(item.MaintenanceImpacts)
    impacts = item.MaintenanceImpacts if work else item.IncidentImpacts
    events = item.MaintenanceEvents if work else item.IncidentEvents
    updates = sorted(_updates(events), key=lambda update: update.posted_at.timestamp() if update.posted_at else 0)
    phase = updates[-1].phase if updates else Phase.UNKNOWN
    still, ended = _span(impacts)
    if not work and not still and impacts:
        phase = Phase.RESOLVED
    words = [impact.severity for impact in impacts]
    known = [_IMPACTS[word.lower()] for word in words if word.lower() in _IMPACTS]
    stated = phase is not Phase.UNKNOWN
    return incident(
        item.id or derived_id("incident", str(item.createdAt)),
        _title(item, impacts, names),
        phase if stated else Phase.SCHEDULED if work else Phase.INVESTIGATING,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        phase_stated=stated,
        url=f"{_PAGE}/{'maintenances' if work else 'incidents'}/{item.id}",
        impact=max(known, key=lambda impact: impact.rank, default=Impact.UNKNOWN),
        raw_impact="" if known or not words else line(words[0]),
        started=item.plannedStartTime or min((i.startTime for i in impacts if i.startTime), default=item.createdAt),
        until=item.plannedEndTime,
        ended=ended,
        components=(bounded_id(key) for key in item.instanceKeys if key),
        updates=updates,
    )


def _span(impacts: Sequence[_Impact]) -> tuple[bool, datetime | None]:
    """Whether any impact goes on, and when the last of those that are over ended."""
    return any(impact.endTime is None for impact in impacts), newest(impact.endTime for impact in impacts)


def _title(item: _Item, impacts: Sequence[_Impact], names: Mapping[str, str]) -> str:
    label = next((names[impact.type] for impact in impacts if impact.type in names), "")
    concerns = ", ".join((item.serviceKeys or item.instanceKeys)[:3])
    return item.name or (f"{label} ({concerns})" if label and concerns else label or concerns)


def _updates(events: Sequence[_Event]) -> Iterator[Update]:
    """Newest first."""
    for event in reversed(events):
        phase = _phase(event.type)
        yield Update(
            id=event.id or derived_id("event", str(event.createdAt), event.type),
            phase=phase,
            text=plain(event.message),
            posted_at=event.createdAt,
            raw_phase=line(event.type) if phase is Phase.UNKNOWN else "",
        )


FORMAT = Format(
    name="salesforce",
    documents=(
        Document(name="instances", path="instances"),
        Document(name="active", path="incidents/active", required=False),
        Document(name="maintenances", path="maintenances", required=False),
        Document(name="localizations", path="localizations?locale=en", required=False),
    ),
    recognise=recognise,
    parse=parse,
    homes=(_API,),
    leads=lambda address, _html: (_API,) if "//status.salesforce.com" in address else (),
)
