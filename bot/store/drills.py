"""Drills: those that run or ran, what people did in them, and those that are planned."""

from collections.abc import Sequence
from datetime import datetime
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.drill import prefix_of, slug_for, threads_of
from bot.domain.drill import Act, Course, Drill, DrillPlan, Every
from bot.domain.move import MoveKind
from bot.domain.subscription import Delivery, Platform, Target
from bot.store.codec import encode, read
from bot.store.database import AnyRow, Database, Part
from bot.store.practice import drill_plans, drills, marks, moves
from bot.store.promises import Promises, chunks
from bot.store.schema import deliveries, feeds, snapshots, subscriptions

_RUNS = drills.c.ended_at.is_(None)
_ALONE = sa.text("SELECT pg_advisory_xact_lock(20261121, CAST(:channel AS integer))")
"""Of two who begin one in a channel at the same moment, the other looks after the first has stored it."""
_PLAN = ("platform", "workspace", "channel", "service")


class SqlDrills(Part):
    """The drills' part of the store."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._told = Promises(database)

    async def begin_drill(self, drill: Drill) -> int | None:
        """Store it and return its number; None where one runs in that channel already."""
        runs = sa.select(drills.c.id).where(_of(drills, drill.target), _RUNS)
        async with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":  # SQLite lets one write at a time
                await connection.execute(_ALONE, {"channel": crc32(drill.target.key.encode()) - 2**31})
            if (await connection.execute(runs)).first():
                return None
            found = await connection.execute(sa.insert(drills).values(_row(drill)).returning(drills.c.id))
            return int(found.scalar_one())

    async def drill(self, number: int) -> Drill | None:
        """The drill of that number."""
        return next(iter(await self._drills(drills.c.id == number)), None)

    async def last_drill(self, target: Target) -> Drill | None:
        """The newest of a channel, running or over."""
        newest = sa.select(sa.func.max(drills.c.id)).where(_of(drills, target)).scalar_subquery()
        return next(iter(await self._drills(drills.c.id == newest)), None)

    async def drills_since(self, moment: datetime) -> Sequence[Drill]:
        """Those that run, and those that ended since then, oldest first."""
        return await self._drills(sa.or_(_RUNS, drills.c.ended_at >= moment))

    async def end_drill(self, number: int, at: datetime) -> bool:
        """It is over; False if it was before."""
        over = sa.update(drills).where(drills.c.id == number, _RUNS).values(ended_at=at)
        async with self._database.writing() as connection:
            return bool((await connection.execute(over)).rowcount)

    async def forget_drill_pages(self, before: datetime) -> None:
        """What was read of the pages of drills that ended before; the drills themselves stay."""
        old = sa.select(drills.c.id, drills.c.service).where(drills.c.ended_at < before)
        async with self._database.writing() as connection:
            over = [slug_for(row.id, row.service) for row in await connection.execute(old)]
            for some in chunks(over):
                await connection.execute(sa.delete(snapshots).where(snapshots.c.feed.in_(some)))
                await connection.execute(sa.delete(feeds).where(feeds.c.id.in_(some)))

    async def note_course(self, number: int, course: Course) -> None:
        """How it goes."""
        noted = sa.update(drills).where(drills.c.id == number).values(result=encode(Course, course))
        async with self._database.writing() as connection:
            await connection.execute(noted)

    async def report_drill(self, drill: Drill, told: Sequence[Delivery], now: datetime) -> None:
        """Its report and the promise to tell it, in one transaction. Its channel follows it no more.

        Who took part is forgotten; the counts stay, for a card of it that is shown once more.
        """
        over = sa.update(drills).where(drills.c.id == drill.id).values(result=encode(Course, drill.course))
        follows = sa.and_(
            _of(subscriptions, drill.target),
            subscriptions.c.service.startswith(prefix_of(drill.id), autoescape=True),
        )
        async with self._database.writing() as connection:
            await connection.execute(over)
            await self._told.add(connection, told, now)
            await connection.execute(sa.delete(subscriptions).where(follows))
            await _forget_people(connection, threads_of(drill))

    async def drill_threads(self, prefix: str) -> Sequence[str]:
        """The threads whose keys begin so and whose first message was promised, oldest first."""
        first = sa.and_(deliveries.c.thread_key.startswith(prefix, autoescape=True), deliveries.c.action == "post")
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(deliveries.c.thread_key).where(first).order_by(deliveries.c.id))
            return found.scalars().all()

    async def acts(self, prefix: str) -> Sequence[Act]:
        """What people did in the threads whose keys begin so, oldest first."""
        moved = sa.select(moves).where(moves.c.thread_key.startswith(prefix, autoescape=True))
        marked = sa.select(marks).where(marks.c.thread_key.startswith(prefix, autoescape=True))
        async with self._database.reading() as connection:
            done = [
                Act(
                    person=row.person,
                    at=row.at,
                    tool=row.tool.partition("\n")[0] if row.kind == MoveKind.SWITCHED else "",
                    is_blocked=row.kind == MoveKind.BLOCKED,
                )
                for row in await connection.execute(moved)
            ]
            done += [Act(person=row.marked_by, at=row.at) for row in await connection.execute(marked)]
        return sorted(done, key=lambda act: (act.at, act.person))

    async def plan_drill(self, plan: DrillPlan) -> None:
        """Plan it, or change the plan."""
        insert = self._database.insert(drill_plans).values(_planned(plan))
        changed = {name: insert.excluded[name] for name in ("every", "minutes", "planned_by", "next_at")}
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=_PLAN, set_=changed))

    async def drop_drill_plan(self, target: Target, service: str) -> bool:
        """Plan it no more; False where there was no plan."""
        gone = sa.delete(drill_plans).where(_of(drill_plans, target), drill_plans.c.service == service)
        async with self._database.writing() as connection:
            return bool((await connection.execute(gone)).rowcount)

    async def drill_plans_of(self, target: Target) -> Sequence[DrillPlan]:
        """What a channel plans."""
        return await self._plans(_of(drill_plans, target))

    async def drill_plans_until(self, moment: datetime) -> Sequence[DrillPlan]:
        """All that are due by then."""
        return await self._plans(drill_plans.c.next_at <= moment)

    async def _drills(self, where: sa.ColumnElement[bool]) -> Sequence[Drill]:
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(drills).where(where).order_by(drills.c.id))
            return [drill for row in found if (drill := _drill(row))]

    async def _plans(self, where: sa.ColumnElement[bool]) -> Sequence[DrillPlan]:
        query = sa.select(drill_plans).where(where).order_by(drill_plans.c.next_at, drill_plans.c.service)
        async with self._database.reading() as connection:
            return [_plan(row) for row in await connection.execute(query)]


async def _forget_people(connection: AsyncConnection, prefix: str) -> None:
    """Nobody's step is known any more, and who moved is a number."""
    of_it = moves.c.thread_key.startswith(prefix, autoescape=True)
    found = await connection.execute(sa.select(moves).where(of_it).order_by(moves.c.at, moves.c.person))
    unnamed = [{**row, "person": str(number)} for number, row in enumerate(found.mappings(), 1)]
    await connection.execute(sa.delete(moves).where(of_it))
    if unnamed:
        await connection.execute(sa.insert(moves), unnamed)
    await connection.execute(sa.delete(marks).where(marks.c.thread_key.startswith(prefix, autoescape=True)))


