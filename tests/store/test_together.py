import asyncio
from collections.abc import Sequence

import pytest

from bot.domain.errors import StoreAway
from bot.store.together import Together


class Written:
    """What a database would be told. It takes its time, so that others come meanwhile."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def __call__(self, many: Sequence[int]) -> Sequence[str]:
        self.groups.append(list(many))
        await asyncio.sleep(0)
        await self.goes_on.wait()
        if 13 in many:
            raise LookupError("nobody knows 13")
        if 99 in many:
            raise StoreAway("away")
        return [f"#{one}" for one in many]


async def waiting(count: int = 3) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_one_alone_is_written_at_once() -> None:
    written = Written()
    assert await Together(written)(1) == "#1"
    assert written.groups == [[1]]


async def test_who_comes_while_one_is_under_way_goes_with_the_next() -> None:
    written = Written()
    together = Together(written)
    assert await asyncio.gather(*map(together, range(5))) == ["#0", "#1", "#2", "#3", "#4"]
    assert written.groups == [[0], [1, 2, 3, 4]]


async def test_a_group_is_not_larger_than_allowed() -> None:
    written = Written()
    together = Together(written, most=2)
    assert await asyncio.gather(*map(together, range(6))) == [f"#{one}" for one in range(6)]
    assert written.groups == [[0], [1, 2], [3, 4], [5]]


async def test_one_that_cannot_be_written_fails_alone() -> None:
    written = Written()
    together = Together(written)
    found = await asyncio.gather(*map(together, (1, 2, 13, 4)), return_exceptions=True)
    assert [type(one) for one in found] == [str, str, LookupError, str]
    assert [one for one in found if isinstance(one, str)] == ["#1", "#2", "#4"]


async def test_where_the_database_is_away_all_are_told_at_once() -> None:
    written = Written()
    together = Together(written)
    found = await asyncio.gather(*map(together, (1, 99, 3, 4)), return_exceptions=True)
    assert [type(one) for one in found] == [str, StoreAway, StoreAway, StoreAway]
    assert written.groups == [[1], [99, 3, 4]]
    assert await together(5) == "#5"


@pytest.mark.parametrize("who", [0, 1, 2])
async def test_who_is_cancelled_takes_nobody_along(who: int) -> None:
    written = Written()
    written.goes_on.clear()
    together = Together(written)
    callers = [asyncio.create_task(together(number)) for number in range(3)]
    await waiting()
    callers[who].cancel()
    await waiting()
    written.goes_on.set()
    found = await asyncio.gather(*callers, return_exceptions=True)
    assert [isinstance(one, asyncio.CancelledError) for one in found] == [number == who for number in range(3)]
    assert [one for one in found if isinstance(one, str)] == [f"#{number}" for number in range(3) if number != who]
    assert await together(7) == "#7"
    assert written.groups[-1] == [7]


async def test_all_may_be_cancelled_and_nothing_is_left_behind() -> None:
    written = Written()
    written.goes_on.clear()
    together = Together(written)
    callers = [asyncio.create_task(together(number)) for number in range(4)]
    await waiting()
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    written.goes_on.set()
    assert await together(8) == "#8"
    assert written.groups[-1] == [8]
