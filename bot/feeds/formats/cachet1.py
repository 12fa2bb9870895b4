"""Cachet, versions 1 and 2: flat lists with numbers. https://docs.cachethq.io/v2.x/api

A list of incidents has the newest text of each alone; its updates have an address of their own.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from bot.domain.status import Component, Incident, Kind, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.cachet_numbers import HEALTHS, PHASES
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import from_markdown
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, looked_up, objects, shaped
from bot.ports import Document, Documents, Format

_NOBODY = "0"
"""The component of an incident that concerns none."""


class _Row(Shape):
    id: Id = ""
    name: Line = ""
    status: Text = ""
    message: Text = ""
    component_id: Id = ""
    group_id: Id = ""
    occurred_at: Time = None
    scheduled_at: Time = None
    created_at: Time = None
    updated_at: Time = None
    updates: Annotated[list[dict[str, Any]], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is lists of incidents or components. Empty lists could be anybody's."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The components, the incidents or both. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a list of Cachet 1 or 2")
    rows = [(row, name) for name, value in values.items() if isinstance(value, dict) for row in objects(value["data"])]
    incidents = [shaped(_Row, row, name) for row, name in rows if _is_incident(row)]
    components = [shaped(_Row, row, name) for row, name in rows if not _is_incident(row)]
    return Snapshot(
        format=FORMAT.name,
        page_url=base_url,
        stated_at=newest(row.updated_at for row in (*incidents, *components)),
        components=distinct_components(_component(row) for row in components),
        incidents=distinct_incidents(_incident(row, base_url) for row in incidents),
    )


def _is_incident(row: object) -> bool:
    return has(row, "message")


def _belongs(value: object) -> bool:
    rows = value.get("data") if isinstance(value, dict) else None
    return (
        isinstance(rows, list)
        and bool(rows)
        and all(has(row, "id", "name", "status", "created_at") and "attributes" not in row for row in rows)
        and all(has(row, "message") or has(row, "group_id") for row in rows)
    )


def _component(row: _Row) -> Component:
    health, raw = looked_up(HEALTHS, row.status, HEALTHS["0"])
    return Component(id=row.id or derived_id("component", row.name), name=row.name, health=health, raw_health=raw)


def _incident(row: _Row, base: str) -> Incident:
    phase, raw = looked_up(PHASES, row.status, PHASES["0"])
    work = row.scheduled_at is not None and phase is Phase.UNKNOWN
    key = row.id or derived_id("incident", row.name, str(row.created_at))
    return incident(
        key,
        row.name,
        Phase.SCHEDULED if work else phase,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        raw_phase="" if work else raw,
        url=f"{base.rstrip('/')}/incidents/{row.id}" if base and row.id else base,
        started=row.scheduled_at or row.occurred_at or row.created_at,
        ended=row.updated_at,
        components=(row.component_id,) if row.component_id not in {"", _NOBODY} else (),
        updates=_updates(row, phase),
    )


def _updates(row: _Row, phase: Phase) -> Iterator[Update]:
    own = [shaped(_Row, one, "updates") for one in row.updates]
    at = row.occurred_at or row.created_at
    yield Update(id="message", phase=Phase.UNKNOWN if own else phase, text=from_markdown(row.message), posted_at=at)
    for one in own:
        said, raw = looked_up(PHASES, one.status, PHASES["0"])
        yield Update(
            id=one.id or derived_id("update", str(one.created_at)),
            phase=said,
            text=from_markdown(one.message),
            posted_at=one.created_at,
            raw_phase=raw,
        )


FORMAT = Format(
    name="cachet1",
    documents=(
        Document(name="components", path="api/v1/components?per_page=200"),
        Document(name="incidents", path="api/v1/incidents?sort=id&order=desc&per_page=50", required=False),
    ),
    recognise=recognise,
    parse=parse,
)
