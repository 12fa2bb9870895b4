"""Rules that hold for what any format read: order, unique ids, ends."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.status import Component, Impact, Incident, Kind, Phase, Update
from bot.feeds.ids import derived_id

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def in_order(updates: Iterable[Update]) -> tuple[Update, ...]:
    """Oldest first, each id once. Hand them in oldest first: equal and missing times keep that order.

    Of two with the same id the later one is the edited one and stays.
    """
    distinct = {update.id: update for update in updates}
    return tuple(sorted(distinct.values(), key=lambda update: update.posted_at or _LONG_AGO))


def distinct_incidents(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Each id once: of several the one with the newest update."""
    found: dict[str, Incident] = {}
    for incident in incidents:
        known = found.get(incident.id)
        if known is None or _version(incident) > _version(known):
            found[incident.id] = incident
    return tuple(found.values())


def _version(incident: Incident) -> tuple[datetime, int]:
    times = [update.posted_at for update in incident.updates if update.posted_at]
    return max(times, default=_LONG_AGO), len(incident.updates)


def distinct_components(components: Iterable[Component]) -> tuple[Component, ...]:
    """Each id once: the first. One without an id is known by its names."""
    found: dict[str, Component] = {}
    for component in components:
        key = component.id or derived_id("component", component.group, component.name)
        found.setdefault(key, component if component.id else replace(component, id=key))
    return tuple(found.values())


def ended_at(phase: Phase, stated: datetime | None, updates: Sequence[Update]) -> datetime | None:
    """When an incident ended: as stated, else by the first of its updates (oldest first) after which it stayed over.

    None while it is not over: a page that reopens an incident may leave the time of the earlier end in place.
    """
    if not phase.is_over:
        return None
    ends: list[Update] = []
    for update in reversed(updates):
        if not update.phase.is_over:
            break
        if update.phase is not Phase.POSTMORTEM:
            ends.append(update)
    return stated or (ends[-1].posted_at if ends else None)


def incident(  # what any page may say of one
    key: str,
    title: str,
    phase: Phase,
    *,
    kind: Kind = Kind.INCIDENT,
    raw_phase: str = "",
    phase_stated: bool = True,
    url: str = "",
    impact: Impact = Impact.UNKNOWN,
    raw_impact: str = "",
    started: datetime | None = None,
    until: datetime | None = None,
    ended: datetime | None = None,
    components: Iterable[str] = (),
    updates: Iterable[Update] = (),
) -> Incident:
    """One incident with its rules kept: updates in order, an end only where it is over, no start after the end."""
    ordered = in_order(updates)
    begun = started or (ordered[0].posted_at if ordered and kind is not Kind.MAINTENANCE else None)
    return clamped(
        Incident(
            id=key,
            kind=kind,
            title=title,
            phase=phase,
            url=url,
            impact=impact,
            started_at=begun,
            until=until,
            resolved_at=ended_at(phase, ended, ordered),
            components=tuple(dict.fromkeys(components)),
            updates=ordered,
            raw_phase=raw_phase,
            raw_impact=raw_impact,
            phase_stated=phase_stated,
        )
    )


def clamped(incident: Incident) -> Incident:
    """An incident never begins after its end: pages have stated a start two days later."""
    start, end = incident.started_at, incident.resolved_at
    return replace(incident, started_at=end) if start and end and start > end else incident
