import asyncio

import pytest

from bot.jobs.lately import MOST, Lately

UNKNOWN = -1


class Asked:
    def __init__(self) -> None:
        self.keys: list[int] = []

    async def __call__(self, key: int) -> int:
        self.keys.append(key)
        await asyncio.sleep(0)
        if key == UNKNOWN:
            raise LookupError("nobody knows it")
        return len(self.keys)


async def test_what_was_asked_a_moment_ago_is_not_asked_again() -> None:
    asked = Asked()
    lately = Lately(asked, 60)
    assert [await lately(1), await lately(2), await lately(1)] == [1, 2, 1]
    assert asked.keys == [1, 2]


async def test_after_its_time_it_is_asked_again() -> None:
    asked = Asked()
    lately = Lately(asked, 0.01)
    assert await lately(1) == 1
    await asyncio.sleep(0.02)
    assert await lately(1) == 2


async def test_without_any_time_it_is_asked_each_time() -> None:
    asked = Asked()
    lately = Lately(asked)
    assert [await lately(1), await lately(1)] == [1, 2]


async def test_it_does_not_remember_without_end() -> None:
    lately = Lately(Asked(), 60)
    for number in range(MOST * 2 + 1):
        await lately(number)
    assert len(lately._known) <= MOST


async def test_who_asks_at_the_same_time_waits_for_one_answer() -> None:
    asked = Asked()
    lately = Lately(asked, 60)
    assert await asyncio.gather(*map(lately, (1, 1, 2, 1))) == [2, 2, 2, 2]
    assert asked.keys == [1, 2]


async def test_where_asking_fails_all_who_wait_are_told_and_the_next_asks_again() -> None:
    asked = Asked()
    lately = Lately(asked, 60)
    found = await asyncio.gather(*map(lately, (UNKNOWN, UNKNOWN, UNKNOWN)), return_exceptions=True)
    assert [type(one) for one in found] == [LookupError] * 3
    assert asked.keys == [UNKNOWN]
    with pytest.raises(LookupError):
        await lately(UNKNOWN)


async def test_who_is_cancelled_while_asking_takes_nobody_along() -> None:
    asked = Asked()
    lately = Lately(asked, 60)
    first, second = asyncio.create_task(lately(1)), asyncio.create_task(lately(1))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 2
    assert first.cancelled()
    assert asked.keys == [1, 1]
