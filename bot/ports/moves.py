"""Who switched, who is blocked, who is back; and whether a thread was told that people can go back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.move import Move
from bot.domain.subscription import Delivery, Target


class Moves(Protocol):
    """The moves' part of the store. Every method may raise StoreAway."""

    async def newest(self, number: int) -> Delivery | None:
        """The newest delivery of the thread that the delivery of that number belongs to; None if it is forgotten."""
        ...

    async def newest_in(self, target: Target) -> Sequence[Delivery]:
        """The newest delivery of each thread that was told lately in a channel, the newest thread first."""
        ...

    async def move(self, told: Delivery, move: Move, now: datetime) -> bool:
        """Remember the last word of a person, and promise an edit of the thread's first message with it.

        `told` is the newest delivery of the thread. False, and no edit, where the person said just that before.
        """
        ...

    async def moves(self, thread: str) -> Sequence[Move]:
        """The last word of each person, the first to speak first."""
        ...

    async def cleared(self, threads: Iterable[str]) -> frozenset[str]:
        """Those of these that were told that people can go back."""
        ...

    async def clear(self, threads: Iterable[str], now: datetime) -> None:
        """These were told."""
        ...

    async def unclear(self, threads: Iterable[str]) -> None:
        """It fails there again: what was told no longer holds."""
        ...
