"""What a page has published up to a moment, before it takes the shape of a format. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.replays.model import Event, Impact, Phase, Replay, State, Story

_OVER = {"resolved", "postmortem"}
_QUIET = timedelta(days=1)  # before its first event a page says it was last changed a day before the outage


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A component of the page as it stands, and since when."""

    position: int
    name: str
    state: State
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An update of an incident. `moves` are the incident's components so far: name, state before, state after."""

    number: int
    event: Event
    moves: tuple[tuple[str, State, State], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An incident as its page tells it at this moment. `posts` are newest first, as all pages have them."""

    key: str
    story: Story
    impact: Impact
    posts: tuple[Post, ...]

    @property
    def phase(self) -> Phase:
        return self.posts[0].event.phase

    @property
    def is_open(self) -> bool:
        return self.phase not in _OVER

    @property
    def created(self) -> datetime:
        return self.posts[-1].event.at

    @property
    def updated(self) -> datetime:
        return self.posts[0].event.at

    def reached(self, phase: Phase) -> datetime | None:
        """When it last came to this phase, if it did."""
        return next((post.event.at for post in self.posts if post.event.phase == phase), None)

    @property
    def resolved(self) -> datetime | None:
        """When it ended; nothing while it is open, also when it was opened again."""
        return None if self.is_open else self.reached("resolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One page at one moment. `incidents` are newest first."""

    replay: str
    service: str
    name: str
    url: str
    born: datetime
    updated: datetime
    rows: tuple[Row, ...]
    incidents: tuple[Entry, ...]

    @property
    def open(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.incidents if entry.is_open)


def history(replay: Replay, service: str, moment: datetime) -> History:
    """All that the page of a service had published by a moment."""
    page = replay.pages[service]
    events = [event for event in replay.events_of(service) if event.at <= moment]
    quiet = replay.starts - _QUIET
    return History(
        replay=replay.id,
        service=service,
        name=page.name,
        url=page.url,
        born=quiet,
        updated=events[-1].at if events else quiet,
        rows=tuple(_row(position, name, events, quiet) for position, name in enumerate(page.components)),
        incidents=_incidents(replay, events),
    )


def digest(*words: str) -> int:
    """A number that is always the same for the same words: identities must survive every poll."""
    return int.from_bytes(hashlib.sha256("|".join(words).encode()).digest()[:10], "big")


def _row(position: int, name: str, events: Sequence[Event], quiet: datetime) -> Row:
    moves = [event for event in events if name in event.components]
    if not moves:
        return Row(position=position, name=name, state="operational", changed=quiet)
    return Row(position=position, name=name, state=moves[-1].components[name], changed=moves[-1].at)


def _incidents(replay: Replay, events: Sequence[Event]) -> tuple[Entry, ...]:
    posts: dict[str, list[Post]] = {}
    states: dict[str, State] = {}
    for event in events:
        so_far = posts.setdefault(event.incident, [])
        names = dict.fromkeys((*(name for post in so_far for name, _, _ in post.moves), *event.components))
        before = {name: states.get(name, "operational") for name in names}
        states |= event.components
        moves = tuple((name, before[name], states.get(name, before[name])) for name in names)
        so_far.append(Post(number=len(so_far), event=event, moves=moves))
    return tuple(_entry(replay, key, posts[key]) for key in reversed(posts))


def _entry(replay: Replay, key: str, posts: Sequence[Post]) -> Entry:
    impacts = [post.event.impact for post in posts if post.event.impact]
    return Entry(
        key=key,
        story=replay.incidents[key],
        impact=impacts[-1] if impacts else "none",
        posts=tuple(reversed(posts)),
    )
