"""A page in the shape that incident.io serves under Statuspage's addresses, as OpenAI's does since February 2025.

What differs from Statuspage is what trips readers: ULIDs, whole seconds, no components inside an incident, no
groups, and lists that are missing or null where they would be empty.
"""

from datetime import datetime
from typing import Any

from bot.replays.history import Entry, History, Post, Row, digest

Json = dict[str, Any]

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://github.com/ulid/spec
_SUMMARY_LIMIT = 25  # summary.json shows no more components than these; components.json has them all
_INDICATORS = {
    "none": "All Systems Operational",
    "minor": "Partial System Degradation",
    "major": "Partial System Outage",
    "critical": "Full System Outage",
}


def documents(history: History) -> dict[str, Json]:
    """Every document of the page, by name."""
    page = {"page": _page(history)}
    status = {"status": _status(history)}
    components = [_component(history, row) for row in history.rows]
    opened = [_incident(history, entry) for entry in history.open]
    summary = {**page, **status, "components": components[:_SUMMARY_LIMIT]}
    return {
        "summary.json": {**summary, "incidents": opened} if opened else summary,
        "status.json": {**page, **status},
        "components.json": {**page, "components": components},
        "incidents.json": {**page, "incidents": [_incident(history, entry) for entry in history.incidents] or None},
    }


def _page(history: History) -> Json:
    return {
        "id": _page_id(history),
        "name": history.name,
        "url": f"{history.url}/",
        "updated_at": _time(history.updated),
    }


def _status(history: History) -> Json:
    worst = max((entry.impact for entry in history.open), key=list(_INDICATORS).index, default="none")
    return {"description": _INDICATORS[worst], "indicator": worst}


def _component(history: History, row: Row) -> Json:
    return {
        "id": _ulid(history, history.born, "component", row.name),
        "name": row.name,
        "status": row.state,
        "created_at": _time(history.born),
        "updated_at": _time(row.changed),
        "position": row.position,
        "page_id": _page_id(history),
    }


def _incident(history: History, entry: Entry) -> Json:
    incident = {
        "id": _ulid(history, entry.created, "incident", entry.key),
        "name": entry.story.title,
        "status": entry.phase,
        "created_at": _time(entry.created),
        "updated_at": _time(entry.updated),
        "impact": entry.impact,
        "page_id": _page_id(history),
        "incident_updates": [_update(history, entry, post) for post in entry.posts],
    }
    return {**incident, "resolved_at": _time(entry.resolved)} if entry.resolved else incident


def _update(history: History, entry: Entry, post: Post) -> Json:
    at = post.event.at
    return {
        "id": _ulid(history, at, "update", entry.key, str(post.number)),
        "body": post.event.text,
        "created_at": _time(at),
        "display_at": _time(at),
        "incident_id": _ulid(history, entry.created, "incident", entry.key),
        "status": post.event.phase,
        "updated_at": _time(at),
    }


def _page_id(history: History) -> str:
    return _ulid(history, history.born, "page")


def _ulid(history: History, at: datetime, *words: str) -> str:
    """Ten characters of milliseconds, then sixteen that are random in life and settled by the words here."""
    number = (int(at.timestamp() * 1000) << 80) | digest(history.replay, history.service, *words)
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(26)))


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
