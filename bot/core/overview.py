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
    return standing(found.service, found.part, state.snapshot, see_state(state, now), now)


def see_state(state: FeedState, now: datetime) -> Sight:
    """How well we see a feed, by what is stored of it."""
    return see(
        read_at=state.read_at, trouble=state.trouble, trouble_text=state.trouble_text, interval=state.interval, now=now
    )


def standings(found: Mapping[str, Found], states: Mapping[str, FeedState], now: datetime) -> dict[str, Standing]:
    """The standings by the name that was asked for."""
    return {name: standing_of(one, states, now) for name, one in found.items()}


def watched(catalogue: Catalogue, plans: Iterable[Plan]) -> dict[str, Found]:
    """What must be seen to give advice by these plans, by the name it has there.

    That is: the services that stand in for others, what they and the others are built on as far as it has a page, and
    the APIs of what fails.
    """
    plans = tuple(plans)
    tools = found_all(catalogue, (a.service for plan in plans for a in plan.alternatives if a.service))
    wanted = found_all(catalogue, (plan.wanted for plan in plans))
    said = (name for plan in plans for a in plan.alternatives for name in a.upstreams)
    mapped = (upstream.name for one in (*tools.values(), *wanted.values()) for upstream in one.service.upstreams)
    apis = (f"{one.service.slug}:api" for one in wanted.values())
    return tools | found_all(catalogue, (*said, *mapped, *apis))


def counsels(
    catalogue: Catalogue,
    plans: Sequence[Plan],
    parts: Sequence[str],
    states: Mapping[str, FeedState],
    now: datetime,
) -> tuple[Counsel, ...]:
    """What to use instead, by these plans, with each alternative's own standing. `parts` are those that fail."""
    seen = watched(catalogue, plans)
    return counsel(
        plans,
        found_all(catalogue, (plan.wanted for plan in plans)),
        parts,
        services={name: found.service for name, found in seen.items()},
        standings=standings(seen, states, now),
        today=now.date(),
    )
