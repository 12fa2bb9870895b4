import asyncio

from bot.jobs.lately import MOST, Lately


class Asked:
    def __init__(self) -> None:
        self.keys: list[int] = []

    async def __call__(self, key: int) -> int:
        self.keys.append(key)
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
