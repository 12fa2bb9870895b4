"""Drills on both engines: one for each channel at a time, what people did in them, what is planned."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot.core.drill import KEPT, slug_of, threads_of
from bot.core.drill_told import reporting
from bot.domain.drill import Act, Course, Drill, DrillPlan, End, Every, Report
from bot.domain.move import Move, MoveKind
from bot.domain.playbook import Mark, MarkState
from bot.domain.polling import Outcome
from bot.domain.status import Freshness
from bot.domain.subscription import Action
from bot.store.practice import marks, moves
from bot.store.store import SqlStore
from tests.fakes import NOON
from tests.made import TEAM, follow

MINUTE = timedelta(minutes=1)
DRILL = Drill(
    target=TEAM,
    service="lamp:chat",
    scenario="chatgpt-2024-12-26",
    mention="@here",
    started_by="U1",
    started_at=NOON,
    ends_at=NOON + 20 * MINUTE,
    course=Course(language="fr"),
)
PLAN = DrillPlan(target=TEAM, service="lamp", every=Every.WEEKLY, minutes=15, planned_by="U1", next_at=NOON)


async def test_a_channel_has_one_drill_at_a_time(store: SqlStore, other: SqlStore) -> None:
    number = await store.begin_drill(DRILL)
    assert number
    assert await other.begin_drill(DRILL) is None
    elsewhere = replace(DRILL, target=replace(TEAM, channel="C2"))
    assert await other.begin_drill(elsewhere)
    assert await other.drill(number) == replace(DRILL, id=number)
    assert await store.end_drill(number, NOON + MINUTE) is True
    assert await other.end_drill(number, NOON + 2 * MINUTE) is False
    again = await other.begin_drill(DRILL)
    assert (await store.last_drill(TEAM)) == replace(DRILL, id=again or 0)


async def test_what_ended_is_known_for_a_while(store: SqlStore) -> None:
    number = await store.begin_drill(DRILL) or 0
    await store.end_drill(number, NOON)
    assert [one.id for one in await store.drills_since(NOON)] == [number]
    assert await store.drills_since(NOON + KEPT) == []


async def test_its_course_is_kept_whole(store: SqlStore, other: SqlStore) -> None:
    number = await store.begin_drill(DRILL) or 0
    course = Course(
        language="fr", end=End.REAL, first_at=NOON, moves={"ann": "Torch"}, acted=("ann", "bob"), failed=("Candle",),
        report=Report(end=End.REAL, first=3.5, acted=2, switched=1, tools=("Torch",), links=1, broken=("x",)),
    )  # fmt: skip
    await store.note_course(number, course)
    drill = await other.drill(number)
    assert drill
    assert drill.course == course


async def test_of_two_who_begin_at_once_one_does(store: SqlStore, other: SqlStore) -> None:
    for channel in map(str, range(12)):
        drill = replace(DRILL, target=replace(TEAM, channel=channel))
        begun = await asyncio.gather(*(one.begin_drill(drill) for one in (store, other, store, other)))
        assert sum(number is not None for number in begun) == 1


async def test_only_what_was_done_in_its_own_threads_counts(store: SqlStore) -> None:
    first = replace(DRILL, id=await store.begin_drill(DRILL) or 0)
    there = threads_of(first)
    rows = [
        (f"{there}i1", "ann", "switched", "Torch\nAnn", 1),  # with the name she wants shown
        (f"{there}i1", "bob", "blocked", "", 2),
        (f"{threads_of(replace(first, id=first.id + 10))}i1", "eve", "switched", "Torch", 3),
        (f"{TEAM.key}|lamp|i1", "eve", "switched", "Torch", 3),
    ]
    async with store._database.writing() as connection:
        for thread, person, kind, tool, minute in rows:
            row = {"thread_key": thread, "person": person, "kind": kind, "tool": tool, "named": False}
            await connection.execute(sa.insert(moves).values(**row, at=NOON + minute * MINUTE))
        done = {"thread_key": f"{there}i1|capability:light", "step": 1, "state": "done", "marked_by": "cat", "at": NOON}
        await connection.execute(sa.insert(marks).values(done))

    assert await store.acts(there) == [
        Act(person="cat", at=NOON),
        Act(person="ann", at=NOON + MINUTE, tool="Torch"),
        Act(person="bob", at=NOON + 2 * MINUTE, is_blocked=True),
    ]


async def test_its_report_is_promised_once_and_its_channel_follows_it_no_more(store: SqlStore) -> None:
    drill = replace(DRILL, id=await store.begin_drill(DRILL) or 0)
    slug = slug_of(drill)
    await store.subscribe(follow(slug), NOON)
    await store.subscribe(follow("lamp"), NOON)
    told = reporting(drill, "Lamp", f"{threads_of(drill)}i1", NOON)
    first = replace(told, key="first", action=Action.POST)
    await store.promise([first], NOON)
    assert await store.drill_threads(threads_of(drill)) == [told.thread_key]
    assert (told.thread_key, told.change.incident.id) == (f"{threads_of(drill)}i1", "i1")

    await store.report_drill(drill, [told], NOON)
    await store.report_drill(drill, [told], NOON)

    assert await store.unfinished() == 2
    assert [one.service for one in await store.subscriptions_of(TEAM)] == ["lamp"]


async def test_with_the_report_who_took_part_is_forgotten_and_how_many_is_not(store: SqlStore) -> None:
    drill = replace(DRILL, id=await store.begin_drill(DRILL) or 0)
    told = reporting(drill, "Lamp", f"{threads_of(drill)}i1", NOON)
    for person, kind in (("ann", MoveKind.SWITCHED), ("bob", MoveKind.BLOCKED)):
        move = Move(kind=kind, person=person, tool="Torch" if kind is MoveKind.SWITCHED else "")
        await store.move(told, move, NOON)
    await store.mark(told.thread_key, "lamp", Mark(step=1, state=MarkState.DONE, by="cat", at=NOON))
    await store.report_drill(drill, [told], NOON)
    moved = await store.moves(told.thread_key)
    assert sorted(one.kind for one in moved) == [MoveKind.BLOCKED, MoveKind.SWITCHED]
    assert {one.person for one in moved} == {"1", "2"}
    assert await store.marks(told.thread_key, "lamp") == {}
    assert not {"ann", "bob"} & {part for one in await store.newest_told(TEAM, 9) for part in one[1].key.split("|")}


async def test_what_was_read_of_an_old_drill_is_forgotten_and_nothing_else(store: SqlStore) -> None:
    old = replace(DRILL, id=await store.begin_drill(DRILL) or 0)
    await store.end_drill(old.id, NOON)
    new = replace(DRILL, id=await store.begin_drill(DRILL) or 0)
    await store.register_feeds([slug_of(old), slug_of(new), "lamp"], NOON)
    await store.forget_drill_pages(NOON)
    assert {one.feed for one in await store.sights()} == {slug_of(old), slug_of(new), "lamp"}
    await store.forget_drill_pages(NOON + MINUTE)
    assert {one.feed for one in await store.sights()} == {slug_of(new), "lamp"}
    assert (await store.drill(old.id)) is not None


async def test_a_workspace_that_leaves_takes_its_drills_along(store: SqlStore) -> None:
    number = await store.begin_drill(DRILL) or 0
    await store.plan_drill(PLAN)
    elsewhere = await store.begin_drill(replace(DRILL, target=replace(TEAM, workspace="T2"))) or 0
    await store.forget_workspace(TEAM.platform, TEAM.workspace, NOON)
    assert (await store.drill(number), await store.drill_plans_of(TEAM)) == (None, [])
    assert await store.drill(elsewhere)


async def test_the_page_of_a_drill_says_nothing_of_how_well_we_see(store: SqlStore) -> None:
    page = Outcome(
        feed="planb-drill-1-lamp", fence=1, at=NOON, next_poll=NOON, interval=MINUTE, trouble=Freshness.UNREACHABLE
    )
    await store.register_feeds([page.feed], NOON)
    await store.claim_feeds(NOON, MINUTE, 9)
    assert await store.save_polls([page]) == []
    vitals = await store.vitals()
    assert (vitals.feeds, vitals.unreachable) == (0, 0)


async def test_plans_are_changed_found_when_due_and_dropped(store: SqlStore) -> None:
    await store.plan_drill(PLAN)
    monthly = replace(PLAN, every=Every.MONTHLY, next_at=NOON + MINUTE)
    await store.plan_drill(monthly)
    assert await store.drill_plans_of(TEAM) == [monthly]
    assert await store.drill_plans_until(NOON) == []
    assert await store.drill_plans_until(NOON + MINUTE) == [monthly]
    assert await store.drop_drill_plan(TEAM, "lamp") is True
    assert await store.drop_drill_plan(TEAM, "lamp") is False
