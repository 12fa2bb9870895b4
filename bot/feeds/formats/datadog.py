"""Datadog Status Pages. https://docs.datadoghq.com/incident_response/status_pages/

The page's `config.json` holds components, incidents with their timelines, and planned work.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from bot.domain.status import Component, Impact, Incident, Kind, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, shaped
from bot.feeds.vocabulary import IMPACT_OF_HEALTH, health_of, phase_of, planned
from bot.ports import Document, Documents, Format


class _Part(Shape):
    id: Id = ""
    name: Line = ""
    status: Text = ""
    type: Text = ""
    components: "Annotated[list[_Part], Objects]" = []


class _Entry(Shape):
    id: Id = ""
    createdAt: Time = None
    startedAt: Time = None
    description: Text = ""
    status: Text = ""
    componentsAffected: Annotated[list[_Part], Objects] = []


class _Item(Shape):
    id: Id = ""
    title: Line = ""
    currentStatus: Text = ""
    status: Text = ""
    resolved: Any = None
    publishedDate: Time = None
    resolvedDate: Time = None
    startDate: Time = None
    completedDate: Time = None
    lastModifiedAt: Time = None
    componentsAffected: Annotated[list[_Part], Objects] = []
    timeline: Annotated[list[_Entry], Objects] = []
    updates: Annotated[list[_Entry], Objects] = []


class _Sheet(Shape):
    id: Id = ""
    name: Line = ""
    pageUrl: Line = ""
    components: Annotated[list[_Part], Objects] = []
    incidents: Annotated[list[_Item], Objects] = []
    maintenances: Annotated[list[_Item], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is the configuration of such a page."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The document of the page. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "the configuration of a Datadog status page")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    page = sheets[0]
    home = base_url or page.pageUrl
    return Snapshot(
        format=FORMAT.name,
        page=page.name,
        page_id=page.id,
        page_url=home,
        stated_at=newest(item.lastModifiedAt for sheet in sheets for item in sheet.incidents),
        components=distinct_components(part for sheet in sheets for part in _components(sheet.components, "")),
        incidents=distinct_incidents(one for sheet in sheets for one in _incidents(sheet, home)),
    )


def _belongs(value: object) -> bool:
    return has(value, "domainPrefix", "components", "incidents", "visualizationType") or has(
        value, "domainPrefix", "components", "incidents", "pageType"
    )


def _components(rows: Sequence[_Part], group: str) -> Iterator[Component]:
    for row in rows:
        if row.components or row.type == "ComponentGroup":
            yield from _components(row.components, row.name)
            continue
        health, raw = health_of(row.status)
        key = row.id or derived_id("component", group, row.name)
        yield Component(id=key, name=row.name, health=health, group=group, raw_health=raw)


def _incidents(sheet: _Sheet, home: str) -> Iterator[Incident]:
    yield from (_incident(row, home) for row in sheet.incidents)
    yield from (_work(row, home) for row in sheet.maintenances)


def _incident(row: _Item, home: str) -> Incident:
    """There is no severity: it is as bad as the components that it names were at their worst."""
    phase, raw = phase_of(row.currentStatus or row.status)
    unsaid = phase is Phase.UNKNOWN and isinstance(row.resolved, bool)
    named = [part for entry in row.timeline for part in entry.componentsAffected] or row.componentsAffected
    healths = [health_of(part.status)[0] for part in named]
    return incident(
        row.id or derived_id("incident", row.title, str(row.publishedDate)),
        row.title,
        # Without a word that we know, `resolved` still says whether it is open.
        phase if not unsaid else Phase.RESOLVED if row.resolved else Phase.INVESTIGATING,
        phase_stated=not unsaid,
        raw_phase=raw,
        url=home,
        impact=IMPACT_OF_HEALTH[worst(healths)] if healths else Impact.UNKNOWN,
        started=row.publishedDate,
        ended=row.resolvedDate,
        components=(part.id for part in (*row.componentsAffected, *named) if part.id),
        updates=_updates(row),
    )


def _work(row: _Item, home: str) -> Incident:
    phase, raw = phase_of(row.currentStatus or row.status)
    return incident(
        row.id or derived_id("maintenance", row.title, str(row.startDate)),
        row.title,
        planned(phase),
        kind=Kind.MAINTENANCE,
        raw_phase=raw,
        url=home,
        impact=Impact.NONE,
        started=row.startDate or row.publishedDate,
        until=row.completedDate,
        components=(part.id for part in row.componentsAffected if part.id),
        updates=_updates(row),
    )


def _updates(row: _Item) -> Iterator[Update]:
    """Newest first. `createdAt` is the time of the import where incidents moved here from another product."""
    for entry in reversed(row.timeline or row.updates):
        phase, raw = phase_of(entry.status)
        at = entry.startedAt or entry.createdAt
        yield Update(
            id=entry.id or derived_id("update", str(at), entry.status),
            phase=phase,
            text=plain(entry.description),
            posted_at=at,
            raw_phase=raw,
        )


FORMAT = Format(
    name="datadog",
    documents=(Document(name="config.json", path="config.json"),),
    recognise=recognise,
    parse=parse,
)
