from dataclasses import replace
from datetime import timedelta

from bot.domain.polling import Outcome
from bot.domain.status import Freshness
from bot.domain.subscription import Action, Platform
from bot.domain.vitals import Flow, Sent, Vitals
from bot.store.store import SqlStore
from tests.store.made import MINUTE, NOON, SHOWN, claim_all, delivery


async def test_a_new_database_has_nothing_to_tell(store: SqlStore) -> None:
    assert await store.vitals() == Vitals(flows=dict.fromkeys(Platform, Flow()))


async def test_the_last_beat_of_each_loop_is_known_to_every_process(store: SqlStore, other: SqlStore) -> None:
    await store.beat("poll", NOON)
    await other.beat("poll", NOON + MINUTE)
    await other.beat("slack", NOON)
    assert (await store.vitals()).beats == {"poll": NOON + MINUTE, "slack": NOON}


async def test_pages_that_cannot_be_reached_are_counted_without_the_self_test(store: SqlStore) -> None:
    await store.register_feeds(["a", "b", "c", "planb-selftest"], NOON)
    unreachable = Outcome(
        feed="a",
        fence=1,
        at=NOON,
        next_poll=NOON + MINUTE,
        interval=MINUTE,
        trouble=Freshness.UNREACHABLE,
        trouble_text="no answer",
    )
    good = replace(unreachable, trouble=None, trouble_text="", next_poll=NOON + 2 * MINUTE)
    await store.claim_feeds(NOON, MINUTE, 50)
    await store.save_polls([unreachable, *(replace(good, feed=feed) for feed in ("b", "planb-selftest"))])
    vitals = await store.vitals()
    assert (vitals.feeds, vitals.unreachable, vitals.due_since) == (2, 1, NOON)


async def test_what_waits_since_the_last_success_is_known_for_each_platform(store: SqlStore) -> None:
    await store.promise([delivery("a", about="i1")], NOON)
    await store.promise([delivery("b", about="i2")], NOON + MINUTE)
    assert (await store.vitals()).flows[Platform.SLACK] == Flow(waiting_since=NOON)
    first, second = await claim_all(store, NOON + 2 * MINUTE, MINUTE, 5)
    await store.failed(first, "slack: ratelimited", again=NOON + 9 * MINUTE, unsettled=False, now=NOON + 2 * MINUTE)
    assert (await store.vitals()).flows[Platform.SLACK] == Flow(waiting_since=NOON, error="slack: ratelimited")
    await store.sent(second, SHOWN, NOON + 3 * MINUTE)
    assert (await store.vitals()).flows[Platform.SLACK] == Flow(last_sent=NOON + 3 * MINUTE)
    await store.promise([delivery("c", about="i3")], NOON + 4 * MINUTE)
    flows = (await store.vitals()).flows
    assert flows[Platform.SLACK] == Flow(waiting_since=NOON + 4 * MINUTE, last_sent=NOON + 3 * MINUTE)
    assert flows[Platform.DISCORD] == Flow()


async def test_a_reply_that_lets_its_thread_rest_does_not_count_as_waiting(store: SqlStore) -> None:
    await store.promise([delivery("a", Action.REPLY), delivery("b", Action.EDIT)], NOON)
    assert (await store.vitals()).flows[Platform.SLACK] == Flow()
    (reply,) = await claim_all(store, NOON, MINUTE, 5)
    await store.failed(reply, "slack: ratelimited", again=NOON + MINUTE, unsettled=False, now=NOON)
    assert (await store.vitals()).flows[Platform.SLACK] == Flow(waiting_since=NOON, error="slack: ratelimited")


async def test_the_fate_of_deliveries_is_found_by_their_keys(store: SqlStore) -> None:
    await store.promise([delivery("a", about="i1"), delivery("b", about="i2")], NOON)
    first, second = await claim_all(store, NOON, MINUTE, 5)
    await store.sent(first, SHOWN, NOON)
    await store.echoed(first.id, SHOWN, NOON)
    await store.failed(second, "gone", again=None, unsettled=False, now=NOON)
    assert await store.fates(["a", "b", "c"]) == {
        "a": Sent(state="sent", receipt=True, echoed=True),
        "b": Sent(state="dead"),
    }
    assert await store.fates([]) == {}


async def test_what_is_withdrawn_is_delivered_no_more_and_the_rest_is(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    feed = delivery("a").change.feed
    assert await store.withdraw("another", "switched off", NOON) == 0
    assert await store.withdraw(feed, "switched off", NOON) == 1
    assert await claim_all(store, NOON + timedelta(hours=1), MINUTE, 5) == []
