"""Whether a chat platform works: after a few failures in a row it is left alone but for one try now and then. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

OPENS_AFTER = 5
"""Failures in a row that say nothing of a channel: no answer, or none that tells how it ended."""
PROBE_EVERY = timedelta(seconds=10)


@dataclass(slots=True)
class Breaker:
    """One platform, as one process sees it. Open: nothing goes out but a probe every ten seconds."""

    failures: int = 0
    opened_at: datetime | None = None
    next_probe: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the platform is left alone now."""
        return self.next_probe is not None

    def room(self, now: datetime, wanted: int) -> int:
        """How many may go now: all, one to try, or none."""
        if self.next_probe is None:
            return wanted
        return min(wanted, 1) if now >= self.next_probe else 0

    def probing(self, now: datetime) -> None:
        """Something goes out: while it is open, that is the probe, and no other goes for a while."""
        if self.next_probe is not None:
            self.next_probe = now + PROBE_EVERY

    def worked(self) -> bool:
        """The platform answered, be it with a refusal. True if that closes it."""
        closes = self.is_open
        self.failures, self.opened_at, self.next_probe = 0, None, None
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
