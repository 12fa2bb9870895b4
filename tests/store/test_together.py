import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.domain.errors import StoreAway
from bot.store.together import Together

AWAY, BAD = 98, 13


class Written:
    """What a database would be told. It takes its time, so that others come meanwhile."""

    def __init__(self, most: int = 100) -> None:
        self.groups: list[list[int]] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.together = Together(self.transaction, most)

    async def __call__(self, item: int) -> str:
        return await self.together(self.even if item % 2 == 0 else self.odd, item)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        written: list[int] = []
        self.groups.append(written)
        yield written
        await asyncio.sleep(0)
        await self.goes_on.wait()

    async def even(self, connection: Any, many: Sequence[int]) -> Sequence[str]:
        connection += many
        if AWAY in many:
            raise StoreAway("away")
        return [f"even {one}" for one in many]

    async def odd(self, connection: Any, many: Sequence[int]) -> Sequence[str]:
        connection += many
        if BAD in many:
            raise LookupError("nobody knows it")
        return [f"odd {one}" for one in many]


def answers(*items: int) -> list[str]:
    return [f"{'odd' if one % 2 else 'even'} {one}" for one in items]


async def waiting(count: int = 3) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_one_alone_is_written_at_once() -> None:
    written = Written()
    assert await written(1) == "odd 1"
    assert written.groups == [[1]]


async def test_who_comes_while_one_is_under_way_goes_with_the_next_whatever_they_write() -> None:
    written = Written()
    assert await asyncio.gather(*map(written, range(6))) == answers(*range(6))
    assert written.groups == [[0], [1, 3, 5, 2, 4]]


async def test_a_group_is_not_larger_than_allowed() -> None:
    written = Written(most=2)
    assert await asyncio.gather(*map(written, range(6))) == answers(*range(6))
    assert written.groups == [[0], [1, 2], [3, 4], [5]]


async def test_one_that_cannot_be_written_fails_alone() -> None:
    written = Written()
    found = await asyncio.gather(*map(written, (1, 2, BAD, 5)), return_exceptions=True)
    assert [one for one in found if isinstance(one, str)] == answers(1, 2, 5)
    assert isinstance(found[2], LookupError)


async def test_where_the_database_is_away_all_are_told_at_once() -> None:
    written = Written()
    found = await asyncio.gather(*map(written, (1, AWAY, 3, 4)), return_exceptions=True)
    assert [type(one) for one in found] == [str, StoreAway, StoreAway, StoreAway]
    assert len(written.groups) == 2
    assert await written(5) == "odd 5"


@pytest.mark.parametrize("who", [0, 1, 2])
async def test_who_is_cancelled_takes_nobody_along(who: int) -> None:
    written = Written()
    written.goes_on.clear()
    callers = [asyncio.create_task(written(number)) for number in range(3)]
    await waiting()
    callers[who].cancel()
    await waiting()
    written.goes_on.set()
    found = await asyncio.gather(*callers, return_exceptions=True)
    assert [isinstance(one, asyncio.CancelledError) for one in found] == [number == who for number in range(3)]
    assert [one for one in found if isinstance(one, str)] == answers(*(n for n in range(3) if n != who))
    assert await written(7) == "odd 7"
    assert written.groups[-1] == [7]


async def test_all_may_be_cancelled_and_nothing_is_left_behind() -> None:
    written = Written()
    written.goes_on.clear()
    callers = [asyncio.create_task(written(number)) for number in range(4)]
    await waiting()
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    written.goes_on.set()
    assert await written(8) == "even 8"
    assert written.groups[-1] == [8]
