"""episodes: components that changed while no incident was posted, told as incidents of ours. Pure.

It is an advantage over every e-mail subscriber of that page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update, worst

EPISODE_KEPT = timedelta(days=1)
MANY = 5
"""More components than these that fail in one poll are one episode: forty messages at once help nobody."""
TITLE_NAMES = 3

_IMPACTS = {
    Health.DEGRADED: Impact.MINOR,
    Health.PARTIAL_OUTAGE: Impact.MAJOR,
    Health.MAJOR_OUTAGE: Impact.CRITICAL,
}


def episodes(before: Iterable[Incident], new: Snapshot, now: datetime) -> Iterator[Incident]:
    """Those of before, continued or kept for a day after their end, and those that begin now."""
    before = tuple(before)
    yield from (e for e in before if e.phase.is_over and e.resolved_at and now - e.resolved_at < EPISODE_KEPT)
    running = [episode for episode in before if not episode.phase.is_over]
    healths = {component.id: component.health for component in new.components}
    yield from (_continued(episode, healths, new.unlisted, now) for episode in running)
    known = {component for episode in running for component in episode.components}
    fresh = [component for component in _unexplained(new) if component.id not in known]
    groups = [fresh] if len(fresh) > MANY else [[component] for component in fresh]
    yield from (_begun(group, now) for group in groups)


def _unexplained(snapshot: Snapshot) -> Iterable[Component]:
    """Bad components that no open incident may explain: none names them, and none leaves its parts unsaid.

    A notice without parts explains nothing: pages pin them for months.
    """
    still = [i for i in snapshot.incidents if i.phase.is_open and not i.is_ours]
    still = [i for i in still if i.components or i.kind is not Kind.NOTICE]
    if any(not incident.components for incident in still):
        return ()
    named = {component for incident in still for component in incident.components}
    return (c for c in snapshot.components if c.health.is_bad and c.id not in named)


def _begun(group: Sequence[Component], now: datetime) -> Incident:
    health = worst(component.health for component in group)
    names = ", ".join(component.label for component in group[:TITLE_NAMES])
    return Incident(
        id=f"component:{group[0].id}:{int(now.timestamp())}",
        kind=Kind.NOTICE,
        title=f"{names}, …" if len(group) > TITLE_NAMES else names,
        phase=Phase.UNKNOWN,
        impact=_IMPACTS[health],
        started_at=now,
        components=tuple(component.id for component in group),
        updates=(_seen(health, Phase.UNKNOWN, now),),
    )


def _continued(episode: Incident, healths: Mapping[str, Health], unlisted: Health, now: datetime) -> Incident:
    """A component that the page no longer lists stays as it was, unless what is not listed is well."""
    left = last_health(episode) if unlisted is Health.UNKNOWN else unlisted
    health = worst(healths.get(component, left) for component in episode.components)
    if health is last_health(episode):
        return episode
    over = health is Health.OPERATIONAL
    phase = Phase.RESOLVED if over else Phase.UNKNOWN
    return replace(
        episode,
        phase=phase,
        impact=_IMPACTS.get(health, episode.impact),
        resolved_at=now if over else None,
        updates=(*episode.updates, _seen(health, phase, now)),
    )


def _seen(health: Health, phase: Phase, now: datetime) -> Update:
    return Update(id=f"{health}:{int(now.timestamp())}", phase=phase, text="", posted_at=now)


def last_health(episode: Incident) -> Health:
    """The worst health of an episode's components as of its newest update."""
    return Health(episode.updates[-1].id.partition(":")[0])
