"""What is counted and timed, by name, and what the database counts for us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.punctuality import Punctuality


class Count(StrEnum):
    """Things that happen. The labels of each, and their values, stand in bot/web/metrics.py."""

    FEED_FETCH = "feed_fetch_total"
    DELIVERIES = "deliveries_total"
    AMBIGUOUS = "ambiguous_total"
    DUPLICATES_SUPPRESSED = "duplicates_suppressed_total"
    HTTP_429 = "http_429_total"
    WEBHOOKS = "webhooks_total"
    WEBHOOKS_SILENT = "webhooks_silent_total"


class Span(StrEnum):
    """Times in seconds, of which we want the distribution."""

    INGEST_TO_POST = "ingest_to_post_seconds"
    ECHO_DELAY = "echo_delay_seconds"


class Level(StrEnum):
    """How much there is of something now."""

    LOOP_LAG = "loop_lag_seconds"
    BREAKER = "breaker_state"
    DISCORD_INVALID = "discord_invalid_requests_10m"
    DISCORD_IDENTIFY = "discord_identify_24h"


class Meter(Protocol):
    """Counts and times. Never raises, never waits, and never sees a name, a channel, a workspace or an address."""

    def count(self, what: Count, **labels: str) -> None:
        """It happened once more."""
        ...

    def observe(self, what: Span, seconds: float, **labels: str) -> None:
        """It took so long."""
        ...

    def level(self, what: Level, value: float, **labels: str) -> None:
        """It is so much now."""
        ...


class Silent:
    """Nobody reads the numbers."""

    def count(self, what: Count, **labels: str) -> None:
        """Nothing."""

    def observe(self, what: Span, seconds: float, **labels: str) -> None:
        """Nothing."""

    def level(self, what: Level, value: float, **labels: str) -> None:
        """Nothing."""


AGES_S = (30, 60, 120, 300, 600, 1800, 3600, 21600)
"""The limits between which the feeds' ages are counted, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What only the database knows, in seconds and rows.

    `rows` are unfinished deliveries by state and `oldest_s` is the age of the oldest of them. `ages` says how many
    feeds were read at most so many seconds ago, for each of AGES_S, out of `feeds`; `late_s` is by how much the poll
    that is longest overdue is.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    oldest_s: float = 0.0
    ages: tuple[int, ...] = ()
    feeds: int = 0
    late_s: float = 0.0


class Counting(Protocol):
    """The store's part that counts. May raise StoreAway."""

    async def figures(self, now: datetime) -> Figures:
        """Two cheap queries; neither reads finished deliveries."""
        ...

    async def punctuality(self, since: datetime, now: datetime) -> Sequence[Punctuality]:
        """How soon was told what was promised since then, by platform. It reads all of that time, so ask seldom."""
        ...
