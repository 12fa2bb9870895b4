"""What `planb feed --json` prints: a snapshot as plain data, the same for every format."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.status import Component, Freshness, Incident, Snapshot, Update


def describe(snapshot: Snapshot, format_name: str, freshness: Freshness) -> dict[str, object]:
    """Updates oldest first, times ISO 8601 in UTC or None, text plain."""
    return {
        "format": format_name,
        "page": snapshot.page,
        "health": snapshot.health.value,
        "freshness": freshness.value,
        "components": [_component(component) for component in snapshot.components],
        "incidents": [_incident(incident) for incident in snapshot.incidents],
    }


def _component(component: Component) -> Mapping[str, object]:
    return {
        "id": component.id,
        "name": component.name,
        "group": component.group,
        "health": component.health.value,
    }


def _incident(incident: Incident) -> Mapping[str, object]:
    return {
        "id": incident.id,
        "kind": incident.kind.value,
        "title": incident.title,
        "url": incident.url,
        "phase": incident.phase.value,
        "impact": incident.impact.value,
        "started_at": _time(incident.started_at),
        "resolved_at": _time(incident.resolved_at),
        "components": list(incident.components),
        "updates": [_update(update) for update in incident.updates],
    }


def _update(update: Update) -> Mapping[str, object]:
    return {
        "id": update.id,
        "phase": update.phase.value,
        "text": update.text,
        "posted_at": _time(update.posted_at),
    }


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=precision).removesuffix("+00:00") + "Z"
