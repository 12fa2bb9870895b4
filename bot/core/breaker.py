"""Whether a chat platform works: after a few failures in a row it is left alone but for a question now and then. Pure.

Only when it answers the question, one message may try. So an outage leaves no message behind of which nobody knows
whether it was posted, and on return each may say the latest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

OPENS_AFTER = 5
"""Failures in a row that say nothing of a channel: no answer, or none that tells how it ended."""
PROBE_EVERY = timedelta(seconds=12)
"""With what the connection to the platform tries by itself once a minute, that is one call in ten seconds."""


@dataclass(slots=True)
class Breaker:
    """One platform, as one process sees it. Open: nothing goes out but a question now and then."""

    failures: int = 0
    opened_at: datetime | None = None
    next_probe: datetime | None = None
    answers: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the platform is left alone now."""
        return self.next_probe is not None

    def asks(self, now: datetime) -> bool:
        """Whether to ask the platform now if it is there; then not again for a while."""
        if self.next_probe is None or now < self.next_probe:
            return False
        self.next_probe = now + PROBE_EVERY
        return True

    def answered(self) -> None:
        """It is there. That it takes messages too is for one message to find out."""
        self.answers = True

    def room(self, wanted: int) -> int:
        """How many may go now: all, one to try, or none."""
        if not self.is_open:
            return wanted
        return min(wanted, 1) if self.answers else 0

    def took(self) -> None:
        """Something goes out: while it is open, that is the one to try."""
        self.answers = False

    def worked(self) -> bool:
        """The platform answered, be it with a refusal. True if that closes it."""
        closes = self.is_open
        self.failures, self.opened_at, self.next_probe, self.answers = 0, None, None, False
        return closes

    def failed(self, now: datetime) -> bool:
        """No answer that tells anything. True if that opens it."""
        self.failures += 1
        if self.failures < OPENS_AFTER:
            return False
        opens = not self.is_open
        self.opened_at = self.opened_at or now
        self.next_probe = max(self.next_probe or now, now + PROBE_EVERY)
        return opens

    def shut(self, now: datetime, until: datetime) -> bool:
        """The platform told us to stay away altogether. True if that opens it."""
        opens = not self.is_open
        self.failures = OPENS_AFTER
        self.opened_at = self.opened_at or now
        self.next_probe = max(self.next_probe or until, until)
        return opens
