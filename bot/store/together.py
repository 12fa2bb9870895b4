"""Many small writes as one transaction: whoever comes while one is under way goes with the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import StoreAway

T = TypeVar("T")
R = TypeVar("R")
Write = Callable[[AsyncConnection, Sequence[T]], Awaitable[Sequence[R]]]
"""Writes all of these, and answers for each."""

MOST = 100
"""In one transaction: with more of them it would hold up the other writers for long."""


@dataclass(eq=False, slots=True)
class _One:
    write: Write[Any, Any]
    item: object
    answer: list[Any] = field(default_factory=list)
    error: Exception | None = None

    @property
    def waits(self) -> bool:
        return not self.answer and self.error is None


class Together:
    """Hands each `write` the items that wait for it, oldest first, all within one transaction.

    Beginning and ending a transaction costs several times what is written in it, and SQLite lets one write at a time.
    The first of those who wait writes for all, so nothing runs where nobody waits, and a cancel stops one caller only.
    """

    def __init__(
        self, transaction: Callable[[], AbstractAsyncContextManager[AsyncConnection]], most: int = MOST
    ) -> None:
        self._transaction = transaction
        self._most = most
        self._turn = asyncio.Lock()
        self._waiting: list[_One] = []

    async def __call__(self, write: Write[T, R], item: T) -> R:
        """What `write` answers for this item, committed. Raise what it raises, StoreAway."""
        mine = _One(write, item)
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
        answer: R = mine.answer[0]
        return answer

    async def _lead(self) -> None:
        """Write for all; where who does that is cancelled, the others do it without them."""
        group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            await self._settle(group)
        finally:
            self._waiting = [one for one in group if one.waits] + self._waiting

    async def _settle(self, group: Sequence[_One]) -> None:
        try:
            answers = await self._written(group)
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
            for one, answer in answers:
                one.answer.append(answer)

    async def _written(self, group: Sequence[_One]) -> list[tuple[_One, Any]]:
        kinds: dict[Write[Any, Any], list[_One]] = {}
        for one in group:
            kinds.setdefault(one.write, []).append(one)
        answers: list[tuple[_One, Any]] = []
        async with self._transaction() as connection:
            for write, some in kinds.items():
                answers += zip(some, await write(connection, [one.item for one in some]), strict=True)
        return answers
