"""overview: the standing of several services at once, from what the store knows of their feeds. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.core.alternatives import Counsel, counsel
from bot.core.catalogue import Catalogue, Found
from bot.core.standing import Standing, see, standing
from bot.domain.continuity import Plan
from bot.domain.polling import FeedState
from bot.domain.status import Freshness, Sight

_NEVER_READ = Sight(freshness=Freshness.STALE)


def feeds_of(found: Iterable[Found]) -> tuple[str, ...]:
    """The feeds whose state is needed to answer about these, each once."""
    return tuple(dict.fromkeys(feed.id for one in found for feed in one.service.feeds))


def found_all(catalogue: Catalogue, names: Iterable[str]) -> dict[str, Found]:
    """Those of these names that the catalogue knows."""
    return {name: found for name in names if (found := catalogue.find(name))}


def standing_of(found: Found, states: Mapping[str, FeedState], now: datetime) -> Standing:
    """The standing of one service or part. A service has one feed that decides: its first."""
    state = states.get(found.service.feeds[0].id)
    if state is None:
        return standing(found.service, found.part, None, _NEVER_READ, now)
    sight = see(
        read_at=state.read_at, trouble=state.trouble, trouble_text=state.trouble_text, interval=state.interval, now=now
    )
    return standing(found.service, found.part, state.snapshot, sight, now)


def standings(found: Mapping[str, Found], states: Mapping[str, FeedState], now: datetime) -> dict[str, Standing]:
    """The standings by the name that was asked for."""
    return {name: standing_of(one, states, now) for name, one in found.items()}


def watched(catalogue: Catalogue, plans: Iterable[Plan]) -> dict[str, Found]:
    """The services that stand in for others, by the name the team's file gives them."""
    return found_all(catalogue, (a.service for plan in plans for a in plan.alternatives if a.service))


def counsels(
    catalogue: Catalogue, plans: Sequence[Plan], states: Mapping[str, FeedState], now: datetime
) -> tuple[Counsel, ...]:
    """What to use instead, by these plans, with each alternative's own standing."""
    names = {
        name: found.part.name if found.part else found.service.name
        for name, found in found_all(catalogue, (plan.wanted for plan in plans)).items()
    }
    return counsel(plans, names, standings(watched(catalogue, plans), states, now))
