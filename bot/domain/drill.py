"""An outage that a team plays through on purpose, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.subscription import Target
from bot.domain.words import Language


class End(StrEnum):
    """Why a drill is over."""

    TIME = "time"
    STOPPED = "stopped"
    REAL = "real"


class Every(StrEnum):
    """How often a planned drill comes."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a drill came to. Nobody is named in it.

    `first` is the seconds until the first press or move, None where there was none. `acted` people did anything,
    `switched` of them moved, to `tools`, and `blocked` said that they were blocked. `broken` are addresses that do not
    answer, of `links` that were asked, and `failed` the alternatives that did not work themselves.
    """

    end: End
    first: float | None = None
    acted: int = 0
    switched: int = 0
    blocked: int = 0
    tools: tuple[str, ...] = ()
    links: int = 0
    broken: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a drill goes. `moves`, `acted` and `blocked` name people, and are emptied when the `report` is written.

    `moves` is what people said that they switched to: a person who is back by the end has switched all the same.
    """

    language: Language = "en"
    end: End | None = None
    first_at: datetime | None = None
    moves: Mapping[str, str] = field(default_factory=dict)
    acted: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    report: Report | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """`service` is what fails, as the catalogue names it (`openai:chatgpt`); `scenario` a replay's id, or nothing.

    `mention` is shown as plain words. `ended_at` is None while it runs; `id` is 0 before it is stored.
    """

    target: Target
    service: str
    started_by: str
    started_at: datetime
    ends_at: datetime
    scenario: str = ""
    mention: str = ""
    ended_at: datetime | None = None
    course: Course = Course()
    id: int = 0

    @property
    def until(self) -> datetime:
        """When it ended, or is to end."""
        return self.ended_at or self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPlan:
    """A channel's drill that comes again and again. One for each channel and service."""

    target: Target
    service: str
    every: Every
    minutes: float
    planned_by: str
    next_at: datetime

    @property
    def key(self) -> str:
        """One string that names its next occasion."""
        return f"{self.service}@{self.next_at:%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody did in a drill's thread. `tool` is what they switched to, empty for anything else."""

    person: str
    at: datetime
    tool: str = ""
    is_blocked: bool = False
