"""Slack's status API, version 2. https://docs.slack.dev/reference/slack-status-api/

`current` lists what is going on, `history` the last few dozen incidents with their ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_incidents, incident
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import line, plain
from bot.feeds.shapes import Id, Line, Lines, Objects, Shape, Text, Time, looked_up, objects, shaped, values_of
from bot.ports import Document, Documents, Format

_HOME = "https://slack-status.com"
_IMPACTS = {"outage": Impact.MAJOR, "incident": Impact.MINOR, "notice": Impact.NONE}
_HEALTHS = {
    Impact.MAJOR: Health.MAJOR_OUTAGE,
    Impact.MINOR: Health.DEGRADED,
    Impact.NONE: Health.OPERATIONAL,
    Impact.UNKNOWN: Health.UNKNOWN,
}
_PHASES = {
    "active": Phase.INVESTIGATING,
    "resolved": Phase.RESOLVED,
    "scheduled": Phase.SCHEDULED,
    "completed": Phase.COMPLETED,
    "cancelled": Phase.CANCELLED,
}
_PLANNED = frozenset({Phase.SCHEDULED, Phase.COMPLETED, Phase.CANCELLED})


class _Note(Shape):
    date_created: Time = None
    body: Text = ""


class _Item(Shape):
    id: Id = ""
    date_created: Time = None
    date_updated: Time = None
    title: Line = ""
    type: Text = ""
    status: Text = ""
    url: Line = ""
    services: Lines = []
    notes: Annotated[list[_Note], Objects] = []


class _Current(Shape):
    status: Text = ""
    active_incidents: Annotated[list[_Item], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is the present state or the history. An empty history could be anybody's."""
    try:
        values = list(values_of(documents).values())
    except NotTheFormat:
        return False
    return all(map(_belongs, values)) and any(value != [] for value in values)


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """One of the two or both. Raise NotTheFormat."""
    rows: list[_Item] = []
    words: list[str] = []
    for name, value in values_of(documents).items():
        if not _belongs(value):
            raise NotTheFormat(f"{name} is neither Slack's present state nor its history")
        if isinstance(value, Mapping):
            current = shaped(_Current, value, name)
            words.append(current.status)
            rows += current.active_incidents
        else:
            rows += [shaped(_Item, row, name) for row in objects(value)]
    incidents = distinct_incidents(_incident(row) for row in rows)
    return Snapshot(
        format=FORMAT.name,
        page="Slack",
        page_url=_HOME,
        health=Health.OPERATIONAL if words and all(word == "ok" for word in words) else Health.UNKNOWN,
        raw_health=next((line(word) for word in words if word not in {"ok", "active"}), ""),
        stated_at=newest(row.date_updated for row in rows),
        components=tuple(_components(incidents, _names(rows))),
        incidents=incidents,
        unlisted=Health.OPERATIONAL,
    )


def _belongs(value: object) -> bool:
    if isinstance(value, Mapping):
        return "active_incidents" in value and "status" in value
    return isinstance(value, list) and all(
        isinstance(row, Mapping) and {"notes", "date_created", "status"} <= row.keys() for row in value
    )


def _names(rows: Sequence[_Item]) -> dict[str, str]:
    return {bounded_id(name): name for row in rows for name in row.services if name}


def _components(incidents: Sequence[Incident], names: Mapping[str, str]) -> Iterator[Component]:
    """Slack names a service only inside incidents: as bad as those that are open, and well if none is."""
    for key, name in names.items():
        named = [one for one in incidents if key in one.components]
        unsaid = [Health.UNKNOWN for one in named if one.phase is Phase.UNKNOWN]
        health = worst([*unsaid, *(_HEALTHS[one.impact] for one in named if one.phase.is_open)])
        yield Component(id=key, name=name, health=health)


def _incident(row: _Item) -> Incident:
    phase, raw_phase = looked_up(_PHASES, row.status, Phase.UNKNOWN)
    impact, raw_impact = looked_up(_IMPACTS, row.type, Impact.UNKNOWN)
    key = row.id or derived_id("incident", row.title, str(row.date_created))
    kind = Kind.MAINTENANCE if phase in _PLANNED else Kind.NOTICE if impact is Impact.NONE else Kind.INCIDENT
    return incident(
        key,
        row.title,
        phase,
        kind=kind,
        raw_phase=raw_phase,
        phase_stated=phase is not Phase.INVESTIGATING,
        url=row.url or _HOME,
        impact=impact,
        raw_impact=raw_impact,
        started=row.date_created,
        components=(bounded_id(name) for name in row.services if name),
        updates=_updates(row, key, phase),
    )


def _updates(row: _Item, key: str, phase: Phase) -> Iterator[Update]:
    """Oldest first, without ids and phases: the last one of an incident that is over is what ended it."""
    last = newest(note.date_created for note in row.notes)
    for note in row.notes:
        ends = phase.is_over and note.date_created == last
        yield Update(
            id=derived_id("update", key, str(note.date_created)),
            phase=phase if ends else Phase.UNKNOWN,
            text=plain(note.body),
            posted_at=note.date_created,
        )


FORMAT = Format(
    name="slack",
    documents=(
        Document(name="current", path="api/v2.0.0/current"),
        # What is over leaves the first document.
        Document(name="history", path="api/v2.0.0/history", required=False),
    ),
    recognise=recognise,
    parse=parse,
    homes=(_HOME,),
    leads=lambda address, _html: (_HOME,) if "//status.slack.com" in address else (),
)
