"""incident.io's Widget API, where the owner of the page has turned it on: what goes on now, and what is planned.

https://docs.incident.io/status-pages/widget
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from bot.domain.status import Component, Health, Impact, Incident, Kind, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id, ulid_time
from bot.feeds.incidentio_words import phase_of
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, shaped
from bot.feeds.vocabulary import IMPACT_OF_HEALTH, health_of
from bot.ports import Document, Documents, Format


class _Component(Shape):
    id: Id = ""
    name: Line = ""
    group_name: Line = ""
    current_status: Text = ""


class _Item(Shape):
    id: Id = ""
    name: Line = ""
    status: Text = ""
    url: Line = ""
    last_update_at: Time = None
    last_update_message: Text = ""
    current_worst_impact: Text = ""
    started_at: Time = None
    scheduled_end_at: Time = None
    starts_at: Time = None
    ends_at: Time = None
    affected_components: Annotated[list[_Component], Objects] = []


class _Sheet(Shape):
    page_title: Line = ""
    page_url: Line = ""
    ongoing_incidents: Annotated[list[_Item], Objects] = []
    in_progress_maintenances: Annotated[list[_Item], Objects] = []
    scheduled_maintenances: Annotated[list[_Item], Objects] = []

    @property
    def work(self) -> list[_Item]:
        return [*self.in_progress_maintenances, *self.scheduled_maintenances]


def recognise(documents: Documents) -> bool:
    """Whether all of it is such a summary."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The summary. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a summary of incident.io's widget")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    rows = [(row, Kind.INCIDENT) for sheet in sheets for row in sheet.ongoing_incidents]
    rows += [(row, Kind.MAINTENANCE) for sheet in sheets for row in sheet.work]
    goes_on = any(sheet.ongoing_incidents or sheet.in_progress_maintenances for sheet in sheets)
    return Snapshot(
        format=FORMAT.name,
        page=sheets[0].page_title,
        page_url=sheets[0].page_url or base_url,
        health=Health.UNKNOWN if goes_on else Health.OPERATIONAL,
        stated_at=newest(row.last_update_at for row, _ in rows),
        components=distinct_components(part for row, _ in rows for part in _components(row)),
        incidents=distinct_incidents(_incident(row, kind) for row, kind in rows),
        unlisted=Health.OPERATIONAL,
        ends_by_leaving=True,
    )


def _belongs(value: object) -> bool:
    return has(value, "page_title", "page_url", "ongoing_incidents")


def _components(row: _Item) -> Iterator[Component]:
    for part in row.affected_components:
        health, raw = health_of(part.current_status)
        key = part.id or derived_id("component", part.group_name, part.name)
        yield Component(id=key, name=part.name, health=health, group=part.group_name, raw_health=raw)


def _incident(row: _Item, kind: Kind) -> Incident:
    """The newest text alone is told, and it has no id: its time is one."""
    phase, raw = phase_of(row.status)
    health, raw_impact = health_of(row.current_worst_impact)
    key = row.id or derived_id("incident", row.name, row.url)
    said = Update(
        id=derived_id("update", str(row.last_update_at), row.status),
        phase=phase,
        text=plain(row.last_update_message),
        posted_at=row.last_update_at,
        raw_phase=raw,
    )
    work = kind is Kind.MAINTENANCE
    told = incident(
        key,
        row.name,
        phase,
        kind=kind,
        raw_phase=raw,
        url=row.url,
        impact=Impact.NONE if work else IMPACT_OF_HEALTH[health],
        raw_impact="" if work else raw_impact,
        started=row.started_at or row.starts_at,
        until=row.scheduled_end_at or row.ends_at,
        components=(part.id for part in row.affected_components if part.id),
        updates=(said,) if row.last_update_message or row.last_update_at else (),
    )
    # The newest text is not where it began; the id knows when it was made.
    return replace(told, started_at=row.started_at or row.starts_at or ulid_time(row.id))


FORMAT = Format(
    name="incidentio-widget",
    documents=(Document(name="summary", path="api/v1/summary"),),
    recognise=recognise,
    parse=parse,
)
