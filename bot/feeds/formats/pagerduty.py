"""PagerDuty's status pages: their services, and the posts about incidents. https://status.pagerduty.com

Undocumented; newer pages show a web application to every address, and then there is nothing to read.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from bot.domain.status import Component, Impact, Incident, Kind, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.feeds.shapes import Flag, Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, shaped
from bot.feeds.vocabulary import HEALTH_OF_IMPACT, impact_of, phase_of
from bot.ports import Document, Documents, Format


class _Named(Shape):
    id: Id = ""
    name: Line = ""


class _Service(Shape):
    id: Id = ""
    name: Line = ""
    display_name: Line = ""
    is_active: Flag = False


class _Update(Shape):
    id: Id = ""
    message: Text = ""
    reported_at: Time = None
    post_status_enum: Any = None


class _Post(Shape):
    id: Id = ""
    title: Line = ""
    post_type: Text = ""
    starts_at: Time = None
    ends_at: Time = None
    current_post_severity_enum: Any = None
    current_post_status_enum: Any = None
    incident_services: Annotated[list[_Named], Objects] = []
    post_updates: Annotated[list[_Update], Objects] = []


class _Sheet(Shape):
    services: Annotated[list[_Service], Objects] = []
    posts: Annotated[list[_Post], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is its services or its posts."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The services, the posts or both. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a document of a PagerDuty page")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    incidents = distinct_incidents(_incident(post, base_url) for sheet in sheets for post in sheet.posts)
    return Snapshot(
        format=FORMAT.name,
        page_url=base_url,
        stated_at=newest(update.posted_at for one in incidents for update in one.updates),
        components=distinct_components(part for sheet in sheets for part in _components(sheet, incidents)),
        incidents=incidents,
        ends_by_leaving=True,
    )


def _belongs(value: object) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    services, posts = value.get("services"), value.get("posts")
    if isinstance(services, list):
        return bool(services) and all(has(row, "id", "display_name", "is_active") for row in services)
    return isinstance(posts, list) and bool(posts) and all(has(row, "current_post_severity_enum") for row in posts)


def _name(enum: object) -> str:
    return shaped(_Named, enum, "enum").name if isinstance(enum, dict) else ""


def _components(sheet: _Sheet, incidents: Sequence[Incident]) -> Iterator[Component]:
    """As bad as the open posts say that concern them. Those that are not active are no longer in use."""
    for row in sheet.services:
        if row.is_active:
            still = (
                HEALTH_OF_IMPACT[one.impact] for one in incidents if one.phase.is_open and row.id in one.components
            )
            yield Component(id=row.id, name=row.display_name or row.name, health=worst(still))


def _incident(row: _Post, home: str) -> Incident:
    impact, raw = impact_of(_name(row.current_post_severity_enum))
    phase, _ = phase_of(_name(row.current_post_status_enum))
    stated = phase is not Phase.UNKNOWN
    work = row.post_type == "maintenance"
    return incident(
        row.id or derived_id("post", row.title, str(row.starts_at)),
        row.title,
        phase if stated or work else Phase.RESOLVED if row.ends_at else Phase.INVESTIGATING,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        phase_stated=stated,
        url=f"{home.rstrip('/')}/posts/details/{row.id}" if home and row.id else home,
        impact=Impact.NONE if work else impact,
        raw_impact=raw,
        started=row.starts_at,
        until=row.ends_at if work else None,
        ended=row.ends_at,
        components=(one.id for one in row.incident_services if one.id),
        updates=_updates(row),
    )


def _updates(row: _Post) -> Iterator[Update]:
    for update in row.post_updates:
        phase, raw = phase_of(_name(update.post_status_enum))
        yield Update(
            id=update.id or derived_id("update", str(update.reported_at)),
            phase=phase,
            text=plain(update.message),
            posted_at=update.reported_at,
            raw_phase=raw,
        )


FORMAT = Format(
    name="pagerduty",
    documents=(
        Document(name="posts", path="api/posts"),
        Document(name="services", path="api/services", required=False),
    ),
    recognise=recognise,
    parse=parse,
)
