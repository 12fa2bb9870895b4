"""What the database counts for those who watch over us."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

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


def _seconds(now: datetime, then: datetime | None) -> float:
    return max((now - then).total_seconds(), 0.0) if then else 0.0
