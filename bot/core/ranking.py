"""ranking: in which order to recommend what, and why. ONE pure function; every line carries its reasons.

Fresh and healthy comes before independent of what fails, that before tested recently, that before the team's order.
Nothing is left out: what should not be used is last, and says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bot.core.standing import Standing
from bot.domain.continuity import Alternative
from bot.domain.service import Service, Upstream
from bot.domain.status import Freshness, Health

TESTED_LATELY = timedelta(days=90)
"""A tool that nobody opened for a quarter may ask for a password that nobody has."""


class Reason(StrEnum):
    """Why an alternative stands where it stands. Words for people are in render_advice.py."""

    HEALTHY = "its page says it works, read just now"
    THROUGH_THE_API = "the same tool by its API, which works"
    NOT_WATCHED = "it has no status page that we read"
    SAME_PROVIDER = "the same provider as the failing tool"
    SHARES_UPSTREAM = "built on the same as the failing tool, and that fails now"
    UPSTREAM_FAILS = "built on something that fails now"
    OUT_OF_SIGHT = "its page cannot be read now"
    UNKNOWN = "its page does not say how it is"
    PLANNED_WORK = "planned work is under way there"
    FAILS = "it does not work properly itself"
    TESTED = "somebody tried it lately"
    TESTED_LONG_AGO = "nobody tried it lately"
    NEVER_TESTED = "nobody ever tried it"
    SPREAD = "first in this channel, so that not everybody goes to the same tool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A reason with what it is about: the name of an upstream, the days since a test."""

    reason: Reason
    name: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """What people want to get away from: `parts` that fail, none for the whole.

    `api` is how its API is now, where the API does what the failing part does; None where it does not.
    """

    service: Service
    parts: tuple[str, ...] = ()
    api: Standing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An alternative in its place. `whys` begins with the reason that decided it.

    `built_on` has the names of what it is built on, each with the public page that says so; "": the team says it.
    """

    alternative: Alternative
    standing: Standing | None
    whys: tuple[Why, ...]
    built_on: tuple[Upstream, ...] = ()

    @property
    def is_recommended(self) -> bool:
        """Whether people may be sent there now."""
        return self.whys[0].reason in _GOOD


_GOOD = frozenset({Reason.HEALTHY, Reason.THROUGH_THE_API, Reason.NOT_WATCHED})
_TIERS = {
    Reason.THROUGH_THE_API: 0,
    Reason.HEALTHY: 1,
    Reason.NOT_WATCHED: 2,
    Reason.SAME_PROVIDER: 3,
    Reason.UPSTREAM_FAILS: 4,
    Reason.SHARES_UPSTREAM: 4,
    Reason.PLANNED_WORK: 5,
    Reason.OUT_OF_SIGHT: 6,
    Reason.UNKNOWN: 6,
    Reason.FAILS: 7,
}
"""The first thing that counts. What is healthy but leans on what fails stands above what nobody can see."""
_BY_HEALTH = {
    Health.UNKNOWN: Reason.UNKNOWN,
    Health.MAINTENANCE: Reason.PLANNED_WORK,
    Health.DEGRADED: Reason.FAILS,
    Health.PARTIAL_OUTAGE: Reason.FAILS,
    Health.MAJOR_OUTAGE: Reason.FAILS,
}


def rank(
    alternatives: Sequence[Alternative],
    failing: Failing,
    *,
    services: Mapping[str, Service],
    standings: Mapping[str, Standing],
    today: date,
) -> tuple[Ranked, ...]:
    """All of them, the best first. `services` and `standings` are by the names that the alternatives give.

    `standings` also holds those of upstreams, by their slugs. The order does not depend on that of the mappings.
    """
    ranked = [_ranked(one, failing, services, standings, today) for one in alternatives]
    order = sorted(range(len(ranked)), key=lambda number: (*place(ranked[number]), number))
    return tuple(ranked[number] for number in order)


def place(one: Ranked) -> tuple[int, int, int]:
    """What decides between two; where this is equal, the team's order does."""
    decided = one.whys[0].reason
    health = one.standing.health.rank if one.standing and decided is Reason.FAILS else 0
    tested = any(why.reason is Reason.TESTED for why in one.whys)
    return _TIERS[decided], health, 0 if tested else 1


