"""Better Stack's status pages: one JSON:API document. https://betterstack.com/docs/uptime/status-pages/

`index.json` holds the page, and in `included` its sections, resources, reports and the updates of reports.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, looked_up, objects, shaped, values_of
from bot.ports import Document, Documents, Format

_HEALTHS = {
    "operational": Health.OPERATIONAL,
    "resolved": Health.OPERATIONAL,
    # It was down within the day and is not any more.
    "recovered": Health.OPERATIONAL,
    "maintenance": Health.MAINTENANCE,
    "degraded": Health.DEGRADED,
    "downtime": Health.MAJOR_OUTAGE,
}
_IMPACTS = {"degraded": Impact.MINOR, "downtime": Impact.MAJOR, "maintenance": Impact.NONE}
_NOT_WATCHED = "not_monitored"
_OVER = "resolved"


class _Link(Shape):
    id: Id = ""
    status_page_resource_id: Id = ""
    status: Text = ""


class _Links(Shape):
    data: Annotated[list[_Link], Objects] = []


class _Relations(Shape):
    status_updates: _Links = _Links()


class _Facts(Shape):
    company_name: Line = ""
    custom_domain: Line = ""
    aggregate_state: Text = ""
    updated_at: Time = None
    name: Line = ""
    public_name: Line = ""
    status: Text = ""
    status_page_section_id: Id = ""
    title: Line = ""
    report_type: Text = ""
    starts_at: Time = None
    ends_at: Time = None
    message: Text = ""
    published_at: Time = None
    status_report_id: Id = ""
    affected_resources: Annotated[list[_Link], Objects] = []


class _Row(Shape):
    id: Id = ""
    type: Text = ""
    attributes: _Facts = _Facts()
    relationships: _Relations = _Relations()


class _Sheet(Shape):
    data: _Row = _Row()
    included: Annotated[list[_Row], Objects] = []

    def rows(self, kind: str) -> list[_Row]:
        return [row for row in self.included if row.type == kind]


def recognise(documents: Documents) -> bool:
    """Whether all of it is such a page."""
    try:
        return all(_belongs(value) for value in values_of(documents).values())
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The document of the page. Raise NotTheFormat."""
    values = values_of(documents)
    if not all(_belongs(value) for value in values.values()):
        raise NotTheFormat("not a page of Better Stack: its data is no status page")
    sheets = [shaped(_Sheet, _tidy(value), name) for name, value in values.items()]
    page = sheets[0].data
    home = f"https://{page.attributes.custom_domain}" if page.attributes.custom_domain else base_url
    health, raw = looked_up(_HEALTHS, page.attributes.aggregate_state, Health.UNKNOWN)
    return Snapshot(
        format=FORMAT.name,
        page=page.attributes.company_name,
        page_id=page.id,
        page_url=home,
        health=health,
        raw_health=raw,
        stated_at=newest(sheet.data.attributes.updated_at for sheet in sheets),
        components=distinct_components(part for sheet in sheets for part in _components(sheet)),
        incidents=distinct_incidents(one for sheet in sheets for one in _incidents(sheet, home)),
    )


def _belongs(value: object) -> bool:
    data = value.get("data") if isinstance(value, Mapping) else None
    return isinstance(data, Mapping) and data.get("type") == "status_page"


def _tidy(value: Any) -> Any:
    """Where an object should stand and something else does, nothing stands."""
    return {"data": _row(value.get("data")), "included": [_row(row) for row in objects(value.get("included"))]}


def _row(row: Any) -> dict[str, Any]:
    known = row if isinstance(row, dict) else {}
    facts, links = known.get("attributes"), known.get("relationships")
    updates = links.get("status_updates") if isinstance(links, dict) else None
    return {
        "id": known.get("id"),
        "type": known.get("type"),
        "attributes": facts if isinstance(facts, dict) else {},
        "relationships": {"status_updates": updates if isinstance(updates, dict) else {}},
    }


def _components(sheet: _Sheet) -> Iterator[Component]:
    # A section's id is a number in one place and a text in another.
    groups = {row.id: row.attributes.name for row in sheet.rows("status_page_section")}
    for row in sheet.rows("status_page_resource"):
        if row.attributes.status == _NOT_WATCHED:
            continue
        health, raw = looked_up(_HEALTHS, row.attributes.status, Health.UNKNOWN)
        yield Component(
            id=row.id or derived_id("component", row.attributes.public_name),
            name=row.attributes.public_name,
            health=health,
            group=groups.get(row.attributes.status_page_section_id, ""),
            raw_health=raw,
        )


def _incidents(sheet: _Sheet, home: str) -> Iterator[Incident]:
    updates = {row.id: row for row in sheet.rows("status_update")}
    for report in sheet.rows("status_report"):
        linked = [updates[link.id] for link in report.relationships.status_updates.data if link.id in updates]
        own = [row for row in updates.values() if report.id and row.attributes.status_report_id == report.id]
        yield _incident(report, linked or own, sheet, home)


def _incident(report: _Row, said: Sequence[_Row], sheet: _Sheet, home: str) -> Incident:
    """Reports made by hand never get an end: they are over when their state says so, since their last update."""
    facts = report.attributes
    work = facts.report_type == "maintenance"
    over = facts.aggregate_state == _OVER or (facts.ends_at is not None and not work)
    last = newest(row.attributes.published_at for row in said)
    impact, raw = looked_up(_IMPACTS, facts.aggregate_state, Impact.UNKNOWN)
    phase = _phase_of_work(facts, sheet) if work else Phase.RESOLVED if over else Phase.INVESTIGATING
    return incident(
        report.id or derived_id("report", facts.title, str(facts.starts_at)),
        facts.title,
        phase,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        phase_stated=work or over,
        url=f"{home.rstrip('/')}/incident/{report.id}" if home and report.id else home,
        impact=Impact.NONE if work else impact,
        raw_impact="" if over or work else raw,
        started=facts.starts_at,
        until=facts.ends_at if work else None,
        ended=last or facts.ends_at,
        components=(link.status_page_resource_id for link in facts.affected_resources if link.status_page_resource_id),
        updates=_updates(said, over=over),
    )


def _phase_of_work(facts: _Facts, sheet: _Sheet) -> Phase:
    """Planned work has the state "maintenance" long before it begins: the page's own time tells which it is."""
    now = newest((sheet.data.attributes.updated_at,))
    if facts.aggregate_state == _OVER or (facts.ends_at and now and facts.ends_at <= now):
        return Phase.COMPLETED
    return Phase.IN_PROGRESS if facts.starts_at and now and facts.starts_at <= now else Phase.SCHEDULED


def _updates(said: Sequence[_Row], *, over: bool) -> Iterator[Update]:
    """In any order, without phases: of what is over the last word is the end."""
    last = newest(row.attributes.published_at for row in said)
    for row in said:
        at = row.attributes.published_at
        yield Update(
            id=row.id or derived_id("update", str(at)),
            phase=Phase.RESOLVED if over and at == last else Phase.UNKNOWN,
            text=plain(row.attributes.message),
            posted_at=at,
        )


FORMAT = Format(
    name="betterstack",
    documents=(Document(name="index.json", path="index.json"),),
    recognise=recognise,
    parse=parse,
)
