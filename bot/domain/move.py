"""What people do while a tool fails: they switch, they are blocked, they come back."""

from dataclasses import dataclass
from enum import StrEnum


class MoveKind(StrEnum):
    """The last word of a person on one incident."""

    SWITCHED = "switched"
    BLOCKED = "blocked"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One person's. `tool` is where they switched to.

    `name` is what others may read of them: nothing, unless they chose to be named.
    """

    kind: MoveKind
    person: str
    tool: str = ""
    name: str = ""
