import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.exc import StatementError

from bot.domain.polling import FeedState
from bot.domain.status import Freshness, Phase, Snapshot
from bot.store.cache import Snapshots
from bot.store.codec import read
from bot.store.store import SqlStore
from tests.store.made import (
    MINUTE,
    NOON,
    claim_all,
    delivery,
    incident,
    next_due,
    outcome,
    snapshot,
    trouble,
    validators,
)


async def claimed(store: SqlStore, at: datetime = NOON, feed: str = "acme") -> FeedState:
    await store.register_feeds([feed], at)
    (state,) = await store.claim_feeds(at, MINUTE, 1)
    return state


async def known(store: SqlStore, feed: str = "acme") -> FeedState:
    return (await store.states([feed]))[feed]


async def test_a_new_feed_is_due_at_once_and_knows_nothing(store: SqlStore) -> None:
    assert await claimed(store) == FeedState(feed="acme", next_poll=NOON, fence=1)


async def test_registering_again_leaves_a_feed_as_it_is(store: SqlStore) -> None:
    state = await claimed(store)
    await store.save_polls([outcome(state, snapshot=snapshot("i1"))])
    before = await known(store)
    await store.register_feeds(["acme", "bolt"], NOON + MINUTE)
    await store.register_feeds([], NOON)
    assert await known(store) == before
    assert (await known(store, "bolt")).next_poll == NOON + MINUTE


async def test_unknown_feeds_are_left_out(store: SqlStore) -> None:
    assert await store.states(["nobody"]) == {}
    assert await store.states([]) == {}
    assert await store.claim_feeds(NOON, MINUTE, 5) == []
    assert await store.save_polls([]) == []


async def test_a_leased_feed_is_claimed_by_nobody_else_until_the_lease_ends(store: SqlStore, other: SqlStore) -> None:
    await claimed(store)
    assert await other.claim_feeds(NOON + timedelta(seconds=59), MINUTE, 1) == []
    (again,) = await other.claim_feeds(NOON + MINUTE, MINUTE, 1)
    assert again.fence == 2


async def test_the_longest_overdue_are_claimed_first(store: SqlStore) -> None:
    for minutes, feed in enumerate(["late", "later", "latest"]):
        await store.register_feeds([feed], NOON - minutes * MINUTE)
    await store.register_feeds(["not yet"], NOON + MINUTE)
    assert [state.feed for state in await store.claim_feeds(NOON, MINUTE, 2)] == ["latest", "later"]
    assert [state.feed for state in await store.claim_feeds(NOON, MINUTE, 2)] == ["late"]


async def test_two_processes_never_claim_the_same_feed(store: SqlStore, other: SqlStore) -> None:
    await store.register_feeds([f"feed {n}" for n in range(60)], NOON)
    claims = await asyncio.gather(*(s.claim_feeds(NOON, MINUTE, 7) for s in [store, other] * 5))
    names = [state.feed for claim in claims for state in claim]
    assert len(names) == len(set(names)) == 60


async def test_a_good_poll_is_remembered_whole(store: SqlStore, other: SqlStore) -> None:
    state = await claimed(store)
    good = outcome(state, snapshot=snapshot("i1", "i2"), validators=validators(), full=True, interval=2 * MINUTE)
    assert await store.save_polls([good]) == []
    expected = FeedState(
        feed="acme",
        snapshot=snapshot("i1", "i2"),
        validators=validators(),
        read_at=NOON,
        full_at=NOON,
        since=NOON,
        interval=2 * MINUTE,
        next_poll=NOON + MINUTE,
        fence=1,
    )
    assert await known(store) == expected
    assert await known(other) == expected


async def test_an_unchanged_poll_keeps_what_was_read_before(store: SqlStore) -> None:
    state = await claimed(store)
    await store.save_polls([outcome(state, snapshot=snapshot("i1"), validators=validators(), full=True)])
    later = NOON + MINUTE
    (state,) = await store.claim_feeds(later, MINUTE, 1)
    await store.save_polls([outcome(state, later)])
    after = await known(store)
    assert after == replace(state, read_at=later, next_poll=later + MINUTE)
    assert (after.full_at, after.since, after.validators) == (NOON, NOON, validators())


