"""Many small writes as one transaction: whoever comes while one is under way goes with the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.domain.errors import StoreAway

T = TypeVar("T")
R = TypeVar("R")

MOST = 100
"""In one transaction: with more of them it would hold up the other writers for long."""


@dataclass(eq=False, slots=True)
class _One(Generic[T, R]):
    item: T
    done: list[R]
    error: Exception | None = None

    @property
    def waits(self) -> bool:
        return not self.done and self.error is None


class Together(Generic[T, R]):
    """Hands `write` all items that wait, oldest first; it answers for each, and all are committed by then.

    Beginning and ending a transaction costs several times what is written in it, and SQLite lets one write at a time.
    The first of those who wait writes for all, so nothing runs where nobody waits, and a cancel stops one caller only.
    """

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[Sequence[R]]], most: int = MOST) -> None:
        self._write = write
        self._most = most
        self._turn = asyncio.Lock()
        self._waiting: list[_One[T, R]] = []

    async def __call__(self, item: T) -> R:
        """What `write` answers for this item. Raise what it raises."""
        mine: _One[T, R] = _One(item, [])
        self._waiting.append(mine)
        try:
            async with self._turn:
                if mine.waits:
                    await self._lead()
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)
        if mine.error:
            raise mine.error
        return mine.done[0]

    async def _lead(self) -> None:
        """Write for all; where who does that is cancelled, the others do it without them."""
        group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            await self._settle(group)
        finally:
            self._waiting = [one for one in group if one.waits] + self._waiting

    async def _settle(self, group: Sequence[_One[T, R]]) -> None:
        try:
            answers = await self._write([one.item for one in group])
        except StoreAway as error:
            for one in group:
                one.error = error
        except Exception as error:  # noqa: BLE001 - raised again, to whoever asked
            if len(group) > 1:
                for one in group:  # one of them is at fault, and the others are not to suffer from it
                    await self._settle([one])
            else:
                group[0].error = error
        else:
            for one, answer in zip(group, answers, strict=True):
                one.done.append(answer)
