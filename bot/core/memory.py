"""remember: what the page says now, plus what we must not forget that it said. Pure.

Two things a page does not keep for us: incidents that it stopped listing (told again, they would be noise), and
components that changed while no incident was posted (an advantage over every e-mail subscriber of that page).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.status import Absent, Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update

ABSENT_POLLS = 3
ABSENT_FOR = timedelta(minutes=10)
ABSENT_KEPT = timedelta(days=30)
ABSENT_MOST = 200
EPISODE_KEPT = timedelta(days=1)

_IMPACTS = {
    Health.DEGRADED: Impact.MINOR,
    Health.PARTIAL_OUTAGE: Impact.MAJOR,
    Health.MAJOR_OUTAGE: Impact.CRITICAL,
}


def remember(old: Snapshot | None, new: Snapshot, now: datetime) -> Snapshot:
    """Return `new` with the incidents it no longer lists and the component episodes that go on."""
    if old is None:
        return replace(new, incidents=(*new.incidents, *_episodes((), new, now)))
    listed = {incident.id for incident in new.incidents}
    ours = tuple(incident for incident in old.incidents if incident.is_ours)
    return replace(
        new,
        incidents=(*(i for i in new.incidents if not i.is_ours), *_episodes(ours, new, now)),
        absent=_absent(old, listed, now),
    )


def waits_for_absent(snapshot: Snapshot) -> bool:
    """Whether an open incident is missing and not yet told: then an unchanged page counts as another miss."""
    return any(not absent.told and not absent.incident.phase.is_over for absent in snapshot.absent)


def _absent(old: Snapshot, listed: set[str], now: datetime) -> tuple[Absent, ...]:
    before = {absent.incident.id: absent for absent in old.absent}
    fresh = (
        Absent(incident=incident, since=now, polls=0)
        for incident in old.incidents
        if not incident.is_ours and incident.id not in before
    )
    missing = [absent for absent in (*before.values(), *fresh) if absent.incident.id not in listed]
    kept = [_missed(absent, now) for absent in missing if now - absent.since < ABSENT_KEPT]
    return tuple(sorted(kept, key=lambda absent: absent.since, reverse=True)[:ABSENT_MOST])


def _missed(absent: Absent, now: datetime) -> Absent:
    polls = absent.polls + 1
    told = absent.told or (polls >= ABSENT_POLLS and now - absent.since >= ABSENT_FOR)
    return replace(absent, polls=polls, told=told)


def _episodes(before: Iterable[Incident], new: Snapshot, now: datetime) -> Iterable[Incident]:
    running = {incident.components[0]: incident for incident in before if not incident.phase.is_over}
    for incident in before:
        if incident.phase.is_over and incident.resolved_at and now - incident.resolved_at < EPISODE_KEPT:
            yield incident
    components = {component.id: component for component in new.components}
    for component_id, episode in running.items():
        yield _continued(episode, components, component_id, now)
    yield from (_begun(component, now) for component in _unexplained(new) if component.id not in running)


def _unexplained(snapshot: Snapshot) -> Iterable[Component]:
    """Bad components that no open incident may explain: none names them, and none leaves its parts unsaid."""
    still = [i for i in snapshot.incidents if i.phase.is_open and not i.is_ours]
    if any(not incident.components for incident in still):
        return ()
    named = {component for incident in still for component in incident.components}
    return (c for c in snapshot.components if c.health.is_bad and c.id not in named)


def _begun(component: Component, now: datetime) -> Incident:
    return Incident(
        id=f"component:{component.id}:{int(now.timestamp())}",
        kind=Kind.NOTICE,
        title=component.label,
        phase=Phase.UNKNOWN,
        impact=_IMPACTS[component.health],
        started_at=now,
        components=(component.id,),
        updates=(_seen(component.health, Phase.UNKNOWN, now),),
    )


def _continued(episode: Incident, components: Mapping[str, Component], key: str, now: datetime) -> Incident:
    component = components.get(key)
    if component is None or component.health is last_health(episode):
        return episode
    over = component.health is Health.OPERATIONAL
    phase = Phase.RESOLVED if over else Phase.UNKNOWN
    return replace(
        episode,
        phase=phase,
        impact=_IMPACTS.get(component.health, episode.impact),
        resolved_at=now if over else None,
        updates=(*episode.updates, _seen(component.health, phase, now)),
    )


def _seen(health: Health, phase: Phase, now: datetime) -> Update:
    return Update(id=f"{health}:{int(now.timestamp())}", phase=phase, text="", posted_at=now)


def last_health(episode: Incident) -> Health:
    """The component's health as of the newest update of an episode of ours."""
    return Health(episode.updates[-1].id.partition(":")[0])
