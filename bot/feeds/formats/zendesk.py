"""Zendesk's own page, through the JSON:API that feeds it. At most ten requests a minute.

https://developer.zendesk.com/api-reference/status_api/introduction/
"""

from collections.abc import Iterator
from typing import Annotated, Any

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Flag, Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, shaped, word_of
from bot.feeds.vocabulary import impact_of, phase_of
from bot.ports import Document, Documents, Format

_PAGE = "https://status.zendesk.com"
_KINDS = frozenset({"incident", "service", "incidentService", "incidentUpdate", ""})


class _Facts(Shape):
    name: Line = ""
    title: Line = ""
    impact: Text = ""
    status: Text = ""
    startedAt: Time = None
    resolvedAt: Time = None
    createdAt: Time = None
    description: Text = ""
    serviceId: Id = ""
    incidentId: Id = ""
    outage: Flag = False
    degradation: Flag = False
    maintenance: Flag = False


class _Row(Shape):
    id: Id = ""
    type: Text = ""
    attributes: Any = None

    @property
    def facts(self) -> _Facts:
        return shaped(_Facts, self.attributes if isinstance(self.attributes, dict) else {}, self.type)


class _Sheet(Shape):
    data: Annotated[list[_Row], Objects] = []
    included: Annotated[list[_Row], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is lists of services or incidents. Empty lists could be anybody's."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """The incidents, the services or both. Raise NotTheFormat, also for empty lists without any sign of theirs."""
    values = demanded(documents, _is_list, "a list of Zendesk's status")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    rows = [row for sheet in sheets for row in sheet.data]
    included = [row for sheet in sheets for row in sheet.included]
    linked = [row for row in included if row.type == "incidentService"]
    incidents = distinct_incidents(_incident(row, included) for row in rows if _is_incident(row.attributes))
    # Without the list of incidents nothing is known of any service. An empty list is that one.
    told = bool(incidents) or any(not sheet.data for sheet in sheets)
    services = [row for row in (*rows, *included) if row.type in {"service", ""} and not _is_incident(row.attributes)]
    return Snapshot(
        format=FORMAT.name,
        page="Zendesk",
        page_url=_PAGE,
        health=Health.OPERATIONAL if told and not any(one.phase.is_open for one in incidents) else Health.UNKNOWN,
        stated_at=newest(update.posted_at for one in incidents for update in one.updates),
        components=distinct_components(_component(row, linked, told=told) for row in services),
        incidents=incidents,
        unlisted=Health.OPERATIONAL if told else Health.UNKNOWN,
        ends_by_leaving=True,
    )


def _is_incident(facts: object) -> bool:
    return has(facts, "resolvedAt") or has(facts, "impact")


def _is_list(value: object) -> bool:
    rows = value.get("data") if isinstance(value, dict) else None
    return isinstance(rows, list) and all(has(row, "attributes") and word_of(row.get("type")) in _KINDS for row in rows)


def _belongs(value: object) -> bool:
    if not (_is_list(value) and isinstance(value, dict) and value["data"]):
        return False
    facts = [row["attributes"] for row in value["data"]]
    incidents = all(_is_incident(one) and has(one, "resolvedAt") for one in facts)
    services = all(has(row, "id") and isinstance(row["attributes"], dict) for row in value["data"]) and all(
        set(one) <= {"name", "slug", "createdAt", "updatedAt", "description"} and "name" in one for one in facts
    )
    return incidents or services


def _component(row: _Row, linked: list[_Row], *, told: bool) -> Component:
    """As bad as the open incidents say that concern it."""
    mine = [one.facts for one in linked if one.facts.serviceId == row.id and one.facts.resolvedAt is None]
    health = worst(_health(facts) for facts in mine) if told else Health.UNKNOWN
    return Component(id=row.id or derived_id("service", row.facts.name), name=row.facts.name, health=health)


def _health(facts: _Facts) -> Health:
    if facts.outage:
        return Health.MAJOR_OUTAGE
    if facts.degradation:
        return Health.DEGRADED
    return Health.MAINTENANCE if facts.maintenance else Health.UNKNOWN


def _incident(row: _Row, included: list[_Row]) -> Incident:
    facts = row.facts
    impact, raw = impact_of(facts.impact)
    mine = [one for one in included if one.facts.incidentId in {row.id, ""}]
    services = [one.facts.serviceId for one in mine if one.type == "incidentService" and one.facts.serviceId]
    phase, _ = phase_of(facts.status)
    stated = phase.is_open
    return incident(
        row.id or derived_id("incident", facts.name or facts.title, str(facts.startedAt)),
        facts.title or facts.name,
        Phase.RESOLVED if facts.resolvedAt else phase if stated else Phase.INVESTIGATING,
        kind=Kind.INCIDENT,
        phase_stated=stated,
        url=_PAGE,
        impact=impact if facts.impact else Impact.UNKNOWN,
        raw_impact=raw,
        started=facts.startedAt or facts.createdAt,
        ended=facts.resolvedAt,
        components=services,
        updates=_updates(row.id, included),
    )


def _updates(incident_id: str, included: list[_Row]) -> Iterator[Update]:
    for row in included:
        if row.type == "incidentUpdate" and row.facts.incidentId in {incident_id, ""}:
            at = row.facts.createdAt
            yield Update(
                id=row.id or derived_id("update", str(at)),
                phase=Phase.UNKNOWN,
                text=plain(row.facts.description),
                posted_at=at,
            )


FORMAT = Format(
    name="zendesk",
    documents=(
        Document(name="incidents.json", path="api/ssp/incidents.json"),
        Document(name="services.json", path="api/ssp/services.json", required=False),
    ),
    recognise=recognise,
    parse=parse,
    homes=(_PAGE,),
)
