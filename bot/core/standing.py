"""standing: what we tell people about a service now. Pure, and the ONE function for it.

Card, command, board and digest all ask here, so they cannot disagree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.scope import Concerns, concerns, in_scope, meant_parts
from bot.domain.service import Part, Service
from bot.domain.status import Component, Freshness, Health, Impact, Incident, Kind, Phase, Sight, Snapshot, worst

STALE_AFTER = timedelta(minutes=5)
STALE_POLLS = 3
UNREACHABLE_AFTER = timedelta(minutes=30)
UNREACHABLE_POLLS = 6

LINGERING = timedelta(days=14)
"""An open incident without a word for as long is shown, but the page's own state of things speaks louder."""
RECENT = timedelta(days=1)
"""An entry that does not say whether it is open may still be, for as long."""
PAST = timedelta(days=1)
"""Planned work that should have been over for as long is no longer shown as coming: some pages keep it for months."""

_HEALTHS = {
    Impact.NONE: Health.OPERATIONAL,
    Impact.MINOR: Health.DEGRADED,
    Impact.MAJOR: Health.PARTIAL_OUTAGE,
    Impact.CRITICAL: Health.MAJOR_OUTAGE,
    Impact.UNKNOWN: Health.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A service, or a part of it, as we tell it now, with the evidence.

    `health` is unknown unless it was read lately. `last_known` is what was read last. `since` is when the oldest
    open incident began. `components` are those in scope that are not operational. `unsaid` are open incidents that
    do not say whether they concern the part.
    """

    service: Service
    part: Part | None
    health: Health
    last_known: Health
    sight: Sight
    since: datetime | None = None
    incidents: tuple[Incident, ...] = ()
    unsaid: tuple[Incident, ...] = ()
    planned: tuple[Incident, ...] = ()
    components: tuple[Component, ...] = ()

    @property
    def name(self) -> str:
        """`ChatGPT`, or `GitHub`: what people call it."""
        return self.part.name if self.part else self.service.name

    @property
    def is_healthy(self) -> bool:
        """Whether we may recommend it: read lately, and nothing wrong."""
        return self.health is Health.OPERATIONAL


def see(
    *, read_at: datetime | None, trouble: Freshness | None, trouble_text: str, interval: timedelta, now: datetime
) -> Sight:
    """How well we see a feed. Stale after 5 minutes or 3 polls without a good answer, whichever is longer."""
    if trouble is Freshness.NOT_THE_EXPECTED_FORMAT:
        return Sight(freshness=trouble, read_at=read_at, trouble=trouble_text)
    if read_at is None:
        return Sight(freshness=trouble or Freshness.STALE, trouble=trouble_text)
    age = now - read_at
    if age >= max(UNREACHABLE_AFTER, UNREACHABLE_POLLS * interval):
        return Sight(freshness=Freshness.UNREACHABLE, read_at=read_at, trouble=trouble_text)
    stale = age >= max(STALE_AFTER, STALE_POLLS * interval)
    return Sight(freshness=Freshness.STALE if stale else Freshness.FRESH, read_at=read_at, trouble=trouble_text)


def standing(service: Service, part: Part | None, snapshot: Snapshot | None, sight: Sight, now: datetime) -> Standing:
    """What to tell about a service or a part, from what its page said and how well we see it."""
    if snapshot is None:
        return Standing(service=service, part=part, health=Health.UNKNOWN, last_known=Health.UNKNOWN, sight=sight)
    parts = (part,) if part else meant_parts(service, ())
    running = list(_running(snapshot))
    verdicts = {i.id: concerns(service, parts, i, snapshot.components) for i in running}
    about = tuple(i for i in running if verdicts[i.id] is Concerns.YES)
    unsaid = tuple(i for i in running if verdicts[i.id] is Concerns.UNSAID)
    scope = in_scope(parts, snapshot.components)
    known = _health(snapshot, parts, [i for i in (*about, *unsaid) if not _lingers(i, now)], scope, now)
    return Standing(
        service=service,
        part=part,
        health=_told(known, sight),
        last_known=known,
        sight=sight,
        since=min((i.started_at for i in about if i.started_at), default=None),
        incidents=about,
        unsaid=unsaid,
        planned=_planned(service, parts, snapshot, now),
        components=tuple(c for c in scope if c.health is not Health.OPERATIONAL),
    )


def _running(snapshot: Snapshot) -> Iterable[Incident]:
    """Open incidents and maintenances: those listed, and those missing for too short a time to believe it."""
    yield from (i for i in snapshot.incidents if i.phase.is_open and not i.is_ours)
    yield from (a.incident for a in snapshot.absent if a.incident.phase.is_open and not a.told)


def _lingers(incident: Incident, now: datetime) -> bool:
    return _age(incident, now) > LINGERING


def _age(incident: Incident, now: datetime) -> timedelta:
    """Since the last word on it; none where nobody knows."""
    said = incident.latest.posted_at if incident.latest else incident.started_at
    return now - said if said else timedelta()


def _planned(service: Service, parts: Sequence[Part], snapshot: Snapshot, now: datetime) -> tuple[Incident, ...]:
    listed = (i for i in snapshot.incidents if i.phase is Phase.SCHEDULED)
    soon = [i for i in listed if (i.until or i.started_at or now) > now - PAST]
    return tuple(i for i in soon if concerns(service, parts, i, snapshot.components) is Concerns.YES)


def _health(
    snapshot: Snapshot,
    parts: Sequence[Part],
    incidents: Iterable[Incident],
    scope: Sequence[Component],
    now: datetime,
) -> Health:
    """The worst of the page's own word and the open incidents: the indicator may say "none" during an incident.

    A part has no word of its own on the page: its components say how it is. The whole service is not judged by
    single components where the page has an overall word (one of 300 data centres is no outage).
    """
    said = [_incident_health(incident) for incident in incidents]
    if parts:
        own = [component.health for component in scope] or [snapshot.unlisted]
        return worst([*own, *said])
    if snapshot.health is not Health.UNKNOWN or snapshot.raw_health:
        return worst([snapshot.health, *said])
    if scope:
        return worst([*(component.health for component in scope), *said])
    return worst(said) if said else _unspoken(snapshot, now)


def _unspoken(snapshot: Snapshot, now: datetime) -> Health:
    """A page with nothing but incidents, none of them open: well, if it lists any and says of the last how it ended."""
    listed = [i for i in snapshot.incidents if not i.is_ours]
    unclear = any(i.phase is Phase.UNKNOWN and _age(i, now) < RECENT for i in listed)
    return Health.OPERATIONAL if listed and not unclear else Health.UNKNOWN


def _incident_health(incident: Incident) -> Health:
    return Health.MAINTENANCE if incident.kind is Kind.MAINTENANCE else _HEALTHS[incident.impact]


def _told(known: Health, sight: Sight) -> Health:
    """Green only when it was read lately; trouble that was read stays trouble until we cannot see at all."""
    if sight.freshness is Freshness.FRESH:
        return known
    if sight.freshness is Freshness.STALE and known.is_bad:
        return known
    return Health.UNKNOWN