def _ranked(
    one: Alternative,
    failing: Failing,
    services: Mapping[str, Service],
    standings: Mapping[str, Standing],
    today: date,
) -> Ranked:
    standing, service = standings.get(one.service), services.get(one.service)
    leans = tuple(_leans(one, service, failing, standings))
    first = _first(one, service, standing, failing)
    whys = (*leans, first) if first.reason in _GOOD else (first, *leans)
    built_on = tuple(_named(upstream, standings) for upstream in _upstreams(one, service))
    return Ranked(alternative=one, standing=standing, whys=(*whys, *_tested(one, today)), built_on=built_on)


def _named(upstream: Upstream, standings: Mapping[str, Standing]) -> Upstream:
    known = standings.get(upstream.name)
    return replace(upstream, name=known.service.name) if known else upstream


def _first(one: Alternative, service: Service | None, standing: Standing | None, failing: Failing) -> Why:
    """How it is itself."""
    if standing is None:
        return Why(reason=Reason.NOT_WATCHED)
    if standing.sight.freshness is not Freshness.FRESH:
        return Why(reason=Reason.OUT_OF_SIGHT)
    if standing.health is not Health.OPERATIONAL:
        return Why(reason=_BY_HEALTH[standing.health])
    if _is_its_api(one, service, failing):
        return Why(reason=Reason.THROUGH_THE_API, name=failing.service.name)
    return Why(reason=Reason.HEALTHY)


def _is_its_api(one: Alternative, service: Service | None, failing: Failing) -> bool:
    """Only the web app fails: what goes through the API gives the same answers with the same account."""
    if service is None or service.slug != failing.service.slug or "api" in failing.parts or not failing.parts:
        return False
    return one.service.partition(":")[2] == "api" and failing.api is not None and failing.api.is_healthy


def _leans(one: Alternative, service: Service | None, failing: Failing, standings: Mapping[str, Standing]) -> list[Why]:
    """What it has in common with what fails, and what it is built on that fails now by that one's own page."""
    found: list[Why] = []
    if service is not None and service.slug == failing.service.slug and not _is_its_api(one, service, failing):
        found.append(Why(reason=Reason.SAME_PROVIDER, name=service.name))
    theirs = {upstream.name for upstream in failing.service.upstreams}
    for name in (upstream.name for upstream in _upstreams(one, service)):
        upstream = standings.get(name)
        if name == failing.service.slug or (upstream is not None and upstream.health in _TROUBLE):
            reason = Reason.SHARES_UPSTREAM if name in theirs else Reason.UPSTREAM_FAILS
            label = upstream.service.name if upstream else failing.service.name
            found.append(Why(reason=reason, name=label))
    return found


_TROUBLE = frozenset({Health.PARTIAL_OUTAGE, Health.MAJOR_OUTAGE})
"""Some row of a large cloud is slow on most days; half the tools would be last for nothing."""


def _upstreams(one: Alternative, service: Service | None) -> tuple[Upstream, ...]:
    """What the team says it is built on, and what the catalogue says, with its source; each once."""
    said = {name: Upstream(name=name, source="") for name in one.upstreams}
    mapped = {upstream.name: upstream for upstream in (service.upstreams if service else ())}
    return tuple((said | mapped).values())


def is_to_come(day: date, today: date) -> bool:
    """No day for a test. Where they are it may be tomorrow already."""
    return day > today + timedelta(days=1)


def tried_lately(one: Alternative, today: date) -> bool:
    """Whether somebody opened it within a quarter."""
    days = _days_since(one, today)
    return days is not None and days <= TESTED_LATELY.days


def _days_since(one: Alternative, today: date) -> int | None:
    if one.tested is None or is_to_come(one.tested, today):
        return None
    return max(0, (today - one.tested).days)


def _tested(one: Alternative, today: date) -> tuple[Why, ...]:
    days = _days_since(one, today)
    if days is None:
        return (Why(reason=Reason.NEVER_TESTED),)
    return (Why(reason=Reason.TESTED if tried_lately(one, today) else Reason.TESTED_LONG_AGO, days=days),)
