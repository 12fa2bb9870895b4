"""What was recommended in a thread, so that a change of it is news."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One listing of a card. `good` are the tools it recommends, the best first; `told` is the one people know of."""

    instead_of: str
    good: tuple[str, ...] = ()
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """What the card of a thread recommends now. `watched` are the services on which that depends.

    `said_at` is when the thread was last told of a change, `words` how often it was.
    """

    listed: tuple[Listed, ...] = ()
    watched: tuple[str, ...] = ()
    said_at: datetime | None = None
    words: int = 0
