"""What a team does when a tool fails: its alternatives, in its own order."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Data(StrEnum):
    """Which data may go to a tool, from the least to the most protected."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CLIENT = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What to use instead. `service` is its own catalogue entry (`claude`, `openai:api`); empty: nothing to watch.

    `upstreams` are what the team says it is built on, beside what the catalogue says. `tested` is when somebody last
    tried it. `data` is the most protected data that may go there; None where the team did not say. `chosen` is False
    for what the catalogue proposes and the team did not choose.
    """

    name: str
    service: str = ""
    url: str = ""
    note: str = ""
    owner: str = ""
    seats: int | None = None
    data: Data | None = None
    upstreams: tuple[str, ...] = ()
    tested: date | None = None
    chosen: bool = True


class Source(StrEnum):
    """Where a list of alternatives comes from."""

    FILE = "file"
    CHAT = "chat"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A team's alternatives for a service or for a part of it (`openai`, `openai:sora`), or for a capability."""

    wanted: str
    alternatives: tuple[Alternative, ...]
    source: Source = Source.FILE
