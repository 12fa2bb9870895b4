"""What cards recommend: a part of the store."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.advice import Advised


class AdviceGiven(Protocol):
    """What the cards of open incidents recommend now. Every method may raise StoreAway."""

    async def advised(self, threads: Iterable[str]) -> Mapping[str, Advised]:
        """What is remembered of these threads, by thread key."""
        ...

    async def posted(self, threads: Iterable[str]) -> frozenset[str]:
        """Those of these threads whose first message is there."""
        ...

    async def advised_services(self) -> frozenset[str]:
        """The services on which the advice of open incidents depends."""
        ...

    async def put_advised(self, rows: Mapping[str, Advised], now: datetime) -> None:
        """Remember what these cards recommend."""
        ...

    async def note_advised(self, thread: str, one: Advised, now: datetime) -> None:
        """Remember what a new card recommends, unless that is known already."""
        ...

    async def keep_advised(self, threads: Iterable[str], now: datetime) -> None:
        """Watch no others than these, and forget what is long over."""
        ...
