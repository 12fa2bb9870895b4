"""incident.io's own JSON behind its pages, `/proxy/<host>`. It is not documented, and knows more than the v2 API.

https://incident.io/status-pages
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from bot.domain.status import Component, Health, Impact, Incident, Kind, Snapshot, Update, worst
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.incidentio_words import phase_of
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, shaped
from bot.feeds.vocabulary import IMPACT_OF_HEALTH, health_of
from bot.ports import Document, Documents, Format

_WORK = "maintenance"


class _State(Shape):
    component_id: Id = ""
    status: Text = ""
    start_at: Time = None
    end_at: Time = None


class _Update(Shape):
    id: Id = ""
    published_at: Time = None
    message_string: Text = ""
    to_status: Text = ""


class _Item(Shape):
    id: Id = ""
    name: Line = ""
    status: Text = ""
    type: Text = ""
    published_at: Time = None
    status_page_id: Id = ""
    updates: Annotated[list[_Update], Objects] = []
    affected_components: Annotated[list[_State], Objects] = []
    component_impacts: Annotated[list[_State], Objects] = []


class _Component(Shape):
    id: Id = ""
    name: Line = ""
    status_page_id: Id = ""


class _Summary(Shape):
    id: Id = ""
    name: Line = ""
    public_url: Line = ""
    components: Annotated[list[_Component], Objects] = []
    affected_components: Annotated[list[_State], Objects] = []
    ongoing_incidents: Annotated[list[_Item], Objects] = []
    in_progress_maintenances: Annotated[list[_Item], Objects] = []
    scheduled_maintenances: Annotated[list[_Item], Objects] = []

    @property
    def items(self) -> list[_Item]:
        return [*self.ongoing_incidents, *self.in_progress_maintenances, *self.scheduled_maintenances]


def recognise(documents: Documents) -> bool:
    """Whether all of it is the summary or the incidents."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """One of the two or both. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "incident.io's own JSON")
    summaries = [shaped(_Summary, value["summary"], name) for name, value in _with(values, "summary")]
    rows = [row for summary in summaries for row in summary.items]
    for name, value in _with(values, "incidents"):
        rows += [shaped(_Item, row, name) for row in value["incidents"] if isinstance(row, dict)]
    page = summaries[0] if summaries else _Summary()
    home = page.public_url or base_url
    return Snapshot(
        format=FORMAT.name,
        page=page.name,
        page_id=page.id or next((row.status_page_id for row in rows if row.status_page_id), ""),
        page_url=home,
        stated_at=newest(update.published_at for row in rows for update in row.updates),
        components=distinct_components(part for summary in summaries for part in _components(summary)),
        incidents=distinct_incidents(_incident(row, home) for row in rows),
    )


def _with(values: dict[str, object], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ((name, value) for name, value in values.items() if isinstance(value, dict) and key in value)


def _belongs(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    if has(value.get("summary"), "components", "affected_components"):
        return True
    rows = value.get("incidents")
    return isinstance(rows, list) and bool(rows) and all(has(row, "status_page_id", "updates", "type") for row in rows)


def _components(summary: _Summary) -> Iterator[Component]:
    """A component is well unless it is among the affected ones."""
    states = {row.component_id: row.status for row in summary.affected_components}
    for row in summary.components:
        health, raw = health_of(states[row.id]) if row.id in states else (Health.OPERATIONAL, "")
        yield Component(id=row.id or derived_id("component", row.name), name=row.name, health=health, raw_health=raw)


def _incident(row: _Item, home: str) -> Incident:
    work = row.type == _WORK
    phase, raw = phase_of(row.status)
    touched = [*row.affected_components, *row.component_impacts]
    healths = [health_of(state.status)[0] for state in touched if state.status]
    starts = [state.start_at for state in row.component_impacts if state.start_at]
    return incident(
        row.id or derived_id("incident", row.name, str(row.published_at)),
        row.name,
        phase,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        raw_phase=raw,
        url=f"{home.rstrip('/')}/incidents/{row.id}" if home and row.id else home,
        impact=Impact.NONE if work else IMPACT_OF_HEALTH[worst(healths)] if healths else Impact.UNKNOWN,
        started=min(starts, default=row.published_at),
        until=newest(state.end_at for state in row.component_impacts) if work else None,
        ended=_ended(row.component_impacts),
        components=(state.component_id for state in touched if state.component_id),
        updates=_updates(row),
    )


def _ended(impacts: Sequence[_State]) -> datetime | None:
    return newest(state.end_at for state in impacts)


def _updates(row: _Item) -> Iterator[Update]:
    for update in row.updates:
        phase, raw = phase_of(update.to_status)
        yield Update(
            id=update.id or derived_id("update", str(update.published_at), update.to_status),
            phase=phase,
            text=plain(update.message_string),
            posted_at=update.published_at,
            raw_phase=raw,
        )


def _leads(address: str, html: str) -> Iterator[str]:
    """Only for a page that says whose it is: its v2 API is asked before."""
    parts = urlsplit(address)
    if "incident.io" in html[:200_000] and parts.netloc:
        yield f"{parts.scheme}://{parts.netloc}/proxy/{parts.netloc}"


FORMAT = Format(
    name="incidentio-native",
    documents=(
        Document(name="summary", path=""),
        Document(name="incidents", path="incidents", required=False),
    ),
    recognise=recognise,
    parse=parse,
    leads=_leads,
)
