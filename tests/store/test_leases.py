from datetime import timedelta

from bot.store.store import SqlStore
from tests.store.made import MINUTE, NOON


async def test_one_holds_it_and_keeps_it(store: SqlStore, other: SqlStore) -> None:
    assert await store.hold("gateway", "a", NOON, MINUTE) == 1
    assert await other.hold("gateway", "b", NOON, MINUTE) is None
    assert await store.hold("gateway", "a", NOON + timedelta(seconds=59), MINUTE) == 1
    assert await other.hold("gateway", "b", NOON + MINUTE, MINUTE) is None


async def test_another_has_it_when_its_time_is_over_under_a_new_number(store: SqlStore, other: SqlStore) -> None:
    await store.hold("gateway", "a", NOON, MINUTE)
    assert await other.hold("gateway", "b", NOON + MINUTE, MINUTE) == 2
    assert await store.hold("gateway", "a", NOON + MINUTE, MINUTE) is None


async def test_what_is_let_go_is_free_at_once(store: SqlStore, other: SqlStore) -> None:
    await store.hold("gateway", "a", NOON, MINUTE)
    await other.let_go("gateway", "b", NOON)
    assert await other.hold("gateway", "b", NOON, MINUTE) is None
    await store.let_go("gateway", "a", NOON)
    assert await other.hold("gateway", "b", NOON, MINUTE) == 2


async def test_two_things_are_held_apart(store: SqlStore, other: SqlStore) -> None:
    assert await store.hold("gateway", "a", NOON, MINUTE)
    assert await other.hold("prune", "b", NOON, MINUTE)
