import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.domain.errors import SettingsError, StoreAway
from bot.jobs.keep import Pace, keep, somebody
from bot.jobs.loop import end
from bot.store.store import SqlStore
from tests.fakes import FakeClock

QUICK = Pace(
    lease=timedelta(seconds=0.4),
    renewal=timedelta(seconds=0.02),
    look=timedelta(seconds=0.02),
    margin=timedelta(seconds=0.1),
)


@dataclass
class Work:
    """What only one may do; knows how many do it."""

    running: int = 0
    begun: int = 0
    ends: Iterator[Exception | None] = field(default_factory=lambda: iter(()))

    async def run(self) -> None:
        self.begun += 1
        self.running += 1
        try:
            for ending in self.ends:
                if ending is None:
                    return
                raise ending
            await asyncio.Event().wait()
        finally:
            self.running -= 1

    async def until(self, running: int, within: float = 1) -> None:
        async with asyncio.timeout(within):
            while self.running != running:  # noqa: ASYNC110 - two tasks of two "processes"
                await asyncio.sleep(0.005)


@dataclass
class Away:
    """A database that can go away, or answer no more."""

    store: SqlStore
    down: bool = False
    hangs: bool = False
    asked: int = 0

    async def hold(self, name: str, owner: str, now: datetime, lease: timedelta) -> int | None:
        self.asked += 1
        await self._answers()
        return await self.store.hold(name, owner, now, lease)

    async def let_go(self, name: str, owner: str, now: datetime) -> None:
        await self._answers()
        await self.store.let_go(name, owner, now)

    async def _answers(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.down:
            raise StoreAway("gone")


@pytest.fixture
def away(memory: SqlStore) -> Away:
    return Away(memory)


@asynccontextmanager
async def process(away: Away, owner: str, work: Work, clock: FakeClock) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(keep(away, "gateway", owner, clock, work.run, pace=QUICK))
    try:
        yield task
    finally:
        await end([task])


async def test_of_two_processes_one_does_it_and_the_other_when_that_stops(away: Away) -> None:
    work, clock = Work(), FakeClock()
    async with process(away, "b", work, clock) as first:
        await work.until(1)
        async with process(away, "a", work, clock):
            await asyncio.sleep(0.1)
            assert work.begun == 1
            await end([first])
            await work.until(1, within=0.2)
            assert work.begun == 2


async def test_another_takes_over_from_one_that_died_when_its_time_is_over(away: Away) -> None:
    work, clock = Work(), FakeClock()
    await away.hold("gateway", "dead", clock.now(), QUICK.lease)
    async with process(away, "a", work, clock):
        await asyncio.sleep(0.1)
        assert work.begun == 0
        clock.tick(seconds=0.4)
        await work.until(1)


async def test_one_that_was_stopped_for_a_while_and_lost_it_ends_the_work(away: Away) -> None:
    work, clock = Work(), FakeClock()
    async with process(away, "a", work, clock):
        await work.until(1)
        clock.tick(seconds=1)
        assert await away.store.hold("gateway", "b", clock.now(), timedelta(minutes=1))
        await work.until(0)
        clock.tick(minutes=2)
        await work.until(1)


@pytest.mark.parametrize("how", ["down", "hangs"])
async def test_while_the_database_is_away_the_work_goes_on_for_its_lease_and_no_longer(away: Away, how: str) -> None:
    work, clock = Work(), FakeClock()
    async with process(away, "a", work, clock):
        await work.until(1)
        setattr(away, how, True)
        await asyncio.sleep(0.1)
        assert work.running == 1
        await work.until(0, within=0.35)
        away.down = away.hangs = False
        if how == "down":
            await work.until(1)


async def test_what_endures_goes_on_while_the_database_is_away_and_ends_when_another_has_it(away: Away) -> None:
    work, clock = Work(), FakeClock()
    lasting = replace(QUICK, endures=True)
    task = asyncio.create_task(keep(away, "gateway", "a", clock, work.run, pace=lasting))
    await work.until(1)
    away.down = True
    await asyncio.sleep(2 * QUICK.lease.total_seconds())
    assert work.running == 1
    clock.tick(seconds=1)
    assert await away.store.hold("gateway", "b", clock.now(), timedelta(minutes=1))
    away.down = False
    await work.until(0)
    await end([task])


async def test_a_short_absence_of_the_database_interrupts_nothing(away: Away) -> None:
    work, clock = Work(), FakeClock()
    async with process(away, "a", work, clock):
        await work.until(1)
        for _ in range(2):
            away.down = True
            await asyncio.sleep(0.08)
            away.down = False
            await asyncio.sleep(0.08)
    assert work.begun == 1


async def test_what_the_work_raises_is_raised_and_the_lease_is_free(away: Away) -> None:
    work, clock = Work(ends=iter([SettingsError("mend it")])), FakeClock()
    with pytest.raises(SettingsError):
        await keep(away, "gateway", "a", clock, work.run, pace=QUICK)
    assert await away.hold("gateway", "b", clock.now(), QUICK.lease)


async def test_work_that_ends_by_itself_is_done(away: Away) -> None:
    work, clock = Work(ends=iter([None])), FakeClock()
    await keep(away, "gateway", "a", clock, work.run, pace=QUICK)
    assert await away.hold("gateway", "b", clock.now(), QUICK.lease)


async def test_work_that_misses_the_database_is_begun_again(away: Away) -> None:
    work, clock = Work(ends=iter([StoreAway("gone"), StoreAway("gone")])), FakeClock()
    async with process(away, "a", work, clock):
        await work.until(1)
    assert work.begun == 3


@pytest.mark.parametrize("how", ["down", "hangs"])
async def test_stopping_is_quick_though_the_database_is_away(
    away: Away, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.keep._GOODBYE_S", 0.05)
    work, clock = Work(), FakeClock()
    async with process(away, "a", work, clock) as task:
        await work.until(1)
        setattr(away, how, True)
        task.cancel()
        await work.until(0, within=0.02)
        await asyncio.wait({task}, timeout=0.2)
        assert task.cancelled()


async def test_one_that_stops_while_it_asks_for_the_lease_keeps_nothing(away: Away) -> None:
    clock, asked = FakeClock(), asyncio.Event()

    class Late(Away):
        async def hold(self, name: str, owner: str, now: datetime, lease: timedelta) -> int | None:
            await super().hold(name, owner, now, lease)
            asked.set()
            await asyncio.Event().wait()
            return None

    async with process(Late(away.store), "a", Work(), clock):
        await asyncio.wait_for(asked.wait(), 1)
        assert not await away.hold("gateway", "b", clock.now(), QUICK.lease)
    assert await away.hold("gateway", "b", clock.now(), QUICK.lease)


def test_no_two_processes_have_the_same_name() -> None:
    assert len({somebody() for _ in range(100)}) == 100
