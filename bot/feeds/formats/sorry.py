"""Sorry™. https://docs.sorryapp.com/ : status, components and notices at `/api/v1/` of the page."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, objects, shaped
from bot.feeds.vocabulary import health_of, phase_of
from bot.ports import Document, Documents, Format

_WORK = frozenset({"planned", "scheduled"})


class _Page(Shape):
    name: Line = ""
    url: Line = ""
    state: Text = ""


class _Component(Shape):
    id: Id = ""
    name: Line = ""
    state: Text = ""
    parent_id: Id = ""


class _Update(Shape):
    id: Id = ""
    content: Text = ""
    state: Text = ""
    created_at: Time = None


class _Notice(Shape):
    id: Id = ""
    subject: Line = ""
    type: Text = ""
    state: Text = ""
    url: Line = ""
    began_at: Time = None
    began_or_scheduled_at: Time = None
    ended_at: Time = None
    updates: Annotated[list[_Update], Objects] = []
    components: Annotated[list[_Component], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is the status, the components or the notices. Empty lists could be anybody's."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """Any of the three. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a document of a Sorry page")
    pages = (value["page"] for value in values.values() if isinstance(value, dict) and "page" in value)
    page = shaped(_Page, next(pages, {}), "status")
    rows = [row for value in values.values() for row in _rows(value)]
    parts = [shaped(_Component, row, "components") for row in rows if "state" in row and "subject" not in row]
    notices = [shaped(_Notice, row, "notices") for row in rows if "subject" in row]
    health, raw = health_of(page.state) if page.state else (Health.UNKNOWN, "")
    home = page.url or base_url
    return Snapshot(
        format=FORMAT.name,
        page=page.name,
        page_url=home,
        health=health,
        raw_health=raw,
        stated_at=newest(update.created_at for notice in notices for update in notice.updates),
        components=distinct_components(_components(parts)),
        incidents=distinct_incidents(_incident(notice, home) for notice in notices),
    )


def _rows(value: object) -> list[dict[str, Any]]:
    """A bare list, or the list under its name."""
    listed = value
    if isinstance(value, Mapping):
        listed = value.get("components", value.get("notices"))
    return [row for row in objects(listed) if isinstance(row, dict)]


def _belongs(value: object) -> bool:
    if isinstance(value, dict) and has(value.get("page"), "state"):
        return set(value) <= {"page", "notices", "meta"}
    rows = _rows(value)
    return bool(rows) and all(has(row, "name", "state", "parent_id") or has(row, "subject", "ended_at") for row in rows)


def _components(rows: list[_Component]) -> Iterator[Component]:
    names = {row.id: row.name for row in rows if row.id}
    parents = {row.parent_id for row in rows}
    for row in rows:
        if row.id not in parents:
            health, raw = health_of(row.state)
            key = row.id or derived_id("component", row.parent_id, row.name)
            yield Component(id=key, name=row.name, health=health, group=names.get(row.parent_id, ""), raw_health=raw)


def _incident(row: _Notice, home: str) -> Incident:
    """A notice without an end is open. There is no severity."""
    work = row.type.lower() in _WORK
    phase, raw = phase_of(row.state) if row.state else (Phase.UNKNOWN, "")
    over = Phase.COMPLETED if work else Phase.RESOLVED
    planned = Phase.IN_PROGRESS if row.began_at else Phase.SCHEDULED
    still = planned if work else Phase.INVESTIGATING
    stated = phase is not Phase.UNKNOWN and not phase.is_over
    return incident(
        row.id or derived_id("notice", row.url, row.subject),
        row.subject,
        over if row.ended_at else phase if stated else still,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        raw_phase="" if row.ended_at else raw,
        phase_stated=stated,
        url=row.url or home,
        impact=Impact.NONE if work else Impact.UNKNOWN,
        started=row.began_at or row.began_or_scheduled_at,
        ended=row.ended_at,
        components=(part.id for part in row.components if part.id),
        updates=_updates(row),
    )


def _updates(row: _Notice) -> Iterator[Update]:
    for update in reversed(row.updates):
        phase, raw = phase_of(update.state) if update.state else (Phase.UNKNOWN, "")
        yield Update(
            id=update.id or derived_id("update", str(update.created_at)),
            phase=phase,
            text=plain(update.content),
            posted_at=update.created_at,
            raw_phase=raw,
        )


FORMAT = Format(
    name="sorry",
    documents=(
        Document(name="status", path="api/v1/status"),
        Document(name="components", path="api/v1/components", required=False),
        Document(name="notices", path="api/v1/notices", required=False),
    ),
    recognise=recognise,
    parse=parse,
)
