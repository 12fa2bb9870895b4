"""blindness: which pages we cannot see, and whose fault that is. Pure.

A page that cannot be read is told once, after half an hour. When many pages of one status product fail together, that
product is told, not each page; when a third of everything fails, the fault is most likely ours, and that is told.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.standing import STALE_AFTER, STALE_POLLS, UNREACHABLE_AFTER, UNREACHABLE_POLLS
from bot.domain.polling import FeedState
from bot.domain.service import Feed

OURS_SHARE = 0.3
OURS_LEAST = 4
"""Of three pages, one that fails is a third: that proves nothing."""
PLATFORM_SHARE = 0.5
PLATFORM_LEAST = 3
PLATFORMS = {
    "betterstack": "Better Stack",
    "checkly": "Checkly",
    "datadog": "Datadog Status Pages",
    "firehydrant": "FireHydrant",
    "incidentio": "incident.io",
    "instatus": "Instatus",
    "rootly": "Rootly",
    "statuscast": "StatusCast",
    "statusio": "Status.io",
    "statuspage": "Atlassian Statuspage",
}
"""Formats whose pages are hosted by one company, which can fail as one."""


class Fault(StrEnum):
    """Whose fault it seems to be that pages cannot be read."""

    PAGE = "page"
    PLATFORM = "platform"
    OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """Pages that cannot be read for one reason. `name` is the feed's id, the format's name, or nothing."""

    fault: Fault
    name: str
    since: datetime
    feeds: tuple[str, ...]

    @property
    def topic(self) -> str:
        """The same while it lasts."""
        return f"{self.fault}:{self.name}"

    @property
    def incident(self) -> str:
        """The id of the incident of ours that tells it."""
        return f"sight:{self.topic}:{int(self.since.timestamp())}"


def blind(states: Iterable[FeedState], feeds: Mapping[str, Feed], now: datetime) -> tuple[Blind, ...]:
    """What cannot be read now and has not been for half an hour, by whose fault it seems to be."""
    known = [state for state in states if state.feed in feeds]
    failing = [state for state in known if fails(state, now)]
    dark = [state for state in failing if _is_dark(state, now)]
    if not dark:
        return ()
    if len(failing) >= max(OURS_LEAST, OURS_SHARE * len(known)):
        return (_group(Fault.OURS, "", failing),)
    platforms = _failed_platforms(known, failing, feeds)
    grouped = {name: [state for state in failing if feeds[state.feed].format == name] for name in platforms}
    found = [
        _group(Fault.PLATFORM, name, group) for name, group in grouped.items() if any(state in dark for state in group)
    ]
    alone = [state for state in dark if feeds[state.feed].format not in platforms]
    return (*found, *(_group(Fault.PAGE, state.feed, [state]) for state in alone))


def _failed_platforms(
    known: Sequence[FeedState], failing: Sequence[FeedState], feeds: Mapping[str, Feed]
) -> frozenset[str]:
    """The hosted products at least half of whose pages fail."""
    every = Counter(feeds[state.feed].format for state in known)
    down = Counter(feeds[state.feed].format for state in failing)
    enough = {name: max(PLATFORM_LEAST, PLATFORM_SHARE * every[name]) for name in PLATFORMS}
    return frozenset(name for name, least in enough.items() if down[name] >= least)


def fails(state: FeedState, now: datetime) -> bool:
    """Whether its last good poll is so long ago that it counts as stale."""
    return _age(state, now) >= max(STALE_AFTER, STALE_POLLS * state.interval)


def _is_dark(state: FeedState, now: datetime) -> bool:
    return _age(state, now) >= max(UNREACHABLE_AFTER, UNREACHABLE_POLLS * state.interval)


def _age(state: FeedState, now: datetime) -> timedelta:
    """Since the last good poll, or since the first one of all."""
    last = state.read_at or state.since
    return now - last if last else timedelta()


def _group(fault: Fault, name: str, states: Sequence[FeedState]) -> Blind:
    since = min(last for state in states if (last := state.read_at or state.since))
    return Blind(fault=fault, name=name, since=since, feeds=tuple(sorted(state.feed for state in states)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What changed: notices to open, notices to close, and all that are open now."""

    opened: tuple[Blind, ...]
    closed: tuple[Blind, ...]
    open: tuple[Blind, ...]


def turn(told: Sequence[Blind], found: Sequence[Blind], failing: frozenset[str]) -> Turn:
    """Compare what was told with what is found.

    The notice of one page stays open while that page fails, whatever else may be told of it meanwhile; those of many
    end when they are no longer found.
    """
    topics = frozenset(one.topic for one in found)
    known = frozenset(one.topic for one in told)
    stays = tuple(one for one in told if _stays(one, topics, failing))
    opened = tuple(one for one in found if one.topic not in known)
    return Turn(opened=opened, closed=tuple(one for one in told if one not in stays), open=(*stays, *opened))


def _stays(one: Blind, topics: frozenset[str], failing: frozenset[str]) -> bool:
    if one.fault is Fault.PAGE:
        return one.name in failing
    return one.topic in topics
