import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.playbook import Mark, MarkState
from bot.store.store import SqlStore
from tests.made import TEAM
from tests.store.made import MINUTE, NOON

THREAD, BOOK = "slack:T1:C1|lamp|i1", "lamp"
CLAIM = Mark(step=2, state=MarkState.CLAIMED, by="U1", at=NOON)
DONE = Mark(step=2, state=MarkState.DONE, by="U2", at=NOON + MINUTE)


async def test_what_is_marked_is_kept_with_who_and_when(store: SqlStore, other: SqlStore) -> None:
    assert await store.marks(THREAD, BOOK) == {}
    assert await store.mark(THREAD, BOOK, CLAIM) == CLAIM
    first = replace(DONE, step=1)
    await store.mark(THREAD, BOOK, first)
    assert await other.marks(THREAD, BOOK) == {1: first, 2: CLAIM}


async def test_what_somebody_took_is_theirs_until_anybody_has_done_it(store: SqlStore) -> None:
    await store.mark(THREAD, BOOK, CLAIM)
    assert await store.mark(THREAD, BOOK, replace(CLAIM, by="U2", at=NOON + MINUTE)) == CLAIM
    assert await store.mark(THREAD, BOOK, DONE) == DONE
    assert await store.mark(THREAD, BOOK, replace(DONE, by="U3")) == DONE
    assert await store.mark(THREAD, BOOK, CLAIM) == DONE


async def test_who_marked_too_soon_takes_it_back_to_taken(store: SqlStore) -> None:
    await store.mark(THREAD, BOOK, DONE)
    again = replace(CLAIM, by="U2", at=NOON + timedelta(minutes=2))
    assert await store.mark(THREAD, BOOK, again) == again


async def test_marking_twice_keeps_the_first_moment(store: SqlStore) -> None:
    await store.mark(THREAD, BOOK, CLAIM)
    assert await store.mark(THREAD, BOOK, replace(CLAIM, at=NOON + MINUTE)) == CLAIM


async def test_playbooks_and_incidents_are_marked_apart(store: SqlStore) -> None:
    await store.mark(THREAD, BOOK, CLAIM)
    assert await store.marks(THREAD, "lamp:chat") == {}
    assert await store.marks("slack:T1:C2|lamp|i1", BOOK) == {}


async def test_of_two_who_take_a_step_at_once_one_has_it(store: SqlStore, other: SqlStore) -> None:
    both = [
        here.mark(THREAD, BOOK, replace(CLAIM, by=by)) for here, by in zip((store, other) * 4, "abcdefgh", strict=True)
    ]
    assert len({mark.by for mark in await asyncio.gather(*both)}) == 1


async def test_nothing_was_told_to_a_channel_that_is_new(store: SqlStore) -> None:
    assert await store.newest_told(TEAM, 5) == []


async def test_marks_are_forgotten_as_long_after_as_deliveries_are(store: SqlStore) -> None:
    await store.mark(THREAD, BOOK, CLAIM)
    for ended, left in ((CLAIM.at, 1), (CLAIM.at + MINUTE, 0)):
        await store.prune(deliveries=ended, threads=NOON, echoes=NOON, now=NOON, most=10)
        assert len(await store.marks(THREAD, BOOK)) == left
