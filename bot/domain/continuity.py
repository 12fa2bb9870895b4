"""What a team does when a tool fails: its alternatives, in its own order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What to use instead. `service` is its own catalogue entry (`claude`, `openai:api`); empty: nothing to watch."""

    name: str
    service: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A team's alternatives for a service or for a part of it (`openai`, `openai:sora`)."""

    wanted: str
    alternatives: tuple[Alternative, ...]
