"""Status.io. https://docs.status.io/developers/public-status-api

The public API tells the present alone: what is resolved leaves the list, and planned work that is done too.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, looked_up, shaped
from bot.feeds.vocabulary import IMPACT_OF_HEALTH
from bot.ports import Document, Documents, Format

_API = "https://api.status.io/1.0/status"
# https://docs.status.io/statuspage/data-and-metrics/status-codes
_HEALTHS = {
    "100": Health.OPERATIONAL,
    "200": Health.MAINTENANCE,
    "300": Health.DEGRADED,
    "400": Health.PARTIAL_OUTAGE,
    "500": Health.MAJOR_OUTAGE,
    # A security event: how it works is not said.
    "600": Health.UNKNOWN,
}
_PHASES = {
    "100": Phase.INVESTIGATING,
    "200": Phase.IDENTIFIED,
    "300": Phase.MONITORING,
    "400": Phase.RESOLVED,
}
_WORK = {
    "100": Phase.SCHEDULED,
    "200": Phase.IN_PROGRESS,
    "300": Phase.VERIFYING,
    "400": Phase.COMPLETED,
}
_PAGE_ID = re.compile(r"(?:/pages/|statuspage_id[\"']?\s{0,4}[:=]\s{0,4}[\"']|/1\.0/status/)([0-9a-f]{24})\b")


class _Named(Shape):
    id: Id = ""
    name: Line = ""
    status: Line = ""
    status_code: Text = ""
    updated: Time = None
    containers: "Annotated[list[_Named], Objects]" = []


class _Concerned(Shape):
    id: Id = Field(default="", alias="_id")
    name: Line = ""


class _Message(Shape):
    details: Text = ""
    state: Text = ""
    status: Text = ""
    datetime: Time = None


class _Item(Shape):
    id: Id = Field(default="", alias="_id")
    name: Line = ""
    datetime_open: Time = None
    datetime_planned_start: Time = None
    datetime_planned_end: Time = None
    messages: Annotated[list[_Message], Objects] = []
    components_affected: Annotated[list[_Concerned], Objects] = []
    containers_affected: Annotated[list[_Concerned], Objects] = []


class _Maintenance(Shape):
    active: Annotated[list[_Item], Objects] = []
    upcoming: Annotated[list[_Item], Objects] = []


class _Result(Shape):
    status_overall: _Named = _Named()
    status: Annotated[list[_Named], Objects] = []
    incidents: Annotated[list[_Item], Objects] = []
    maintenance: _Maintenance = _Maintenance()


def recognise(documents: Documents) -> bool:
    """Whether all of it is a result with an overall state, components and incidents."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The public status. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a status of Status.io")
    results = [shaped(_Result, value["result"], name) for name, value in values.items() if isinstance(value, dict)]
    overall = results[0].status_overall
    health, raw = looked_up(_HEALTHS, overall.status_code, Health.UNKNOWN)
    return Snapshot(
        format=FORMAT.name,
        page_url=base_url,
        health=health,
        raw_health=raw and overall.status,
        stated_at=newest(result.status_overall.updated for result in results),
        components=distinct_components(part for result in results for part in _components(result.status)),
        incidents=distinct_incidents(one for result in results for one in _incidents(result, base_url)),
        ends_by_leaving=True,
    )


def _belongs(value: object) -> bool:
    return isinstance(value, dict) and has(value.get("result"), "status_overall", "status")


def _components(rows: Iterable[_Named]) -> Iterator[Component]:
    """Each component in each of its containers (places); a component in one place stands alone."""
    for row in rows:
        if len(row.containers) > 1:
            for place in row.containers:
                health, raw = looked_up(_HEALTHS, place.status_code, Health.UNKNOWN)
                key = f"{row.id}/{place.id}"
                yield Component(id=key, name=place.name, health=health, group=row.name, raw_health=raw and place.status)
        else:
            health, raw = looked_up(_HEALTHS, row.status_code, Health.UNKNOWN)
            key = row.id or derived_id("component", row.name)
            yield Component(id=key, name=row.name, health=health, raw_health=raw and row.status)


def _incidents(result: _Result, base: str) -> Iterator[Incident]:
    parts = {row.id: row for row in result.status}
    for row in result.incidents:
        yield _incident(row, parts, base)
    for row in result.maintenance.active:
        yield _work(row, parts, Phase.IN_PROGRESS, base)
    for row in result.maintenance.upcoming:
        yield _work(row, parts, Phase.SCHEDULED, base)


def _concerned(row: _Item, parts: dict[str, _Named]) -> Iterator[str]:
    """The components that it names, in the places that it names."""
    places = {place.id for place in row.containers_affected}
    for one in row.components_affected:
        known = parts.get(one.id)
        if known and len(known.containers) > 1:
            yield from (f"{one.id}/{place.id}" for place in known.containers if not places or place.id in places)
        else:
            yield one.id


def _incident(row: _Item, parts: dict[str, _Named], base: str) -> Incident:
    """Its phase and its impact are those of the newest message."""
    messages = sorted(row.messages, key=lambda message: message.datetime.timestamp() if message.datetime else 0)
    last = messages[-1] if messages else _Message()
    phase, raw_phase = looked_up(_PHASES, last.state, Phase.UNKNOWN)
    _, raw_impact = looked_up(_HEALTHS, last.status, Health.UNKNOWN)
    # At the end all is well; what it was is said before.
    health = worst(_HEALTHS.get(message.status, Health.UNKNOWN) for message in messages) if messages else Health.UNKNOWN
    return incident(
        row.id or derived_id("incident", row.name, str(row.datetime_open)),
        row.name,
        phase if messages else Phase.INVESTIGATING,
        raw_phase=raw_phase,
        phase_stated=bool(messages),
        url=base,
        impact=IMPACT_OF_HEALTH[health],
        raw_impact=raw_impact,
        started=row.datetime_open,
        components=_concerned(row, parts),
        updates=_updates(row, _PHASES),
    )


def _work(row: _Item, parts: dict[str, _Named], phase: Phase, base: str) -> Incident:
    return incident(
        row.id or derived_id("maintenance", row.name, str(row.datetime_open)),
        row.name,
        phase,
        kind=Kind.MAINTENANCE,
        url=base,
        impact=Impact.NONE,
        started=row.datetime_planned_start or row.datetime_open,
        until=row.datetime_planned_end,
        components=_concerned(row, parts),
        updates=_updates(row, _WORK),
    )


def _updates(row: _Item, phases: dict[str, Phase]) -> Iterator[Update]:
    for message in row.messages:
        phase, raw = looked_up(phases, message.state, Phase.UNKNOWN)
        yield Update(
            id=derived_id("message", str(message.datetime), message.state),
            phase=phase,
            text=plain(message.details),
            posted_at=message.datetime,
            raw_phase=raw,
        )


def _leads(address: str, html: str) -> Iterator[str]:
    """The id of the page stands in the addresses of its feed and its subscription form."""
    for found in dict.fromkeys(match[1] for match in _PAGE_ID.finditer(f"{address} {html}")):
        yield f"{_API}/{found}"


FORMAT = Format(
    name="statusio",
    documents=(Document(name="status", path=""),),
    recognise=recognise,
    parse=parse,
    leads=_leads,
)
