"""StatusPal. https://docs.statuspal.io/platform/status-page-api/

The summary has the tree of services and what is open; times have no zone and are UTC.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Id, Ids, Line, Objects, Shape, Text, Time, all_are, demanded, has, looked_up, shaped
from bot.ports import Document, Documents, Format

_HEALTHS = {
    "": Health.OPERATIONAL,
    "minor": Health.DEGRADED,
    "major": Health.MAJOR_OUTAGE,
    "scheduled": Health.MAINTENANCE,
}
_IMPACTS = {"minor": Impact.MINOR, "major": Impact.MAJOR, "scheduled": Impact.NONE}
_HOSTED = re.compile(r"([\w-]{1,60})\.statuspal\.(io|eu)")


class _Service(Shape):
    id: Id = ""
    name: Line = ""
    current_incident_type: Any = None
    children: "Annotated[list[_Service], Objects]" = []


class _Update(Shape):
    id: Id = ""
    type: Text = ""
    description: Text = ""
    posted_at: Time = None


class _Item(Shape):
    id: Id = ""
    title: Line = ""
    type: Text = ""
    url: Line = ""
    starts_at: Time = None
    ends_at: Time = None
    service_ids: Ids = []
    updates: Annotated[list[_Update], Objects] = []


class _Page(Shape):
    name: Line = ""
    url: Line = ""
    subdomain: Id = ""
    current_incident_type: Any = None


class _Sheet(Shape):
    status_page: Any = None
    services: Annotated[list[_Service], Objects] = []
    incidents: Annotated[list[_Item], Objects] = []
    maintenances: Annotated[list[_Item], Objects] = []
    upcoming_maintenances: Annotated[list[_Item], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is such a summary."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The summary. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "the summary of a StatusPal page")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    stated = next((sheet.status_page for sheet in sheets if isinstance(sheet.status_page, dict)), None)
    page = shaped(_Page, stated or {}, "status_page")
    health, raw = _state(page.current_incident_type) if has(stated, "current_incident_type") else (Health.UNKNOWN, "")
    incidents = distinct_incidents(one for sheet in sheets for one in _incidents(sheet, page.url or base_url))
    return Snapshot(
        format=FORMAT.name,
        page=page.name,
        page_id=page.subdomain,
        page_url=page.url or base_url,
        health=health,
        raw_health=raw,
        stated_at=newest(update.posted_at for one in incidents for update in one.updates),
        components=distinct_components(part for sheet in sheets for part in _components(sheet.services, "")),
        incidents=incidents,
        ends_by_leaving=True,
    )


def _belongs(value: object) -> bool:
    if not isinstance(value, dict) or not has(value, "services", "incidents", "maintenances"):
        return False
    rows = value["services"]
    return isinstance(rows, list) and all(has(row, "current_incident_type", "name") for row in rows)


def _state(word: object) -> tuple[Health, str]:
    """Null is that nothing is wrong; a missing key or another type is not."""
    if word is None:
        return Health.OPERATIONAL, ""
    return looked_up({key: one for key, one in _HEALTHS.items() if key}, str(word), Health.UNKNOWN)


def _components(rows: Sequence[_Service], group: str) -> Iterator[Component]:
    for row in rows:
        if row.children:
            yield from _components(row.children, row.name)
            continue
        health, raw = (
            _state(row.current_incident_type)
            if "current_incident_type" in row.model_fields_set
            else (
                Health.UNKNOWN,
                "",
            )
        )
        key = row.id or derived_id("service", group, row.name)
        yield Component(id=key, name=row.name, health=health, group=group, raw_health=raw)


def _incidents(sheet: _Sheet, home: str) -> Iterator[Incident]:
    yield from (_incident(row, home) for row in sheet.incidents)
    for row in sheet.maintenances:
        yield _work(row, Phase.IN_PROGRESS, home)
    for row in sheet.upcoming_maintenances:
        yield _work(row, Phase.SCHEDULED, home)


def _incident(row: _Item, home: str) -> Incident:
    impact, raw = looked_up(_IMPACTS, row.type, Impact.UNKNOWN)
    return incident(
        row.id or derived_id("incident", row.title, str(row.starts_at)),
        row.title,
        Phase.RESOLVED if row.ends_at else Phase.INVESTIGATING,
        phase_stated=False,
        url=row.url or home,
        impact=impact,
        raw_impact=raw,
        started=row.starts_at,
        ended=row.ends_at,
        components=filter(None, row.service_ids),
        updates=_updates(row),
    )


def _work(row: _Item, phase: Phase, home: str) -> Incident:
    return incident(
        row.id or derived_id("maintenance", row.title, str(row.starts_at)),
        row.title,
        phase,
        kind=Kind.MAINTENANCE,
        url=row.url or home,
        impact=Impact.NONE,
        started=row.starts_at,
        until=row.ends_at,
        components=filter(None, row.service_ids),
        updates=_updates(row),
    )


def _updates(row: _Item) -> Iterator[Update]:
    for update in row.updates:
        yield Update(
            id=update.id or derived_id("update", str(update.posted_at)),
            phase=Phase.UNKNOWN,
            text=plain(update.description),
            posted_at=update.posted_at,
        )


def _leads(address: str, html: str) -> Iterator[str]:
    """The name of the page stands in its hosted address."""
    places = f"{urlsplit(address).netloc} {html[:200_000]}"
    for name, land in dict.fromkeys(found.groups() for found in _HOSTED.finditer(places)):
        if name not in {"www", "app", "docs", "api"}:
            yield f"https://statuspal.{land}/api/v2/status_pages/{name}"


FORMAT = Format(
    name="statuspal",
    documents=(Document(name="summary", path="summary"),),
    recognise=recognise,
    parse=parse,
    leads=_leads,
)
