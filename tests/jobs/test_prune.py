from datetime import timedelta

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
