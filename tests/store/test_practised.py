"""What a team follows and practised, and what a channel was told, on both engines."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.drill import Course, End, Report
from bot.domain.subscription import Action, Target
from bot.store.codec import encode
from bot.store.practice import drills
from bot.store.store import SqlStore
from tests.store.made import LOUNGE, MINUTE, NOON, OFFICE, SHOWN, claim_all, delivery, follow

WHOLE = Report(end=End.TIME)
NEXT_DOOR = replace(OFFICE, channel="C2")
ELSEWHERE = replace(OFFICE, workspace="T2")


async def put(store: SqlStore, table: sa.Table, **values: Any) -> None:
    async with store._database.writing() as connection:
        await connection.execute(sa.insert(table).values(values))


async def drilled(
    store: SqlStore,
    service: str,
    ended_at: datetime | None,
    target: Target = OFFICE,
    report: Report | None = WHOLE,
) -> None:
    place = {"platform": target.platform.value, "workspace": target.workspace, "channel": target.channel}
    plain = {"scenario": "", "mention": "", "started_by": "U1", "started_at": NOON, "ends_at": NOON}
    await put(
        store,
        drills,
        **place,
        **plain,
        service=service,
        ended_at=ended_at,
        result=encode(Course, Course(report=report)),
    )


async def test_a_team_is_all_of_its_channels(store: SqlStore) -> None:
    mine = [follow("acme"), follow("bolt", NEXT_DOOR)]
    for one in (*mine, follow("cork", ELSEWHERE), follow("dust", LOUNGE)):
        await store.subscribe(one, NOON)
    assert await store.followed_in(OFFICE.team) == mine
    assert await store.teams() == ["discord:G1", "slack:T1", "slack:T2"]


async def test_a_closed_channel_counts_no_more(store: SqlStore) -> None:
    await store.subscribe(follow("acme"), NOON)
    await store.disable(OFFICE, "archived", NOON)
    assert await store.followed_in(OFFICE.team) == []
    assert await store.teams() == []


async def test_the_last_drill_of_each_service_counts_once_it_ended(store: SqlStore) -> None:
    await drilled(store, "acme", NOON)
    await drilled(store, "acme", NOON + MINUTE, NEXT_DOOR)
    await drilled(store, "acme", None)
    await drilled(store, "bolt:api", NOON)
    await drilled(store, "bolt", None)
    await drilled(store, "acme", NOON + timedelta(days=9), ELSEWHERE)
    assert await store.last_drills(OFFICE.team) == {"acme": NOON + MINUTE, "bolt:api": NOON}


async def test_a_drill_that_was_called_off_before_anybody_did_anything_is_none(store: SqlStore) -> None:
    for service, report in (
        ("acme", Report(end=End.STOPPED)),
        ("bolt", Report(end=End.STOPPED, acted=1)),
        ("cork", Report(end=End.REAL)),
        ("dust", None),
    ):
        await drilled(store, service, NOON, report=report)
    assert await store.last_drills(OFFICE.team) == {"bolt": NOON}


async def test_a_channel_was_told_what_was_posted_there(store: SqlStore) -> None:
    promised = [
        delivery("a", about="i1"),
        delivery("b", Action.REPLY, about="i1"),
        delivery("c", about="i2"),
        delivery("d", about="i3", to=NEXT_DOOR),
        delivery("e", about="i4"),
    ]
    await store.promise(promised, NOON)
    for _ in range(3):
        for claim in await claim_all(store, NOON, MINUTE, 9):
            if claim.delivery.key == "e":
                await store.failed(claim, "no", again=None, unsettled=False, now=NOON)
            else:
                await store.sent(claim, SHOWN, NOON)
    assert [change.incident.id for change in await store.told(OFFICE, 9)] == ["i2", "i1"]
    assert [change.incident.id for change in await store.told(OFFICE, 1)] == ["i2"]
