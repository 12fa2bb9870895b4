"""allowance: how often somebody may do something. Kept in memory: every process counts for itself."""

from collections import deque
from datetime import datetime, timedelta

MOST_KNOWN = 10_000
"""Of so many at most it is remembered when they came; whoever came first is forgotten first."""


class Allowance:
    """`most` times in any `window`, for each name."""

    def __init__(self, most: int, window: timedelta) -> None:
        self._most = most
        self._window = window
        self._used: dict[str, deque[datetime]] = {}

    def wait(self, name: str, now: datetime) -> timedelta:
        """Zero where that name may go on, and then it counts; else how long until it may. What is refused is free."""
        used = self._used.pop(name, None) or deque(maxlen=self._most)
        self._used[name] = used  # at the end: it came last
        if len(self._used) > MOST_KNOWN:
            del self._used[next(iter(self._used))]
        left = used[0] + self._window - now if len(used) == self._most else timedelta(0)
        if timedelta(0) < left <= self._window:  # longer than that: the clock was set back
            return left
        used.append(now)
        return timedelta(0)
