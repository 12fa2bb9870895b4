"""What the store says of the pipeline itself."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.vitals import Sent, Vitals


class VitalSigns(Protocol):
    """The watcher's part of the store. Every method may raise StoreAway."""

    async def vitals(self) -> Vitals:
        """How the loops, the feeds and the deliveries are, whichever process they are in."""
        ...

    async def beat(self, name: str, now: datetime) -> None:
        """This turns, or this is well, at this moment."""
        ...

    async def fates(self, keys: Iterable[str]) -> Mapping[str, Sent]:
        """What became of the deliveries with these keys; those that were never promised are left out."""
        ...

    async def withdraw(self, feed: str, reason: str, now: datetime) -> int:
        """Nothing more is delivered of this feed: it is not read any more. Return how many were withdrawn."""
        ...
