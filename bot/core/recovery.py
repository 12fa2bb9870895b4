"""recovery: may people go back to a tool that failed? Pure; "resolved" alone is not yet a reason to.

Providers declare a fix, and it fails again within minutes: what holds for a while is what people can act on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.status import Component, Health, Incident, Kind, Phase, Snapshot, Update

HOLD_DOWN = timedelta(minutes=15)
SHOWN = timedelta(hours=24)
"""So long a card says that people can go back; later it is only history."""


class Stage(StrEnum):
    """Where people stand with a failing tool."""

    FAILING = "failing"
    RECOVERING = "recovering"
    CLEAR = "clear"
    PAST = "past"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """`since` is when it got better and has been since; `until` is the end of the hold-down."""

    stage: Stage
    since: datetime | None = None
    until: datetime | None = None


_BETTER = frozenset({Phase.MONITORING, Phase.VERIFYING, Phase.RESOLVED, Phase.POSTMORTEM, Phase.COMPLETED})
_WORSE = frozenset({Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.IN_PROGRESS})


def recovers(incident: Incident) -> bool:
    """Whether it is of a kind after which people go back: planned work and notices are none."""
    return incident.kind is Kind.INCIDENT or incident.is_ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What we saw of an incident from look to look, for a page tells no history of its parts.

    `was_bad`: a part of it failed by the page. `well_since`: since when they all work again. `told`: people were told
    that they can go back.
    """

    was_bad: bool = False
    well_since: datetime | None = None
    told: bool = False


def look(seen: Seen, incident: Incident, components: Sequence[Component], now: datetime) -> Seen:
    """What is known after one more look.

    Many pages name parts and leave them green all the time: that they work counts only where they failed before. A
    later word of the provider that it fails outweighs their colours.
    """
    named = _named(incident, components)
    if any(component.health.is_bad for component in named):
        return replace(seen, was_bad=True, well_since=None)
    word = _last_bad_word(incident)
    if seen.well_since and word and word > seen.well_since:
        return replace(seen, was_bad=False, well_since=None)
    well = seen.was_bad and bool(named) and all(one.health is Health.OPERATIONAL for one in named)
    return replace(seen, well_since=(seen.well_since or now) if well else None)


def recovery(
    incident: Incident, snapshot: Snapshot, seen: Seen, *, now: datetime, hold: timedelta, is_fresh: bool
) -> Recovery:
    """Failing until it gets better: a fix is being watched, or all its parts work again.

    Recovering until that held for `hold`; and for longer while the page cannot be read, a part of it still fails, or
    another incident of the same parts goes on. Then clear, and after a day past.
    """
    since = min(filter(None, (_better_since(incident), seen.well_since)), default=None)
    if since is None:
        return Recovery(stage=Stage.FAILING)
    since = min(since, now)
    until = since + hold
    if incident.phase.is_over and now - until > SHOWN:
        return Recovery(stage=Stage.PAST, since=since, until=until)
    if now < until or not is_fresh or _fails_still(incident, snapshot):
        return Recovery(stage=Stage.RECOVERING, since=since, until=max(until, now))
    return Recovery(stage=Stage.CLEAR, since=since, until=until)


def relapsed(incident: Incident, update: Update | None) -> bool:
    """Whether this statement says that what had got better fails again."""
    said = [one for one in incident.updates if _turn(one.phase) is not None]
    if update is None or update not in said:
        return False
    at = said.index(update)
    return at > 0 and _turn(update.phase) is False and _turn(said[at - 1].phase) is True


def _last_bad_word(incident: Incident) -> datetime | None:
    said = (update.posted_at for update in incident.updates if _turn(update.phase) is False)
    return max(filter(None, said), default=None)


def _turn(phase: Phase) -> bool | None:
    """True where things are better, False where they are not, None where the word says neither."""
    return True if phase in _BETTER else False if phase in _WORSE else None


def _better_since(incident: Incident) -> datetime | None:
    """Since when its words have been better without a break; None where they are not now."""
    if not (incident.phase in _BETTER or incident.phase.is_over):
        return None
    since = incident.resolved_at or (incident.latest.posted_at if incident.latest else None) or incident.started_at
    for update in reversed(incident.updates):
        if _turn(update.phase) is False:
            break
        if _turn(update.phase) and update.posted_at:
            since = min(since, update.posted_at) if since else update.posted_at
    return since


def _fails_still(incident: Incident, snapshot: Snapshot) -> bool:
    """The page's own colours, or another incident, say that it does not work."""
    named = _named(incident, snapshot.components)
    if any(component.health.is_bad for component in named):
        return True
    return any(_goes_on(other, incident) for other in snapshot.incidents)


def _goes_on(other: Incident, incident: Incident) -> bool:
    if other.id == incident.id or not recovers(other) or other.phase in _BETTER:
        return False
    going = other.phase.is_open or (other.is_ours and not other.phase.is_over)
    apart = other.components and incident.components and not set(other.components) & set(incident.components)
    return going and not apart


def _named(incident: Incident, components: Sequence[Component]) -> list[Component]:
    return [component for component in components if component.id in incident.components]
