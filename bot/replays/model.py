"""A real outage, as data: what its status pages said, when, and what happened beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, with_config

from bot.domain.continuity import Alternative, Plan
from bot.domain.words import Language

Phase = Literal["investigating", "identified", "monitoring", "resolved", "postmortem"]
Impact = Literal["none", "minor", "major", "critical"]
State = Literal["operational", "degraded_performance", "partial_outage", "major_outage"]

_STRICT = ConfigDict(extra="forbid")  # a mistyped key of a file is an error, never a silence


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Our own words, in each language we speak."""

    en: str
    fr: str

    def words(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A status page of that time. `format` is the shape it had then (`statuspage`, `incidentio`)."""

    name: str
    url: str
    format: Literal["statuspage", "incidentio"]
    components: tuple[str, ...]


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One incident on a page. `started` is the start the page states, where that is not its first post."""

    service: str
    title: str
    started: datetime | None = None


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One update that a page published. `components` are those whose state it changed; no impact: as before.

    `approximate` marks a time read from the press, or one that no source gives to the minute.
    """

    at: datetime
    incident: str
    phase: Phase
    text: str
    impact: Impact | None = None
    components: Mapping[str, State]
    approximate: bool = False


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What happened that no status page said then. For the one who tells the story, never for a feed."""

    at: datetime
    told: Told
    approximate: bool = False


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """What a team might use instead of `wanted` (`openai:chatgpt`). `service` and `upstreams` are watched, if given."""

    wanted: str
    name: Told
    service: str = ""
    upstreams: tuple[str, ...] = ()
    note: Told


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """An outage from its first sign to its end. `starts` is when its impact began (aware UTC)."""

    id: str
    title: Told
    starts: datetime
    summary: Told
    pages: Mapping[str, Page]
    incidents: Mapping[str, Story]
    alternatives: tuple[Instead, ...]
    events: tuple[Event, ...]
    asides: tuple[Aside, ...]

    @property
    def services(self) -> tuple[str, ...]:
        """The slugs of the services whose pages are replayed."""
        return tuple(self.pages)

    @property
    def course(self) -> tuple[Event | Aside, ...]:
        """Everything that happened, told by a page or not, oldest first."""
        return tuple(sorted((*self.events, *self.asides), key=_at))

    def events_of(self, service: str) -> tuple[Event, ...]:
        """What one page said, oldest first."""
        return tuple(event for event in self.events if self.incidents[event.incident].service == service)

    def plans(self, language: Language) -> tuple[Plan, ...]:
        """The alternatives, as a team would have written them down."""
        wanted = dict.fromkeys(instead.wanted for instead in self.alternatives)
        return tuple(Plan(wanted=tool, alternatives=self._alternatives(tool, language)) for tool in wanted)

    def _alternatives(self, wanted: str, language: Language) -> tuple[Alternative, ...]:
        return tuple(
            Alternative(
                name=instead.name.words(language),
                service=instead.service,
                upstreams=instead.upstreams,
                note=instead.note.words(language),
            )
            for instead in self.alternatives
            if instead.wanted == wanted
        )


def _at(item: Event | Aside) -> datetime:
    return item.at
