"""Punctuality: how soon people were told, counted from the deliveries themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.subscription import Platform

IN_TIME = timedelta(minutes=5)
GOAL = 0.999
"""So many messages within five minutes of the poll that saw their news, with no excuse but one."""
LIMITS_S = (1, 2, 5, 10, 30, 60, 120, 300)
"""Between these we count, in seconds; the same as those of `ingest_to_post_seconds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuality:
    """New messages on one platform. `soon` says how many were there after at most so many seconds, for LIMITS_S.

    `spoken_for` are those for which a newer one spoke; they are in no other count. `waiting` are those of more than
    five minutes ago that are not there yet.
    """

    platform: Platform
    told: int = 0
    given_up: int = 0
    waiting: int = 0
    spoken_for: int = 0
    soon: Mapping[int, int] = field(default_factory=dict)

    @property
    def promised(self) -> int:
        """Those whose five minutes count."""
        return self.told + self.given_up + self.waiting

    @property
    def share(self) -> float | None:
        """How many of the promised were there in time; None where nothing was promised."""
        return self.soon.get(LIMITS_S[-1], 0) / self.promised if self.promised else None

    def within(self, quantile: float) -> int | None:
        """The shortest of LIMITS_S within which that share of those that are there was; None where none is enough."""
        return next(
            (limit for limit in LIMITS_S if self.told and self.soon.get(limit, 0) >= quantile * self.told), None
        )
