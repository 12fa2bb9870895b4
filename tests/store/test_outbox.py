import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy.dialects import sqlite

from bot.domain.subscription import Action, Delivery, Platform, Receipt
from bot.store.claiming import _CLAIMS
from bot.store.engine import database_url
from bot.store.migrate import migrate
from bot.store.store import SqlStore
from tests.store.made import LOUNGE, MINUTE, NOON, OFFICE, SHOWN, claim_all, delivery, follow, next_due


async def keys(store: SqlStore, now: object = NOON, limit: int = 50) -> list[str]:
    return [claim.delivery.key for claim in await claim_all(store, now, MINUTE, limit)]  # type: ignore[arg-type] # a moment


async def test_promising_twice_promises_once(store: SqlStore) -> None:
    assert await store.promise([delivery("a"), delivery("b")], NOON) == 2
    assert await store.promise([delivery("b"), delivery("c")], NOON) == 1
    assert await store.promise([], NOON) == 0


async def test_a_change_is_promised_to_thousands_at_once(store: SqlStore) -> None:
    many = [delivery(f"k{number}", about=f"i{number % 2}") for number in range(1201)]
    assert await store.promise(many, NOON) == 1201
    assert await store.promise([*many, delivery("more")], NOON) == 1
    first, second = await claim_all(store, NOON, MINUTE, 2)
    assert [first.delivery, second.delivery] == many[:2]


async def test_a_decision_to_stay_silent_is_no_promise(store: SqlStore) -> None:
    assert await store.promise([delivery("a", Action.NONE)], NOON) == 0
    assert await next_due(store) is None


async def test_a_claim_carries_the_delivery_as_it_was_promised(store: SqlStore) -> None:
    await store.promise([delivery("a", to=LOUNGE)], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 5)
    assert claim.delivery == delivery("a", to=LOUNGE)
    assert (claim.attempt, claim.lease, claim.root, claim.unsettled_since) == (1, 1, None, None)


async def test_what_is_claimed_or_sent_is_not_claimed_again(store: SqlStore, other: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 5)
    assert await keys(other) == []
    await store.sent(claim, SHOWN, NOON)
    assert await keys(other, NOON + 9 * MINUTE) == []
    assert await next_due(store) is None
    assert await store.promise([delivery("a")], NOON) == 0


async def test_two_processes_never_claim_the_same_delivery(store: SqlStore, other: SqlStore) -> None:
    await store.promise([delivery(f"k{n}", about=f"i{n}") for n in range(60)], NOON)
    claims = await asyncio.gather(*(keys(s, limit=7) for s in [store, other] * 5))
    taken = [key for some in claims for key in some]
    assert len(taken) == len(set(taken)) == 60


async def test_a_thread_is_told_strictly_in_order_and_others_do_not_wait(store: SqlStore) -> None:
    post, reply = delivery("post"), delivery("reply", Action.REPLY)
    await store.promise([post, delivery("elsewhere", about="i2")], NOON)
    first, second = await claim_all(store, NOON, MINUTE, 50)
    await store.promise([reply], NOON)
    assert [first.delivery.key, second.delivery.key] == ["post", "elsewhere"]
    assert await keys(store) == []
    await store.sent(first, SHOWN, NOON)
    (answer,) = await claim_all(store, NOON, MINUTE, 50)
    assert answer.delivery == reply
    assert answer.root == SHOWN


async def test_a_thread_waits_while_its_first_one_is_to_be_tried_again(store: SqlStore) -> None:
    await store.promise([delivery("post")], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 50)
    await store.promise([delivery("reply", Action.REPLY)], NOON)
    await store.failed(claim, "503", again=NOON + 5 * MINUTE, unsettled=False, now=NOON)
    assert await keys(store, NOON + MINUTE) == []
    assert await next_due(store) == NOON + 5 * MINUTE
    (again,) = await claim_all(store, NOON + 5 * MINUTE, MINUTE, 50)
    assert (again.delivery.key, again.attempt, again.lease, again.unsettled_since) == ("post", 2, 2, None)