def _of(table: sa.Table, target: Target) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in _place(target).items()))


def _place(target: Target) -> dict[str, str]:
    return {"platform": target.platform.value, "workspace": target.workspace, "channel": target.channel}


def _row(drill: Drill) -> dict[str, object]:
    same = ("service", "scenario", "mention", "started_by", "started_at", "ends_at", "ended_at")
    plain = {name: getattr(drill, name) for name in same}
    return {**_place(drill.target), **plain, "result": encode(Course, drill.course)}


def _drill(row: AnyRow) -> Drill | None:
    course = read(Course, row.result) if row.result else Course()
    if course is None:
        return None
    return Drill(
        id=row.id,
        target=Target(platform=Platform(row.platform), workspace=row.workspace, channel=row.channel),
        service=row.service,
        scenario=row.scenario,
        mention=row.mention,
        started_by=row.started_by,
        started_at=row.started_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        course=course,
    )


def _planned(plan: DrillPlan) -> dict[str, object]:
    same = {name: getattr(plan, name) for name in ("service", "minutes", "planned_by", "next_at")}
    return {**_place(plan.target), **same, "every": plan.every.value}


def _plan(row: AnyRow) -> DrillPlan:
    return DrillPlan(
        target=Target(platform=Platform(row.platform), workspace=row.workspace, channel=row.channel),
        service=row.service,
        every=Every(row.every),
        minutes=row.minutes,
        planned_by=row.planned_by,
        next_at=row.next_at,
    )
