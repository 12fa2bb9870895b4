"""Who switched, who is blocked, who is back, on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain.move import Move, MoveKind
from bot.domain.status import Phase
from bot.domain.subscription import Action, Delivery, Platform, Receipt
from bot.store.schema import deliveries
from bot.store.store import SqlStore
from tests.fakes import NOON
from tests.made import TEAM, change, incident, update

ANN = Move(kind=MoveKind.SWITCHED, person="U1", tool="Claude")
BOB = Move(kind=MoveKind.BLOCKED, person="U2")
LEASE = timedelta(minutes=1)


def delivery(key: str = "post", action: Action = Action.POST, name: str = "i1", **values: object) -> Delivery:
    plain = {"target": TEAM, "change": change(incident(id=name)), "reason": "new"}
    return Delivery(key=f"{name}|{key}", action=action, **(plain | values))  # type: ignore[arg-type] # by name


async def told(store: SqlStore, *deliveries: Delivery) -> None:
    assert await store.promise(deliveries or (delivery(),), NOON) == len(deliveries or (1,))


async def edits(store: SqlStore) -> list[Delivery]:
    """What is to be sent next, sent."""
    soon = NOON + timedelta(minutes=1)
    found = [claim for _ in range(3) for claim in await store.claim_due(Platform.SLACK, soon, LEASE, 50)]
    for claim in found:
        await store.sent(claim, Receipt(message="m", channel="C1"), NOON)
    return [claim.delivery for claim in found if claim.delivery.action is Action.EDIT]


async def test_the_last_word_of_each_person_counts(store: SqlStore, other: SqlStore) -> None:
    await told(store)
    one = delivery()
    assert await store.move(one, ANN, NOON)
    assert await other.move(one, BOB, NOON + timedelta(seconds=1))
    assert await other.move(one, replace(ANN, kind=MoveKind.BACK, tool=""), NOON + timedelta(seconds=2))
    assert await store.moves(one.thread_key) == [BOB, Move(kind=MoveKind.BACK, person="U1")]
    assert await store.moves("another thread") == []


async def test_the_same_word_again_changes_nothing_and_promises_nothing(store: SqlStore) -> None:
    await told(store)
    assert await store.move(delivery(), ANN, NOON)
    before = await store.unfinished()
    assert not await store.move(delivery(), ANN, NOON + timedelta(seconds=1))
    assert await store.unfinished() == before


async def test_only_who_chose_it_is_named(store: SqlStore) -> None:
    await told(store)
    named = replace(BOB, name="Bob")
    assert await store.move(delivery(), ANN, NOON)
    assert await store.move(delivery(), named, NOON + timedelta(seconds=1))
    assert await store.moves(delivery().thread_key) == [ANN, named]
    assert await store.move(delivery(), BOB, NOON + timedelta(seconds=2))
    assert [move.name for move in await store.moves(delivery().thread_key)] == ["", ""]


async def test_a_move_is_an_edit_of_the_first_message_and_many_are_one(store: SqlStore) -> None:
    await told(store)
    await edits(store)
    for number in range(5):
        moved = replace(ANN, person=f"U{number}")
        assert await store.move(delivery(), moved, NOON + timedelta(seconds=number))
    [edit] = await edits(store)
    assert (edit.thread_key, edit.target, edit.change) == (delivery().thread_key, TEAM, delivery().change)


async def test_two_people_at_the_same_moment_are_both_heard(store: SqlStore) -> None:
    await told(store)
    assert await store.move(delivery(), ANN, NOON)
    assert await store.move(delivery(), BOB, NOON)
    assert len(await store.moves(delivery().thread_key)) == 2


async def test_the_newest_of_a_thread_is_found_by_any_of_its_numbers(store: SqlStore) -> None:
    later = change(incident(update(), update("u2", Phase.MONITORING)))
    await told(store, delivery(), delivery("x", name="i2"), delivery("edit", Action.EDIT, change=later))
    async with store._database.reading() as connection:
        found = (await connection.execute(sa.select(deliveries.c.key, deliveries.c.id))).all()
    numbers = {row.key: int(row.id) for row in found}
    for key in ("i1|post", "i1|edit"):
        newest = await store.newest(numbers[key])
        assert newest
        assert newest.key == "i1|edit"
    assert await store.newest(9999) is None


async def test_the_newest_of_each_thread_in_a_channel_newest_thread_first(store: SqlStore) -> None:
    elsewhere = replace(TEAM, channel="C2")
    await told(
        store,
        delivery(),
        delivery("there", target=elsewhere),
        delivery(name="i2"),
        delivery("reply", Action.REPLY),
        delivery("tell", Action.TELL, name="i3"),
    )
    assert [one.key for one in await store.newest_in(TEAM)] == ["i2|post", "i1|reply"]
    assert [one.key for one in await store.newest_in(elsewhere)] == ["i1|there"]
    assert await store.newest_in(replace(TEAM, workspace="T2")) == []


async def test_that_people_can_go_back_is_remembered_until_it_fails_again(store: SqlStore, other: SqlStore) -> None:
    await store.clear([], NOON)
    await store.clear(["a", "b"], NOON)
    await other.clear(["b"], NOON + timedelta(minutes=1))
    assert await store.cleared(["a", "b", "c"]) == {"a", "b"}
    await other.unclear(["b", "c"])
    assert await store.cleared(["a", "b", "c"]) == {"a"}


@pytest.mark.parametrize("workspace", ["T1", "T"])
async def test_what_a_workspace_leaves_is_erased_and_nothing_of_another(store: SqlStore, workspace: str) -> None:
    await told(store)
    assert await store.move(delivery(), ANN, NOON)
    await store.forget_workspace(Platform.SLACK, workspace, NOON)
    assert len(await store.moves(delivery().thread_key)) == (0 if workspace == "T1" else 1)


async def test_moves_are_forgotten_with_the_deliveries_they_are_about(store: SqlStore) -> None:
    await told(store)
    assert await store.move(delivery(), ANN, NOON)
    for ended, left in ((NOON, 1), (NOON + timedelta(seconds=1), 0)):
        await store.prune(deliveries=ended, threads=NOON, echoes=NOON, now=NOON, most=10)
        assert len(await store.moves(delivery().thread_key)) == left
