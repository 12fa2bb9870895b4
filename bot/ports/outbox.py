"""The deliveries' half of the store: promised, claimed, sent or given up."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.subscription import Claim, Delivery, Platform, Receipt


class Outbox(Protocol):
    """The deliveries' half of the store. Every method may raise StoreAway."""

    async def promise(self, deliveries: Sequence[Delivery], now: datetime) -> int:
        """Store deliveries; those whose key exists are left alone. Return how many were new."""
        ...

    async def rooted(self, threads: Iterable[str]) -> frozenset[str]:
        """Those of these thread keys whose first message is promised or posted (given up does not count)."""
        ...

    async def claim_due(
        self, platform: Platform, now: datetime, lease: timedelta, limit: int, rest: timedelta = timedelta()
    ) -> Sequence[Claim]:
        """Lease a platform's due deliveries, committed before return: per thread key only the oldest unfinished one.

        A reply is not due before its thread has been silent for `rest`. A claim speaks for what waits behind it and
        would be old news at once.
        """
        ...

    async def next_due(self, platform: Platform) -> datetime | None:
        """When a platform's next unfinished delivery is due or its lease ends; None if there is none."""
        ...

    async def defer(self, claim: Claim, until: datetime) -> None:
        """It was not tried: it waits for its turn."""
        ...

    async def sent(self, claim: Claim, receipt: Receipt, now: datetime) -> bool:
        """It is there. The receipt of a post becomes the root of its thread key. False: another has the claim now."""
        ...

    async def failed(self, claim: Claim, error: str, *, again: datetime | None, unsettled: bool, now: datetime) -> None:
        """It did not go out (or, `unsettled`, perhaps did). `again` None gives it up for good."""
        ...

    async def echoed(self, delivery: int, receipt: Receipt, now: datetime) -> None:
        """The platform itself reports that it shows this delivery (Slack's metadata echo)."""
        ...

    async def delivery(self, number: int) -> Delivery | None:
        """What was promised under that number, if it is not forgotten."""
        ...

    async def echo(self, delivery: int) -> Receipt | None:
        """What the platform reported of this delivery."""
        ...

    async def is_echoed(self) -> bool:
        """Whether the platform reported any delivery at all, these last days."""
        ...
