"""What the database counts for those who watch over us."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from bot.domain.punctuality import IN_TIME, LIMITS_S, Punctuality
from bot.domain.subscription import Platform
from bot.ports.meter import AGES_S, Figures
from bot.store.columns import Utc
from bot.store.database import Part
from bot.store.schema import deliveries, feeds

POLLED_SOON = timedelta(hours=1)
"""A feed that is not due within this has left the catalogue: nobody waits for it."""

# The index of unfinished deliveries is all that is read, however long the history.
_ROWS = (
    sa.select(
        deliveries.c.state,
        sa.func.count().label("rows"),
        sa.func.min(deliveries.c.created_at, type_=Utc()).label("oldest"),
    )
    .where(deliveries.c.finished_at.is_(None))
    .group_by(deliveries.c.state)
)
_READ_AT = sa.func.coalesce(feeds.c.read_at, feeds.c.since)


def _read_since(seconds: int) -> sa.Label[Any]:
    recent = sa.bindparam(f"since_{seconds}", type_=Utc()) <= _READ_AT
    return sa.func.coalesce(sa.func.sum(sa.case((recent, 1), else_=0)), 0).label(f"within_{seconds}")


_AGES = sa.select(
    sa.func.count().label("feeds"),
    sa.func.min(feeds.c.next_poll, type_=Utc()).label("due"),
    *(_read_since(seconds) for seconds in AGES_S),
).where(_READ_AT.is_not(None), feeds.c.next_poll <= sa.bindparam("soon", type_=Utc()))


class _Seconds(FunctionElement[float]):
    """From the first moment to the second. Neither engine has a word for it that the other knows."""

    type = sa.Float()
    inherit_cache = True


@compiles(_Seconds, "sqlite")
def _on_sqlite(element: _Seconds, compiler: SQLCompiler, **how: Any) -> str:
    began, ended = (compiler.process(clause, **how) for clause in element.clauses)
    return f"(julianday({ended}) - julianday({began})) * 86400.0"


@compiles(_Seconds, "postgresql")
def _on_postgres(element: _Seconds, compiler: SQLCompiler, **how: Any) -> str:
    began, ended = (compiler.process(clause, **how) for clause in element.clauses)
    return f"extract(epoch FROM {ended} - {began})"


_A_TICK_S = 0.0005
"""SQLite's days have no more digits than that."""


def _soon(limit: int) -> sa.Label[Any]:
    took = _Seconds(deliveries.c.created_at, deliveries.c.finished_at)
    return sa.func.sum(sa.case((took <= limit + _A_TICK_S, 1), else_=0)).label(f"soon_{limit}")


_TOLD = (
    sa.select(deliveries.c.platform, deliveries.c.state, sa.func.count().label("rows"), *map(_soon, LIMITS_S))
    .where(
        deliveries.c.created_at >= sa.bindparam("since", type_=Utc()),
        deliveries.c.action.in_(("post", "reply")),
        ~deliveries.c.thread_key.like("%|planb-%"),  # drills, and the self-test
        sa.or_(deliveries.c.finished_at.is_not(None), deliveries.c.created_at < sa.bindparam("late", type_=Utc())),
    )
    .group_by(deliveries.c.platform, deliveries.c.state)
)


class SqlFigures(Part):
    """Counts, without looking at what is finished."""

    async def figures(self, now: datetime) -> Figures:
        """How many deliveries wait, and how old what we know of the feeds is."""
        since = {f"since_{seconds}": now - timedelta(seconds=seconds) for seconds in AGES_S}
        async with self._database.reading() as connection:
            rows = (await connection.execute(_ROWS)).all()
            ages = (await connection.execute(_AGES, {"soon": now + POLLED_SOON, **since})).one()
        return Figures(
            rows={row.state: row.rows for row in rows},
            oldest_s=max((_seconds(now, row.oldest) for row in rows), default=0.0),
            ages=tuple(int(ages._mapping[f"within_{seconds}"]) for seconds in AGES_S),  # noqa: SLF001 - its public name
            feeds=ages.feeds,
            late_s=_seconds(now, ages.due),
        )

    async def punctuality(self, since: datetime, now: datetime) -> Sequence[Punctuality]:
        """How soon was told what was promised since then, by platform, without drills and self-tests."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_TOLD, {"since": since, "late": now - IN_TIME})).all()
        states = {(row.platform, row.state): row for row in rows}
        count = {key: int(row.rows) for key, row in states.items()}
        return [
            Punctuality(
                platform=platform,
                told=count.get((platform, "sent"), 0),
                given_up=count.get((platform, "dead"), 0),
                waiting=count.get((platform, "pending"), 0) + count.get((platform, "sending"), 0),
                spoken_for=count.get((platform, "merged"), 0),
                soon={
                    limit: int(sent._mapping[f"soon_{limit}"])  # noqa: SLF001 - its public name
                    for limit in LIMITS_S
                    if (sent := states.get((platform, "sent")))
                },
            )
            for platform in Platform
            if any(key[0] == platform for key in states)
        ]


def _seconds(now: datetime, then: datetime | None) -> float:
    return max((now - then).total_seconds(), 0.0) if then else 0.0
