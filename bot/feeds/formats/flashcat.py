"""Flashcat's (Flashduty's) status pages, through their widget: `/api/widget/v1/summary.json`.

The page lists its components without a state of theirs; what goes on is in `active_changes`.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from bot.domain.status import Component, Impact, Incident, Kind, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Epoch, Id, Line, Objects, Shape, Text, all_are, demanded, has, shaped
from bot.feeds.vocabulary import IMPACT_OF_HEALTH, health_of, phase_of, planned
from bot.ports import Document, Documents, Format

_WORK = "maintenance"


class _Concerned(Shape):
    component_id: Id = ""
    status: Text = ""


class _Update(Shape):
    update_id: Id = ""
    at_seconds: Epoch = None
    status: Text = ""
    description: Text = ""
    component_changes: Annotated[list[_Concerned], Objects] = []


class _Change(Shape):
    change_id: Id = ""
    type: Text = ""
    title: Line = ""
    status: Text = ""
    start_at_seconds: Epoch = None
    close_at_seconds: Epoch = None
    affected_components: Annotated[list[_Concerned], Objects] = []
    updates: Annotated[list[_Update], Objects] = []


class _Component(Shape):
    component_id: Id = ""
    section_id: Id = ""
    name: Line = ""


class _Section(Shape):
    section_id: Id = ""
    name: Line = ""


class _Page(Shape):
    page_id: Id = ""
    name: Line = ""
    custom_domain: Line = ""
    components: Annotated[list[_Component], Objects] = []
    sections: Annotated[list[_Section], Objects] = []


class _Sheet(Shape):
    page: _Page = _Page()
    active_changes: Annotated[list[_Change], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is such a summary."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The summary. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "the summary of a Flashcat page")
    sheets = [shaped(_Sheet, value["data"], name) for name, value in values.items() if isinstance(value, dict)]
    page = sheets[0].page
    home = base_url or (f"https://{page.custom_domain}" if page.custom_domain else "")
    incidents = distinct_incidents(_incident(change, home) for sheet in sheets for change in sheet.active_changes)
    changes = [change for sheet in sheets for change in sheet.active_changes]
    return Snapshot(
        format=FORMAT.name,
        page=page.name,
        page_id=page.page_id,
        page_url=home,
        stated_at=newest(update.posted_at for one in incidents for update in one.updates),
        components=distinct_components(part for sheet in sheets for part in _components(sheet.page, changes)),
        incidents=incidents,
        ends_by_leaving=True,
    )


def _belongs(value: object) -> bool:
    data = value.get("data") if isinstance(value, dict) else None
    return has(data, "page", "active_changes") and isinstance(data, dict) and has(data["page"], "page_id", "components")


def _components(page: _Page, changes: Sequence[_Change]) -> Iterator[Component]:
    """As bad as what goes on says of them, and well where nothing that goes on names them."""
    groups = {section.section_id: section.name for section in page.sections}
    told = [one for change in changes if _goes_on(change) for one in _concerned(change)]
    for row in page.components:
        words = [one.status for one in told if one.component_id == row.component_id]
        found = [health_of(word) for word in words]
        health = worst(state for state, _ in found)
        yield Component(
            id=row.component_id or derived_id("component", row.name),
            name=row.name,
            health=health,
            group=groups.get(row.section_id, ""),
            raw_health=next((raw for state, raw in found if state is health), ""),
        )


def _goes_on(change: _Change) -> bool:
    """Planned work names its components before it begins, with the state that they will have."""
    phase, _ = phase_of(change.status)
    return phase is not Phase.SCHEDULED and not phase.is_over


def _concerned(change: _Change) -> Sequence[_Concerned]:
    """What a change says of components: itself, else the newest of its updates that does."""
    told = sorted(change.updates, key=lambda update: update.at_seconds.timestamp() if update.at_seconds else 0)
    return change.affected_components or next((u.component_changes for u in reversed(told) if u.component_changes), [])


def _incident(change: _Change, home: str) -> Incident:
    phase, raw = phase_of(change.status)
    work = change.type == _WORK
    health = [health_of(one.status)[0] for one in _concerned(change)]
    return incident(
        change.change_id or derived_id("change", change.title, str(change.start_at_seconds)),
        change.title,
        planned(phase) if work else phase if change.status else Phase.INVESTIGATING,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        raw_phase=raw,
        phase_stated=bool(change.status),
        url=home,
        impact=Impact.NONE if work else IMPACT_OF_HEALTH[worst(health)] if health else Impact.UNKNOWN,
        started=change.start_at_seconds,
        until=change.close_at_seconds if work else None,
        ended=change.close_at_seconds,
        components=(one.component_id for one in _concerned(change) if one.component_id),
        updates=_updates(change),
    )


def _updates(change: _Change) -> Iterator[Update]:
    for update in change.updates:
        phase, raw = phase_of(update.status) if update.status else (Phase.UNKNOWN, "")
        yield Update(
            id=update.update_id or derived_id("update", str(update.at_seconds), update.status),
            phase=phase,
            text=plain(update.description),
            posted_at=update.at_seconds,
            raw_phase=raw,
        )


FORMAT = Format(
    name="flashcat",
    documents=(Document(name="summary.json", path="api/widget/v1/summary.json"),),
    recognise=recognise,
    parse=parse,
)