async def test_the_next_snapshot_takes_the_place_of_the_last(store: SqlStore, other: SqlStore) -> None:
    state = await claimed(store)
    await store.save_polls([outcome(state, snapshot=snapshot("i1"))])
    assert (await known(other)).snapshot == snapshot("i1")
    (state,) = await store.claim_feeds(NOON + MINUTE, MINUTE, 1)
    await store.save_polls([outcome(state, NOON + MINUTE, snapshot=snapshot("i2"))])
    assert (await known(other)).snapshot == snapshot("i2")
    assert (await known(store)).snapshot == snapshot("i2")


async def test_an_unchanged_snapshot_is_not_decoded_again(store: SqlStore) -> None:
    state = await claimed(store)
    await store.save_polls([outcome(state, snapshot=snapshot("i1"))])
    first = await known(store)
    (second,) = await store.claim_feeds(NOON + MINUTE, MINUTE, 1)
    assert first.snapshot is second.snapshot


async def test_trouble_counts_and_keeps_its_beginning_until_a_good_poll(store: SqlStore) -> None:
    state = await claimed(store)
    await store.save_polls([outcome(state, snapshot=snapshot("i1"), validators=validators())])
    for n in (1, 2):
        (state,) = await store.claim_feeds(NOON + n * MINUTE, MINUTE, 1)
        await store.save_polls([replace(trouble(state, NOON + n * MINUTE), validators={})])
    bad = await known(store)
    assert (bad.failures, bad.trouble, bad.trouble_at) == (2, Freshness.UNREACHABLE, NOON + MINUTE)
    assert bad.trouble_text == "no answer in 15 s"
    assert (bad.read_at, bad.validators, bad.snapshot) == (NOON, validators(), snapshot("i1"))
    (state,) = await store.claim_feeds(NOON + 3 * MINUTE, MINUTE, 1)
    await store.save_polls([outcome(state, NOON + 3 * MINUTE)])
    good = await known(store)
    assert (good.failures, good.trouble, good.trouble_text, good.trouble_at) == (0, None, "", None)


async def test_an_outcome_under_an_older_fence_is_refused_with_all_it_brings(store: SqlStore, other: SqlStore) -> None:
    old = await claimed(store)
    (new,) = await other.claim_feeds(NOON + MINUTE, MINUTE, 1)
    brings = outcome(old, NOON + MINUTE, snapshot=snapshot("old"), deliveries=[delivery("old")])
    assert await store.save_polls([brings]) == ["acme"]
    assert await store.save_polls([trouble(old, NOON + MINUTE)]) == ["acme"]
    assert await next_due(store) is None
    assert await known(store) == new
    assert await other.save_polls([outcome(new, NOON + MINUTE)]) == []


async def test_one_refused_outcome_harms_no_other(store: SqlStore, other: SqlStore) -> None:
    await store.register_feeds(["a", "b", "c", "d"], NOON)
    old = {state.feed: state for state in await store.claim_feeds(NOON, MINUTE, 4)}
    await other.claim_feeds(NOON + MINUTE, MINUTE, 2)
    at = NOON + MINUTE
    batch = [
        outcome(old["a"], at, snapshot=snapshot("a")),
        outcome(old["b"], at),
        outcome(old["c"], at, snapshot=snapshot("c"), deliveries=[delivery("c")]),
        outcome(old["d"], at),
    ]
    assert await store.save_polls(batch) == ["a", "b"]
    states = await store.states(["a", "b", "c", "d"])
    assert [states[name].read_at for name in "abcd"] == [None, None, at, at]
    assert states["a"].snapshot is None
    assert states["c"].snapshot == snapshot("c")
    assert await next_due(store) == at


async def test_deliveries_may_come_without_a_snapshot(store: SqlStore) -> None:
    state = await claimed(store)
    assert await store.save_polls([replace(trouble(state, NOON), deliveries=[delivery("blind")])]) == []
    (claim,) = await claim_all(store, NOON, MINUTE, 5)
    assert claim.delivery == delivery("blind")
    assert (await known(store)).failures == 1


async def test_an_outcome_of_a_feed_nobody_knows_is_refused(store: SqlStore) -> None:
    ghost = FeedState(feed="ghost", fence=1)
    assert await store.save_polls([outcome(ghost), outcome(replace(ghost, feed="g2"), snapshot=snapshot())]) == [
        "g2",
        "ghost",
    ]