async def test_a_reply_goes_out_without_a_root_when_its_post_was_given_up(store: SqlStore) -> None:
    await store.promise([delivery("post")], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 50)
    await store.promise([delivery("reply", Action.REPLY)], NOON)
    await store.failed(claim, "too long", again=None, unsettled=False, now=NOON)
    (reply,) = await claim_all(store, NOON, MINUTE, 50)
    assert (reply.delivery.key, reply.root) == ("reply", None)
    await store.sent(reply, SHOWN, NOON)
    await store.promise([delivery("late", Action.REPLY)], NOON)
    (late,) = await claim_all(store, NOON, MINUTE, 50)
    assert late.root is None


async def test_a_process_that_died_between_claim_and_sent_leaves_an_unsettled_delivery(
    store: SqlStore, other: SqlStore
) -> None:
    await store.promise([delivery("a")], NOON)
    await claim_all(store, NOON, MINUTE, 5)
    await store.close()
    assert await next_due(other) == NOON + MINUTE
    assert await keys(other, NOON + timedelta(seconds=59)) == []
    (again,) = await claim_all(other, NOON + 2 * MINUTE, MINUTE, 5)
    assert (again.attempt, again.lease, again.unsettled_since) == (2, 2, NOON)
    (third,) = await claim_all(other, NOON + 9 * MINUTE, MINUTE, 5)
    assert (third.attempt, third.unsettled_since) == (3, NOON + 2 * MINUTE)


