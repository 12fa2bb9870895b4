"""The platforms' published limits, enforced. Pure: `now` is an argument, in seconds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

ON_THE_WAY_S = 0.1


class Meter(Protocol):
    """Something that runs out and fills up again."""

    shut_until: float
    known_at: float

    def wait(self, now: float) -> float:
        """Zero if a call may be made now, else the seconds until one may."""
        ...

    def spend(self, now: float) -> None:
        """A call was made."""
        ...


@dataclass(slots=True)
class Bucket:
    """Fills with `rate` a second, up to `burst`. https://docs.slack.dev/apis/web-api/rate-limits"""

    rate: float
    burst: float
    left: float = -1
    at: float = 0
    shut_until: float = 0
    known_at: float = 0

    def wait(self, now: float) -> float:
        full = self.burst if self.left < 0 else min(self.burst, self.left + (now - self.at) * self.rate)
        self.left, self.at = full, now
        return 0 if full >= 1 else (1 - full) / self.rate

    def spend(self, now: float) -> None:
        self.left -= 1


@dataclass(slots=True)
class Window:
    """So many in so many seconds, counted from the first. https://docs.discord.com/developers/topics/rate-limits"""

    most: int
    seconds: float
    left: int = 0
    ends: float = 0
    shut_until: float = 0
    known_at: float = 0

    def wait(self, now: float) -> float:
        if now >= self.ends:
            self.left, self.ends = self.most, now + self.seconds
        return 0 if self.left else self.ends - now

    def spend(self, now: float) -> None:
        self.left -= 1


@dataclass(slots=True)
class Limits:
    """`early` counts calls that came before the Retry-After of an earlier refusal had passed.

    Those that were on their way when it was given are not counted: nobody could call them back. `caprice` says now and
    then for how many seconds the first scope of a call is shut though nothing was spent: other senders may use it too.
    """

    grain: float
    caprice: Callable[[], float] = float
    calls: int = 0
    refused: int = 0
    early: int = 0
    _meters: dict[str, Meter] = field(default_factory=dict)

    def ask(self, scopes: Sequence[tuple[str, Callable[[], Meter]]], now: float) -> float:
        """Zero: go ahead. Else the Retry-After, a multiple of the grain, and nothing is spent."""
        self.calls += 1
        meters = [self._meters.get(name) or self._meters.setdefault(name, make()) for name, make in scopes]
        self.early += any(meter.known_at <= now < meter.shut_until for meter in meters)
        waits = [max(meter.wait(now), meter.shut_until - now, 0) for meter in meters]
        waits[0] = max(waits[0], self.caprice())
        if not any(waits):
            for meter in meters:
                meter.spend(now)
            return 0
        self.refused += 1
        rounded = [math.ceil(wait / self.grain) * self.grain for wait in waits]
        for meter, wait in zip(meters, rounded, strict=True):
            if wait and now >= meter.shut_until:
                meter.known_at = now + ON_THE_WAY_S
            # The client cannot know to the millisecond when our answer was written.
            meter.shut_until = max(meter.shut_until, now + wait - 0.001) if wait else meter.shut_until
        return max(rounded)

    def meter(self, name: str) -> Meter | None:
        return self._meters.get(name)

    @property
    def line(self) -> str:
        share = self.refused / self.calls * 100 if self.calls else 0
        return f"{self.calls} calls, {self.refused} answered 429 ({share:.2f} %), {self.early} before Retry-After"