async def test_a_time_of_another_zone_comes_back_as_the_same_moment_in_utc(store: SqlStore) -> None:
    paris = datetime(2026, 5, 4, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    state = await claimed(store, paris)
    assert state.next_poll == NOON
    assert state.next_poll.utcoffset() == timedelta(0)


async def test_a_naive_time_is_refused(store: SqlStore) -> None:
    with pytest.raises(StatementError, match="naive"):
        await store.register_feeds(["acme"], NOON.replace(tzinfo=None))


async def test_text_that_no_database_takes_is_mended(store: SqlStore) -> None:
    state = await claimed(store)
    strange = replace(snapshot("i\x00\ud800"), page="half \ud83d")
    bad = replace(trouble(state, NOON), trouble_text="NUL \x00 and half \udc00", snapshot=strange)
    assert await store.save_polls([bad]) == []
    assert (await known(store)).trouble_text == "NUL \ufffd and half \ufffd"


async def test_more_feeds_than_the_cache_holds_are_all_read(store: SqlStore) -> None:
    names = [f"feed {n}" for n in range(300)]
    await store.register_feeds(names, NOON)
    states = await store.claim_feeds(NOON, MINUTE, 300)
    await store.save_polls([outcome(state, snapshot=snapshot(state.feed)) for state in states])
    read = await store.states(names)
    assert all(read[name].snapshot == snapshot(name) for name in names)


async def test_a_feed_that_somebody_begins_to_follow_is_due_at_once(store: SqlStore) -> None:
    state = await claimed(store)
    await store.save_polls([outcome(state)])
    assert await store.claim_feeds(NOON, MINUTE, 1) == []
    await store.hasten(["acme", "nobody"], NOON)
    (again,) = await store.claim_feeds(NOON, MINUTE, 1)
    assert again.feed == "acme"


async def test_a_feed_that_is_hastened_while_it_is_polled_is_polled_again(store: SqlStore) -> None:
    state = await claimed(store)
    soon = NOON + timedelta(seconds=1)
    await store.hasten(["acme"], soon)
    await store.save_polls([outcome(state, soon, was_due=state.next_poll)])
    (again,) = await store.claim_feeds(soon, MINUTE, 1)
    await store.save_polls([outcome(again, soon, was_due=again.next_poll)])
    assert await store.claim_feeds(soon, MINUTE, 1) == []


HOUR = timedelta(hours=1)


def over(at: datetime) -> Snapshot:
    return Snapshot(
        format="statuspage", incidents=(replace(incident(), phase=Phase.RESOLVED, resolved_at=at, updates=()),)
    )


async def test_busy_pages_are_those_where_something_goes_on_or_ended_lately(store: SqlStore) -> None:
    said = {"open": snapshot("i1"), "lately": over(NOON - HOUR), "long": over(NOON - 3 * HOUR), "calm": snapshot()}
    await store.register_feeds([*said, "unread"], NOON)
    states = await store.claim_feeds(NOON, MINUTE, 9)
    await store.save_polls([outcome(one, snapshot=said[one.feed]) for one in states if one.feed in said])
    for _ in range(2):
        busy = await store.busy([*said, "unread", "nobody"], NOON, 2 * HOUR)
        assert {name: state.snapshot for name, state in busy.items()} == {
            "open": said["open"],
            "lately": said["lately"],
        }
    assert set(await store.busy(["open", "calm"], NOON, timedelta())) == {"open"}
    assert set(await store.busy(said, NOON, 4 * HOUR)) == {"open", "lately", "long"}


async def test_a_page_that_was_calm_is_busy_once_another_process_has_read_more(
    store: SqlStore, other: SqlStore
) -> None:
    state = await claimed(store)
    await store.save_polls([outcome(state, snapshot=snapshot())])
    assert await store.busy(["acme"], NOON, HOUR) == {}
    (again,) = await other.claim_feeds(NOON + MINUTE, MINUTE, 1)
    await other.save_polls([outcome(again, snapshot=snapshot("i1"))])
    assert set(await store.busy(["acme"], NOON, HOUR)) == {"acme"}


async def test_a_calm_page_is_not_decoded_again(
    store: SqlStore, other: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[object] = []

    def noted(kind: Any, text: str) -> Any:
        decoded.append(kind)
        return read(kind, text)

    monkeypatch.setattr("bot.store.feeds.read", noted)
    await other.register_feeds([f"f{number}" for number in range(120)], NOON)
    states = await other.claim_feeds(NOON, MINUTE, 120)
    await other.save_polls([outcome(one, snapshot=snapshot()) for one in states])
    store._snapshots = Snapshots(1)
    for _ in range(2):
        assert await store.busy([f"f{number}" for number in range(120)], NOON, HOUR) == {}
    assert decoded.count(Snapshot) == 120
