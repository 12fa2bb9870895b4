"""At each deployment two versions run side by side, and sometimes the older one comes back alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain.continuity import Alternative, Plan, Source
from bot.domain.drill import Drill
from bot.domain.service import AddedPage
from bot.domain.subscription import Action, Platform
from bot.store.practice import choices, drills
from bot.store.schema import deliveries, pages, snapshots
from bot.store.store import SqlStore
from tests.store.made import (
    LOUNGE,
    MINUTE,
    NOON,
    OFFICE,
    SHOWN,
    claim_all,
    delivery,
    next_due,
    outcome,
    snapshot,
    validators,
)
from tests.store.test_added_pages import ACME

STRANGE = '{"from": "another version"}'


async def write(store: SqlStore, column: sa.Column[str], text: str, key: str = "") -> str:
    """What is stored there, in all rows or that of a delivery's key, is this now; what it was before."""
    mine = column.table.c.key == key if key else sa.true()
    async with store._database.writing() as connection:
        before = (await connection.execute(sa.select(column).where(mine).limit(1))).scalar_one()
        await connection.execute(sa.update(column.table).where(mine).values({column: text}))
    return str(before)


async def keys(store: SqlStore, now: datetime = NOON) -> list[str]:
    return [claim.delivery.key for claim in await claim_all(store, now, MINUTE, 50)]


async def test_a_delivery_of_another_version_holds_up_its_own_thread_alone(store: SqlStore, other: SqlStore) -> None:
    await store.promise([delivery("a"), delivery("b", Action.REPLY), delivery("c", about="i2")], NOON)
    change = await write(store, deliveries.c.change, STRANGE, "a")
    assert await keys(store) == ["c"]
    assert await keys(store) == []
    soon = NOON + timedelta(seconds=5)
    assert await next_due(store) == soon
    await write(store, deliveries.c.change, change, "a")
    (claim,) = await claim_all(other, soon, MINUTE, 50)
    assert (claim.delivery, claim.attempt, claim.unsettled_since) == (delivery("a"), 1, None)


async def test_it_is_looked_at_again_less_and_less_and_given_up_after_three_days(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    await write(store, deliveries.c.change, STRANGE)
    now, looks = NOON, 0
    while due := await next_due(store):
        now, looks = due, looks + 1
        assert await keys(store, now) == []
    assert NOON + timedelta(days=3) <= now < NOON + timedelta(days=3.3)
    assert looks < 120
    (dead,) = await store.given_up(9)
    assert (dead.service, dead.title, dead.attempts) == ("acme", "i1", 0)
    assert "another version" in dead.error


async def test_what_its_sender_may_have_posted_before_it_died_is_still_to_be_settled(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    assert await keys(store) == ["a"]
    change = await write(store, deliveries.c.change, STRANGE)
    assert await keys(store, NOON + MINUTE) == []
    await write(store, deliveries.c.change, change)
    (claim,) = await claim_all(store, NOON + 2 * MINUTE, MINUTE, 50)
    assert (claim.attempt, claim.unsettled_since) == (2, NOON)


async def test_nothing_that_waits_behind_it_is_told_before_it(store: SqlStore) -> None:
    for number, key in enumerate("abc"):
        await store.promise([delivery(key, Action.REPLY)], NOON + number * MINUTE)
    await write(store, deliveries.c.change, STRANGE, "b")
    (claim,) = await claim_all(store, NOON + 9 * MINUTE, MINUTE, 50)
    assert (claim.delivery.key, claim.merged) == ("a", 0)
    await store.sent(claim, SHOWN, NOON + 9 * MINUTE)
    assert await keys(store, NOON + 9 * MINUTE) == []


async def test_a_page_of_another_version_is_read_anew(store: SqlStore, other: SqlStore) -> None:
    await store.register_feeds(["acme", "torch"], NOON)
    for state in await store.claim_feeds(NOON, MINUTE, 9):
        await store.save_polls([outcome(state, snapshot=snapshot("i1"), validators=validators())])
    await write(store, snapshots.c.snapshot, STRANGE)
    known = await other.states(["acme", "torch"])
    assert {(state.snapshot, len(state.validators)) for state in known.values()} == {(None, 0)}
    (claimed, _) = await other.claim_feeds(NOON + MINUTE, MINUTE, 9)
    assert claimed.snapshot is None
    assert await other.save_polls([outcome(claimed, NOON + MINUTE, snapshot=snapshot("i2"))]) == []
    assert (await store.states([claimed.feed]))[claimed.feed].snapshot == snapshot("i2")


async def test_lists_and_added_pages_of_another_version_are_as_if_they_were_not_there(store: SqlStore) -> None:
    await store.put_page(AddedPage(service=ACME), NOON)
    plan = Plan(wanted="openai", alternatives=(Alternative(name="Claude"),), source=Source.CHAT)
    await store.put_choice(OFFICE.team, plan, "U1", NOON)
    await store.put_choice(LOUNGE.team, replace(plan, wanted="claude"), "U1", NOON)
    assert len(await store.all_choices()) == 2
    for column in (pages.c.service, choices.c.tools):
        await write(store, column, STRANGE)
    assert await store.added_pages() == []
    assert await store.choices_of(OFFICE.team) == []
    assert await store.all_choices() == {}


async def test_a_drill_of_another_version_goes_on_without_us(store: SqlStore) -> None:
    drill = Drill(target=OFFICE, service="acme", started_by="U1", started_at=NOON, ends_at=NOON + 15 * MINUTE)
    number = await store.begin_drill(drill)
    assert number
    assert await store.end_drill(number, NOON + MINUTE)
    await write(store, drills.c.result, STRANGE.replace("from", "report"))
    assert await store.drills_since(NOON) == []
    assert await store.drill(number) is None
    assert await store.last_drills(OFFICE.team) == {}


async def test_who_asks_is_told_of_the_others(store: SqlStore) -> None:
    await store.promise([delivery("a"), delivery("b", about="i2")], NOON)
    claims = await claim_all(store, NOON, MINUTE, 9)
    for claim in claims:
        await store.sent(claim, SHOWN, NOON)
    number = claims[0].id
    assert len(await store.stories("Logins", 9)) == 2
    await write(store, deliveries.c.change, '{"title": "Logins"}', "a")
    assert [story.delivery.key for story in await store.stories("Logins", 9)] == ["b"]
    assert await store.stories(str(number), 9) == []
    assert [change.incident.id for change in await store.told(OFFICE, 9)] == ["i2"]
    assert [told.key for told in await store.newest_in(OFFICE)] == ["b"]
    assert [told.key for _, told in await store.newest_told(OFFICE, 9)] == ["b"]
    assert await store.delivery(number) is None
    assert await store.newest(number) is None


async def test_a_platform_that_only_another_version_knows_is_left_to_it(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON)
    await write(store, deliveries.c.action, "wave")
    assert await store.claim_due(Platform.SLACK, NOON, MINUTE, 9) == []
