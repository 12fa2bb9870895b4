"""How the Statuspage shape reads in our words: one snapshot of all documents of a poll."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update
from bot.feeds import statuspage_shape as shape
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import line, plain
from bot.ports import Documents

_INDICATORS = {
    "none": Health.OPERATIONAL,
    "minor": Health.DEGRADED,
    "major": Health.PARTIAL_OUTAGE,
    "critical": Health.MAJOR_OUTAGE,
    "maintenance": Health.MAINTENANCE,
}
_HEALTHS = {
    "operational": Health.OPERATIONAL,
    "degraded_performance": Health.DEGRADED,
    "partial_outage": Health.PARTIAL_OUTAGE,
    "major_outage": Health.MAJOR_OUTAGE,
    "full_outage": Health.MAJOR_OUTAGE,
    "under_maintenance": Health.MAINTENANCE,
}
_IMPACTS = {
    "none": Impact.NONE,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
    # What planned work carries in place of a severity.
    "maintenance": Impact.NONE,
}
_PHASES = {phase.value: phase for phase in Phase if phase is not Phase.UNKNOWN} | {
    "maintenance_scheduled": Phase.SCHEDULED,
    "maintenance_in_progress": Phase.IN_PROGRESS,
    "maintenance_complete": Phase.COMPLETED,
    "canceled": Phase.CANCELLED,
}


def read(documents: Documents, base_url: str, format_name: str) -> Snapshot:
    """All documents as one snapshot. Raise NotTheFormat."""
    found = shape.sheets(documents)
    pages = [sheet.page for sheet in found if sheet.page]
    page = max(pages, key=lambda one: (bool(one.id), one.updated_at or shape.LONG_AGO), default=shape.Page())
    word = next((sheet.indicator for sheet in found if sheet.indicator), "")
    health = _INDICATORS.get(word, Health.UNKNOWN)
    return Snapshot(
        format=format_name,
        page=page.name,
        page_id=page.id,
        page_url=page.url or base_url,
        health=health,
        raw_health=line(word) if health is Health.UNKNOWN else "",
        stated_at=newest(moment for sheet in found for moment in sheet.changed),
        components=tuple(_components(found)),
        incidents=tuple(_incidents(found, (page.url or base_url).rstrip("/"))),
    )


def _components(found: Sequence[shape.Sheet]) -> Iterator[Component]:
    rows: dict[str, shape.Component] = {}
    seen: Counter[str] = Counter()
    # summary.json of incident.io stops at 25, so the longest list gives the order.
    for sheet in sorted(found, key=lambda sheet: -len(sheet.components or ())):
        seen.clear()
        for row in sheet.components or ():
            seen[row.name] += 1
            key = row.id or derived_id("component", row.group_id, row.name, str(seen[row.name]))
            known = rows.get(key)
            if known is None or (row.updated_at or shape.LONG_AGO) > (known.updated_at or shape.LONG_AGO):
                rows[key] = row
    groups = _groups(rows)
    for key, row in rows.items():
        if row.group is not True:
            health = _HEALTHS.get(row.status, Health.UNKNOWN)
            raw = line(row.status) if health is Health.UNKNOWN else ""
            group = groups.get(row.group_id) or groups.get(f"of {key}", "")
            yield Component(id=key, name=row.name, health=health, group=group, raw_health=raw)


def _groups(rows: dict[str, shape.Component]) -> dict[str, str]:
    """Group names by the group's id, and by `of <id>` for children that do not name their group."""
    names: dict[str, str] = {}
    for key, row in rows.items():
        if row.group is True:
            children = row.components if isinstance(row.components, list) else ()
            names |= {key: row.name} | {f"of {child}": row.name for child in children}
    return names


def _incidents(found: Sequence[shape.Sheet], root: str) -> Iterator[Incident]:
    """Each once: the documents of one poll repeat them, and were made a moment apart."""
    planned = [row for sheet in found for row in sheet.scheduled_maintenances or ()]
    rows: dict[str, shape.Incident] = {}
    for row in chain((row for sheet in found for row in sheet.all_incidents), planned):
        if row.key not in rows or row.version > rows[row.key].version:
            rows[row.key] = row
    maintenances = {row.key for row in planned}
    for key, row in rows.items():
        is_planned = key in maintenances or row.scheduled_for is not None
        yield _incident(row, Kind.MAINTENANCE if is_planned else Kind.INCIDENT, root)


def _incident(row: shape.Incident, kind: Kind, root: str) -> Incident:
    updates = tuple(_updates(row))
    phase, raw_phase = _phase(row.status)
    if not row.status and updates:
        phase, raw_phase = updates[-1].phase, updates[-1].raw_phase
    resolved = _resolved(row, phase, updates)
    impact = _IMPACTS.get(row.impact, Impact.UNKNOWN)
    return Incident(
        id=row.key,
        kind=kind,
        title=row.name,
        phase=phase,
        url=_url(row, root),
        impact=impact,
        started_at=_started(row, kind, resolved),
        until=row.scheduled_until if kind is Kind.MAINTENANCE else None,
        resolved_at=resolved,
        components=_concerned(row),
        updates=updates,
        raw_phase=raw_phase,
        raw_impact=line(row.impact) if impact is Impact.UNKNOWN else "",
    )


def _phase(word: str) -> tuple[Phase, str]:
    phase = _PHASES.get(word, Phase.UNKNOWN)
    return phase, line(word) if phase is Phase.UNKNOWN else ""


def _url(row: shape.Incident, root: str) -> str:
    if row.shortlink.startswith(("https://", "http://")):
        return row.shortlink
    return f"{root}/incidents/{row.id}" if root and row.id else root


def _started(row: shape.Incident, kind: Kind, resolved: datetime | None) -> datetime | None:
    planned = row.scheduled_for if kind is Kind.MAINTENANCE else None
    started = planned or row.started_at or row.created_at
    if started and resolved and started > resolved:
        # GitHub's page has had a start two days after the end.
        return min(row.created_at or resolved, resolved)
    return started


def _resolved(row: shape.Incident, phase: Phase, updates: Sequence[Update]) -> datetime | None:
    """When it ended. A page that reopens an incident may leave the time of the earlier end in place."""
    if not phase.is_over:
        return None
    ends = (update.posted_at for update in updates if update.phase.is_over and update.phase is not Phase.POSTMORTEM)
    return row.resolved_at or next(ends, None)


def _concerned(row: shape.Incident) -> tuple[str, ...]:
    """Ids, in order of mention. Before 2017 a row without any id stood for "no component"."""
    named = chain(row.components, *(update.affected_components for update in row.incident_updates or ()))
    return tuple(dict.fromkeys(one.code or one.id for one in named if one.code or one.id))


def _updates(row: shape.Incident) -> Iterator[Update]:
    """Oldest first. Pages list them newest first, though not all keep to it."""
    found: dict[str, shape.Update] = {}
    seen: Counter[str] = Counter()
    for update in reversed(row.incident_updates or ()):
        # Not from the text: an edit must not make a new update of it.
        spot = f"{update.said_at} {update.status}"
        seen[spot] += 1
        key = update.id or derived_id("update", row.key, spot, str(seen[spot]))
        if key not in found or (update.updated_at or shape.LONG_AGO) >= (found[key].updated_at or shape.LONG_AGO):
            found[key] = update
    for key, update in sorted(found.items(), key=lambda item: item[1].said_at or shape.LONG_AGO):
        phase, raw = _phase(update.status)
        yield Update(id=key, phase=phase, text=plain(update.body), posted_at=update.said_at, raw_phase=raw)
