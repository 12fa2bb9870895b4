import asyncio
from collections.abc import Sequence

import pytest

from bot.domain.errors import SettingsError, StoreAway
from bot.jobs import loop
from bot.jobs.loop import Bell, Pump, end, in_time, supervise


def pump(bell: Bell, most: int = 2, grace: float = 0.2) -> Pump:
    return Pump(name="test", bell=bell, most=most, pause=0.01, grace=grace)


class Queue:
    """Items to hand out; stops the bell when all of them are done."""

    def __init__(self, bell: Bell, *items: str) -> None:
        self.bell, self.items, self.done, self.rooms = bell, list(items), list[str](), list[int]()
        self.running = self.most = 0

    async def take(self, room: int) -> Sequence[str]:
        self.rooms.append(room)
        taken, self.items = self.items[:room], self.items[room:]
        return taken

    async def work(self, item: str) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        self.done.append(item)
        if not self.items and not self.running:
            self.bell.stop()
        if item == "poison":
            raise ValueError(item)
        if item == "away":
            raise StoreAway(item)


async def test_it_works_on_all_items_and_no_more_than_allowed_at_once() -> None:
    bell = Bell()
    queue = Queue(bell, *"abcdefg")
    await pump(bell).run(queue.take, queue.work)
    assert (sorted(queue.done), queue.most) == (list("abcdefg"), 2)
    assert all(0 < room <= 2 for room in queue.rooms)


async def test_a_poisoned_item_does_not_stop_the_loop() -> None:
    bell = Bell()
    queue = Queue(bell, "poison", "away", "good")
    await pump(bell, most=1).run(queue.take, queue.work)
    assert queue.done == ["poison", "away", "good"]


@pytest.mark.parametrize(
    "wrong", [[StoreAway("gone"), StoreAway("gone")], [ValueError("what is stored is no Change"), KeyError("a")]]
)
async def test_it_goes_on_when_something_can_be_taken_again(
    wrong: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database comes back, or what cannot be read is gone."""
    monkeypatch.setattr(loop, "STORE_AWAY_S", 0.01)
    bell, left = Bell(), list(wrong)
    queue = Queue(bell, "a")

    async def take(room: int) -> Sequence[str]:
        if left:
            raise left.pop()
        return await queue.take(room)

    await pump(bell).run(take, queue.work)
    assert queue.done == ["a"]


async def test_a_stop_lets_what_is_under_way_finish() -> None:
    bell, done = Bell(), list[str]()

    async def take(room: int) -> Sequence[str]:
        return ["slow"]

    async def work(item: str) -> None:
        bell.stop()
        await asyncio.sleep(0.05)
        done.append(item)

    await pump(bell, most=1).run(take, work)
    assert done == ["slow"]


async def test_a_stop_does_not_wait_for_ever() -> None:
    bell, ended = Bell(), list[str]()

    async def take(room: int) -> Sequence[str]:
        return ["stuck"]

    async def work(item: str) -> None:
        bell.stop()
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(item)

    await pump(bell, most=2, grace=0.02).run(take, work)
    assert ended


async def test_a_bell_wakes_who_waits_and_then_is_quiet() -> None:
    bell = Bell()
    bell.ring()
    async with asyncio.timeout(1):
        await bell.wait(60)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await bell.wait(60)
    await bell.wait(0.001)
    bell.stop()
    async with asyncio.timeout(1):
        await bell.wait(60)
        await bell.wait(60)


async def test_what_fails_or_ends_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "RESTART_FIRST_S", 0.001)
    runs: list[str] = []

    async def run() -> None:
        runs.append("run")
        if len(runs) == 1:
            raise RuntimeError("a first failure")
        if len(runs) == 3:
            raise SettingsError("SLACK_BOT_TOKEN: copy it again")

    await supervise("test", run, luck=lambda: 0.0)
    assert len(runs) == 3


async def test_what_was_well_for_long_starts_again_without_a_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "RESTART_FIRST_S", 0.001)
    monkeypatch.setattr(loop, "HEALTHY_AFTER_S", -1.0)
    runs: list[str] = []

    async def run() -> None:
        runs.append("run")
        if len(runs) > 12:
            raise SettingsError("enough")

    async with asyncio.timeout(1):
        await supervise("test", run, luck=lambda: 1.0)
    assert len(runs) == 13


async def test_a_task_that_loses_its_first_cancel_is_cancelled_again() -> None:
    lost: list[str] = []

    async def deaf_once() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            lost.append("one")
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf_once())
    await asyncio.sleep(0)
    await end([task], patience=0.01)
    await asyncio.sleep(0)
    assert (lost, task.cancelled()) == (["one"], True)


async def test_a_task_that_never_listens_is_left_behind() -> None:
    async def deaf() -> None:
        for _ in range(3):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                continue

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await end([task], patience=0.01)
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])


async def test_it_is_started_again_after_a_day_of_failures_too(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    async def fails() -> None:
        nonlocal tries
        tries += 1
        if tries > 1500:
            raise SettingsError("enough")
        raise ConnectionError

    async def at_once(_seconds: float) -> None:
        return None

    monkeypatch.setattr(asyncio, "sleep", at_once)
    await supervise("test", fails, luck=lambda: 1.0)
    assert tries == 1501


async def test_a_bell_rings_and_stops_in_every_room() -> None:
    rooms = [Bell(), Bell()]
    bell = Bell(rooms=rooms)
    bell.ring()
    async with asyncio.timeout(1):
        for room in rooms:
            await room.wait(60)
    bell.stop()
    assert all(room.stopping.is_set() for room in rooms)


async def test_what_cleans_up_after_a_cancel_learns_that_it_took_too_long() -> None:
    told: list[bool] = []
    started, forgotten = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            forgotten.set()

    async def busy() -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            told.append(await in_time(endless(), 0.01))

    task = asyncio.create_task(busy())
    await started.wait()
    task.cancel()
    await asyncio.wait([task])
    assert told == [False]
    assert forgotten.is_set()


async def test_what_is_done_in_time_is_done_and_what_it_raises_is_raised() -> None:
    async def fails() -> None:
        raise ValueError("broken")

    assert await in_time(asyncio.sleep(0), 5)
    with pytest.raises(ValueError, match="broken"):
        await in_time(fails(), 5)