async def test_an_unclear_answer_is_unsettled_since_that_attempt_and_a_refusal_changes_nothing(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    for n in range(3):
        (claim,) = await claim_all(store, NOON + n * MINUTE, MINUTE, 5)
        assert claim.unsettled_since == (NOON + (n - 1) * MINUTE if n else None)
        again = NOON + (n + 1) * MINUTE
        await store.failed(claim, "timeout", again=again, unsettled=True, now=NOON + n * MINUTE)
    (claim,) = await claim_all(store, NOON + 3 * MINUTE, MINUTE, 5)
    await store.failed(claim, "refused", again=NOON + 4 * MINUTE, unsettled=False, now=NOON + 3 * MINUTE)
    (claim,) = await claim_all(store, NOON + 4 * MINUTE, MINUTE, 5)
    assert claim.unsettled_since == NOON + 2 * MINUTE


async def test_an_old_claim_changes_nothing(store: SqlStore, other: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    (old,) = await claim_all(store, NOON, MINUTE, 5)
    await store.promise([delivery("reply", Action.REPLY)], NOON)
    (new,) = await claim_all(other, NOON + MINUTE, MINUTE, 5)
    await store.sent(old, Receipt(message="wrong", channel="C1"), NOON + MINUTE)
    await store.failed(old, "gone", again=None, unsettled=False, now=NOON + MINUTE)
    assert await next_due(store) == NOON + 2 * MINUTE
    await other.sent(new, SHOWN, NOON + MINUTE)
    await store.failed(new, "twice", again=NOON, unsettled=False, now=NOON + MINUTE)
    (reply,) = await claim_all(store, NOON + MINUTE, MINUTE, 5)
    assert (reply.delivery.key, reply.root) == ("reply", SHOWN)


async def test_of_several_waiting_edits_only_the_newest_goes_out(store: SqlStore) -> None:
    await store.promise([delivery("post")], NOON)
    (post,) = await claim_all(store, NOON, MINUTE, 5)
    await store.promise([delivery("edit 1", Action.EDIT), delivery("edit 2", Action.EDIT)], NOON)
    await store.promise([delivery("reply", Action.REPLY), delivery("edit 3", Action.EDIT)], NOON)
    assert await store.promise([delivery("edit 1", Action.EDIT)], NOON) == 0
    await store.sent(post, SHOWN, NOON)
    told = []
    while claims := await claim_all(store, NOON, MINUTE, 5):
        for claim in claims:
            told.append(claim.delivery.key)
            await store.sent(claim, SHOWN, NOON)
    assert told == ["reply", "edit 3"]


async def test_an_edit_that_was_tried_is_not_overtaken(store: SqlStore) -> None:
    await store.promise([delivery("edit 1", Action.EDIT), delivery("other", Action.EDIT, about="i2")], NOON)
    claim, _ = await claim_all(store, NOON, MINUTE, 5)
    await store.failed(claim, "timeout", again=NOON + MINUTE, unsettled=True, now=NOON)
    await store.promise([delivery("edit 2", Action.EDIT)], NOON)
    assert "edit 1" in await keys(store, NOON + MINUTE)


async def test_next_due_does_not_name_what_stands_behind_another(store: SqlStore) -> None:
    assert await next_due(store) is None
    await store.promise([delivery("post")], NOON)
    assert await next_due(store) == NOON
    await claim_all(store, NOON, MINUTE, 5)
    await store.promise([delivery("reply", Action.REPLY)], NOON)
    assert await next_due(store) == NOON + MINUTE


async def test_a_disabled_channel_is_told_nothing_more(store: SqlStore) -> None:
    await store.subscribe(follow(), NOON)
    await store.promise([delivery("a"), delivery("b", about="i2"), delivery("c", to=LOUNGE)], NOON)
    (claim,) = await store.claim_due(Platform.SLACK, NOON, MINUTE, 1)
    await store.disable(OFFICE, "channel_not_found", NOON)
    await store.failed(claim, "channel_not_found", again=NOON, unsettled=False, now=NOON)
    assert await keys(store) == ["c"]


async def test_an_echo_is_remembered_and_the_first_one_stands(store: SqlStore, other: SqlStore) -> None:
    assert await store.echo(7) is None
    await store.echoed(7, SHOWN, NOON)
    await store.echoed(7, Receipt(message="2.2", channel="C1"), NOON)
    assert await other.echo(7) == SHOWN


async def test_a_very_long_incident_id_still_has_its_own_thread(store: SqlStore) -> None:
    long = "https://status.example/" + "x" * 5000
    promises = [delivery(f"{long}{n}", about=f"{long}{n}") for n in range(2)]
    assert await store.promise(promises, NOON) == 2
    assert await store.promise(promises, NOON) == 0
    claims = await claim_all(store, NOON, MINUTE, 5)
    assert [claim.delivery.change.incident.id[-1] for claim in claims] == ["0", "1"]
    await store.sent(claims[0], SHOWN, NOON)
    await store.promise([delivery("r", Action.REPLY, about=f"{long}0")], NOON)
    (reply,) = await claim_all(store, NOON, MINUTE, 5)
    assert reply.root == SHOWN


async def test_ids_are_never_used_again(store: SqlStore, url: object) -> None:
    ids = []
    for n in range(3):
        await store.promise([delivery(f"k{n}")], NOON)
        (claim,) = await claim_all(store, NOON, MINUTE, 1)
        ids.append(claim.id)
        await store.sent(claim, SHOWN, NOON)
    assert ids == sorted(set(ids))


async def test_a_burst_to_many_channels_is_promised_in_order(store: SqlStore) -> None:
    burst = [delivery(f"{n}", Action.EDIT, about=f"i{n % 700}") for n in range(2100)]
    assert await store.promise(burst, NOON) == 2100
    assert await keys(store, limit=9999) == [str(n) for n in range(1400, 2100)]


async def test_each_thread_has_its_own_root(store: SqlStore) -> None:
    lounge = Receipt(message="77.1", channel="77")
    await store.promise([delivery("a"), delivery("b", to=LOUNGE)], NOON)
    office_post, lounge_post = await claim_all(store, NOON, MINUTE, 5)
    await store.sent(office_post, SHOWN, NOON)
    await store.sent(lounge_post, lounge, NOON)
    await store.promise([delivery("c", Action.REPLY), delivery("d", Action.REPLY, to=LOUNGE)], NOON)
    assert [claim.root for claim in await claim_all(store, NOON, MINUTE, 5)] == [SHOWN, lounge]


async def test_a_thread_is_rooted_from_the_promise_of_its_post_until_that_is_given_up(store: SqlStore) -> None:
    post = delivery("a", about="x" * 5000)
    other = delivery("b").thread_key
    assert await store.rooted([post.thread_key, other]) == frozenset()
    await store.promise([post], NOON)
    assert await store.rooted([post.thread_key, other]) == {post.thread_key}
    (claim,) = await claim_all(store, NOON, MINUTE, 1)
    await store.failed(claim, "gone", again=None, unsettled=False, now=NOON)
    assert await store.rooted([post.thread_key]) == frozenset()
    assert await store.rooted([]) == frozenset()


async def test_a_thread_stays_rooted_once_it_is_there(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 1)
    await store.sent(claim, SHOWN, NOON)
    assert await store.rooted([delivery("a").thread_key]) == {delivery("a").thread_key}


async def test_a_claim_knows_when_it_was_promised(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    (claim,) = await claim_all(store, NOON + MINUTE, MINUTE, 1)
    assert claim.promised_at == NOON


async def test_who_waits_for_an_echo_is_due_when_it_comes(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 1)
    await store.failed(claim, "unclear", again=NOON + MINUTE, unsettled=True, now=NOON)
    assert await claim_all(store, NOON, MINUTE, 1) == []
    await store.echoed(claim.id, SHOWN, NOON)
    assert len(await claim_all(store, NOON, MINUTE, 1)) == 1


def update(key: str, action: Action = Action.REPLY) -> Delivery:
    """A delivery that says something of its own."""
    plain = delivery(key, action)
    return replace(plain, change=replace(plain.change, incident=replace(plain.change.incident, title=key)))


async def test_what_waits_behind_a_post_becomes_a_part_of_it(store: SqlStore) -> None:
    more = [update("reply 1"), update("edit 1", Action.EDIT), update("reply 2"), update("edit 2", Action.EDIT)]
    await store.promise([delivery("post"), *more], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 5)
    assert (claim.delivery.key, claim.delivery.change.incident.title, claim.merged) == ("post", "edit 2", 2)
    await store.sent(claim, SHOWN, NOON)
    assert await next_due(store) is None


async def test_of_several_waiting_replies_the_newest_speaks_for_all(store: SqlStore) -> None:
    await store.promise([update("reply 1"), update("reply 2")], NOON)
    await store.promise([update("reply 3"), update("edit", Action.EDIT)], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 5)
    assert (claim.delivery.key, claim.delivery.change.incident.title, claim.merged) == ("reply 1", "reply 3", 2)
    await store.sent(claim, SHOWN, NOON)
    assert await keys(store) == ["edit"]


async def test_who_takes_a_merged_delivery_over_says_the_same(store: SqlStore, other: SqlStore) -> None:
    await store.promise([update("reply 1"), update("reply 2")], NOON)
    (before,) = await claim_all(store, NOON, MINUTE, 5)
    (after,) = await claim_all(other, NOON + MINUTE, MINUTE, 5)
    assert (after.delivery, after.merged) == (before.delivery, 1)


async def test_what_may_be_posted_already_is_not_rewritten(store: SqlStore, other: SqlStore) -> None:
    await store.promise([update("reply 1")], NOON)
    await claim_all(store, NOON, MINUTE, 5)
    await store.promise([update("reply 2")], NOON)
    (again,) = await claim_all(other, NOON + MINUTE, MINUTE, 5)
    assert (again.delivery.change.incident.title, again.merged) == ("reply 1", 0)
    await store.sent(again, SHOWN, NOON)
    assert await keys(store) == ["reply 2"]


async def test_a_thread_rests_between_two_messages(store: SqlStore) -> None:
    await store.promise([delivery("post")], NOON)
    (post,) = await claim_all(store, NOON, MINUTE, 5)
    await store.sent(post, SHOWN, NOON)
    await store.promise([update("reply 1"), delivery("elsewhere", Action.REPLY, about="i2")], NOON)
    (other,) = await store.claim_due(Platform.SLACK, NOON + timedelta(seconds=29), MINUTE, 5, MINUTE / 2)
    assert other.delivery.key == "elsewhere"
    (reply,) = await store.claim_due(Platform.SLACK, NOON + MINUTE / 2, MINUTE, 5, MINUTE / 2)
    await store.sent(reply, SHOWN, NOON + MINUTE / 2)
    await store.promise([update("reply 2")], NOON + MINUTE / 2)
    assert await store.claim_due(Platform.SLACK, NOON + timedelta(seconds=59), MINUTE, 5, MINUTE / 2) == ()


async def test_what_waits_for_its_turn_was_not_tried(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 5)
    await store.defer(claim, NOON + MINUTE)
    await store.defer(claim, NOON)
    assert await keys(store) == []
    (again,) = await claim_all(store, NOON + MINUTE, MINUTE, 5)
    assert (again.attempt, again.lease, again.unsettled_since) == (1, 2, None)


async def test_platforms_do_not_take_each_other_s_deliveries(store: SqlStore) -> None:
    await store.promise([delivery("a"), delivery("b", to=LOUNGE)], NOON)
    (claim,) = await store.claim_due(Platform.DISCORD, NOON, MINUTE, 5)
    assert claim.delivery.key == "b"
    assert await store.next_due(Platform.DISCORD) == NOON + MINUTE
    assert await store.next_due(Platform.SLACK) == NOON
    assert await store.next_due(Platform.CONSOLE) is None


async def test_what_was_perhaps_posted_long_ago_is_not_there_and_may_say_the_latest(store: SqlStore) -> None:
    await store.promise([update("reply 1")], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 5)
    await store.failed(claim, "503", again=NOON, unsettled=True, now=NOON)
    await store.promise([update("reply 2")], NOON)
    (soon,) = await claim_all(store, NOON + 9 * MINUTE, MINUTE, 5)
    assert (soon.merged, soon.unsettled_since) == (0, NOON)
    await store.defer(soon, NOON + 10 * MINUTE)
    (late,) = await claim_all(store, NOON + 10 * MINUTE, MINUTE, 5)
    assert (late.delivery.change.incident.title, late.merged) == ("reply 2", 1)


async def test_an_edit_that_came_too_late_is_covered_by_the_newest_again(store: SqlStore, other: SqlStore) -> None:
    await store.promise([update("edit 1", Action.EDIT)], NOON)
    (late,) = await claim_all(store, NOON, MINUTE, 5)
    (first,) = await claim_all(other, NOON + MINUTE, MINUTE, 5)
    await other.sent(first, SHOWN, NOON + MINUTE)
    await other.promise([update("edit 2", Action.EDIT)], NOON + MINUTE)
    (second,) = await claim_all(other, NOON + MINUTE, MINUTE, 5)
    await other.sent(second, SHOWN, NOON + MINUTE)
    await store.sent(late, SHOWN, NOON + MINUTE)
    (again,) = await claim_all(other, NOON + MINUTE, MINUTE, 5)
    assert (again.delivery.key, again.attempt, again.unsettled_since) == ("edit 2", 1, None)


async def test_what_a_process_that_died_may_have_posted_goes_first(store: SqlStore) -> None:
    await store.promise([delivery("old", about="i1"), delivery("older", about="i2")], NOON)
    (claim,) = await store.claim_due(Platform.SLACK, NOON, MINUTE, 1)
    await store.promise([delivery(f"k{n}", about=f"j{n}") for n in range(9)], NOON - MINUTE)
    (again,) = await store.claim_due(Platform.SLACK, NOON + MINUTE, MINUTE, 1)
    assert (again.id, again.unsettled_since, again.until) == (claim.id, NOON, NOON + 2 * MINUTE)


async def test_what_may_be_posted_and_waits_for_its_turn_goes_before_what_never_was(store: SqlStore) -> None:
    await store.promise([delivery("old", about="i1")], NOON)
    await claim_all(store, NOON, MINUTE, 1)
    (unsure,) = await claim_all(store, NOON + MINUTE, MINUTE, 1)
    await store.defer(unsure, NOON + MINUTE)
    await store.promise([delivery(f"k{n}", about=f"j{n}") for n in range(9)], NOON - MINUTE)
    (again, never) = await claim_all(store, NOON + MINUTE, MINUTE, 2)
    assert (again.id, again.unsettled_since) == (unsure.id, NOON)
    assert never.unsettled_since is None


async def test_a_delivery_is_known_by_its_number(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    (claim,) = await claim_all(store, NOON, MINUTE, 5)
    assert await store.delivery(claim.id) == delivery("a")
    assert await store.delivery(claim.id + 1) is None


async def test_whether_any_delivery_was_ever_echoed_is_known(store: SqlStore) -> None:
    assert not await store.is_echoed()
    await store.echoed(41, Receipt(message="1.5", channel="C1"), NOON)

    assert await store.is_echoed()


async def test_what_may_be_there_is_found_without_a_look_at_all_that_waits(tmp_path: Path) -> None:
    """On SQLite, whose planner knows nothing of how many rows there are, while everybody else waits for the lock."""
    await migrate(database_url(f"{tmp_path}/planb.db"))
    dialect = sqlite.dialect()
    compiled = _CLAIMS[1].compile(dialect=dialect)
    with closing(sqlite3.connect(tmp_path / "planb.db")) as connection:
        found = connection.execute(f"EXPLAIN QUERY PLAN {compiled}", [None] * len(compiled.positiontup or ()))
        plan = " ".join(str(row) for row in found)
    assert "INDEX ix_deliveries_platform_due_at" in plan
    assert "ix_deliveries_platform_state" not in plan
