from datetime import timedelta

import pytest

from bot.jobs import prune
from bot.jobs.prune import KEPT, LEASE, Pruning
from bot.store.store import SqlStore
from tests.fakes import NOON, FakeClock
from tests.store.made import claim_all, delivery


async def test_one_of_all_processes_forgets_what_is_long_over(memory: SqlStore) -> None:
    clock = FakeClock()
    await memory.promise([delivery("a")], NOON)
    (claim,) = await claim_all(memory, NOON, timedelta(minutes=1), 1)
    await memory.failed(claim, "gone", again=None, unsettled=False, now=NOON)
    first, second = (Pruning(store=memory, clock=clock, owner=name) for name in ("a", "b"))
    assert await first.look(1) == ()
    assert len(await memory.given_up(9)) == 1
    clock.time = NOON + KEPT + LEASE * 2
    assert await memory.hold("prune", "a", clock.now(), LEASE)
    await second.look(1)
    assert len(await memory.given_up(9)) == 1
    await first.look(1)
    assert await memory.given_up(9) == []


async def test_what_is_more_than_one_statement_takes_is_forgotten_at_once(
    memory: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day of ten thousand channels has more rows than every ten minutes a statement's worth."""
    monkeypatch.setattr(prune, "MOST_AT_ONCE", 2)
    clock = FakeClock()
    await memory.promise([delivery(str(number), about=f"i{number}") for number in range(5)], NOON)
    for claim in await claim_all(memory, NOON, timedelta(minutes=1), 9):
        await memory.failed(claim, "gone", again=None, unsettled=False, now=NOON)
    clock.time = NOON + KEPT + timedelta(seconds=1)
    pruning = Pruning(store=memory, clock=clock, owner="a")
    assert [len(await pruning.look(1)) for _ in range(3)] == [1, 1, 0]
    assert await memory.given_up(9) == []
