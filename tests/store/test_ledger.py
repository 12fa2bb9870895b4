from datetime import timedelta

from bot.domain.subscription import Action
from bot.store.store import SqlStore
from tests.store.made import MINUTE, NOON, OFFICE, SHOWN, claim_all, delivery, next_due, outcome, snapshot, validators

DAY = timedelta(days=1)


async def ended(store: SqlStore, key: str, error: str = "", about: str = "i1") -> int:
    await store.promise([delivery(key, about=about)], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 1)
    if error:
        await store.failed(claim, error, again=None, unsettled=False, now=NOON)
    else:
        await store.sent(claim, SHOWN, NOON)
    return claim.id


async def test_what_was_given_up_is_listed_with_its_reason(store: SqlStore) -> None:
    await ended(store, "well")
    await ended(store, "dead", "is_archived", about="i2")
    (dead,) = await store.given_up(9)
    assert (dead.target, dead.action, dead.service, dead.title) == (OFFICE, Action.POST, "acme", "Logins fail")
    assert (dead.error, dead.attempts, dead.promised_at, dead.ended_at) == ("is_archived", 1, NOON, NOON)


async def test_an_edit_that_a_newer_one_replaced_was_not_given_up(store: SqlStore) -> None:
    await store.promise([delivery("edit 1", Action.EDIT), delivery("edit 2", Action.EDIT)], NOON)
    assert await store.given_up(9) == []
    assert await store.unfinished() == 1


async def test_what_was_given_up_may_be_tried_again(store: SqlStore) -> None:
    well = await ended(store, "well")
    dead = await ended(store, "dead", "too long", about="i2")
    assert await store.try_again([well, dead, 999], NOON + MINUTE) == 1
    (claim,) = await claim_all(store, NOON + MINUTE, MINUTE, 9)
    assert (claim.id, claim.attempt, claim.promised_at) == (dead, 1, NOON + MINUTE)
    assert await store.given_up(9) == []


async def test_what_is_long_over_goes_and_what_is_under_way_stays(store: SqlStore) -> None:
    await ended(store, "old")
    await ended(store, "older", "gone", about="i2")
    await store.promise([delivery("waits", about="i3")], NOON)
    await store.echoed(1, SHOWN, NOON)
    soon, late = NOON + MINUTE, NOON - MINUTE
    assert await store.prune(deliveries=late, threads=late, echoes=late, now=NOON, most=9) == 0
    assert await store.prune(deliveries=soon, threads=soon, echoes=soon, now=soon, most=9) == 4
    assert await store.rooted([delivery("old").thread_key]) == frozenset()
    assert await store.echo(1) is None
    assert await next_due(store) == NOON


async def test_only_so_many_go_at_once(store: SqlStore) -> None:
    for n in range(5):
        await ended(store, f"k{n}", "gone", about=f"i{n}")
    soon = NOON + MINUTE
    gone = [await store.prune(deliveries=soon, threads=soon, echoes=soon, now=soon, most=2) for _ in range(4)]
    assert gone == [2, 2, 1, 0]


async def test_after_an_older_copy_was_put_back_every_page_is_new_and_no_number_is_used_twice(store: SqlStore) -> None:
    await store.register_feeds(["acme"], NOON)
    (state,) = await store.claim_feeds(NOON, MINUTE, 1)
    await store.save_polls([outcome(state, snapshot=snapshot("i1"), validators=validators())])
    before = await ended(store, "told")
    await store.promise([delivery("promised", about="i2")], NOON)
    assert await store.begin_anew(NOON) == 1
    (again,) = await store.claim_feeds(NOON, MINUTE, 1)
    assert (again.snapshot, again.validators) == (None, {})
    await store.promise([delivery("new", about="i3")], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 9)
    assert claim.id >= before + 1_000_000
    assert await store.rooted([delivery("told").thread_key])
