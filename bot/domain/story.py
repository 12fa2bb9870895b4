"""What became of one delivery, from the page to the channel."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.subscription import Delivery, Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One delivery with its times. It was seen on the page and promised at the same moment, in one transaction.

    `due_at` is its next attempt, or the end of the lease of the one under way. `merged`: for how many others it spoke.
    """

    id: int
    delivery: Delivery
    state: str
    attempts: int
    promised_at: datetime
    due_at: datetime
    attempted_at: datetime | None = None
    finished_at: datetime | None = None
    error: str = ""
    receipt: Receipt | None = None
    echoed_at: datetime | None = None
    merged: int = 0
