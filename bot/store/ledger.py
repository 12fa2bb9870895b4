"""What became of deliveries: those given up, and the end of those that are long over."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.change import Change
from bot.domain.subscription import Action, GivenUp, Platform, Target
from bot.store.codec import read
from bot.store.database import AnyRow, Part
from bot.store.practice import marks, moves
from bot.store.schema import deliveries, echoes, feeds, snapshots, threads, tickets

_DEAD = deliveries.c.state == "dead"
_OVERTAKEN = "a newer edit took its place"
_SKIPPED_IDS = 1_000_000

_LEAP = {
    "sqlite": "UPDATE sqlite_sequence SET seq = seq + :skip WHERE name = 'deliveries'",
    "postgresql": "SELECT setval(pg_get_serial_sequence('deliveries', 'id'),"
    " (SELECT coalesce(max(id), 0) FROM deliveries) + :skip)",
}


class SqlLedger(Part):
    """The history's half of the outbox."""

    async def given_up(self, most: int) -> Sequence[GivenUp]:
        """The newest that were given up; an edit that a newer one replaced is none of them."""
        query = sa.select(deliveries).where(_DEAD, deliveries.c.error != _OVERTAKEN)
        query = query.order_by(deliveries.c.finished_at.desc(), deliveries.c.id.desc()).limit(most)
        async with self._database.reading() as connection:
            return [_given_up(row) for row in await connection.execute(query)]

    async def unfinished(self) -> int:
        """How many are promised and not yet at their end."""
        query = sa.select(sa.func.count()).where(deliveries.c.finished_at.is_(None))
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def try_again(self, ids: Sequence[int], now: datetime) -> int:
        """Those of these that were given up are due now, as if they had just been promised. How many."""
        again = sa.update(deliveries).where(deliveries.c.id.in_(ids), _DEAD)
        fresh = {"state": "pending", "attempts": 0, "due_at": now, "created_at": now, "finished_at": None}
        async with self._database.writing() as connection:
            return int((await connection.execute(again.values(fresh))).rowcount)

    async def prune(
        self, *, deliveries: datetime, threads: datetime, echoes: datetime, now: datetime, most: int
    ) -> int:
        """Forget what ended before these moments, at most so many rows of each kind. How many went."""
        return sum([await self._delete(query) for query in _overdue(deliveries, threads, echoes, now, most)])

    async def begin_anew(self, now: datetime) -> int:
        """After an older copy of the database was put back: what it does not know of was told already.

        Every page is looked at as if for the first time, so only what is open now is told; promises of then are
        dropped, and their number returned. New deliveries get numbers that were never used: the platforms know the
        messages of the lost time by theirs.
        """
        dropped = sa.update(deliveries).where(deliveries.c.finished_at.is_(None))
        anew = sa.update(feeds).values(revision=0, validators="{}", full_at=None, next_poll=now, lease_until=None)
        async with self._database.writing() as connection:
            ended = {"state": "dead", "error": "an older copy of the database was put back", "finished_at": now}
            count = int((await connection.execute(dropped.values(ended))).rowcount)
            await connection.execute(anew)
            await connection.execute(sa.delete(snapshots))
            await connection.execute(sa.text(_LEAP[connection.dialect.name]), {"skip": _SKIPPED_IDS})
            return count

    async def _delete(self, query: sa.Delete) -> int:
        async with self._database.writing() as connection:
            return int((await connection.execute(query)).rowcount)


def _overdue(ended: datetime, silent: datetime, heard: datetime, now: datetime, most: int) -> Sequence[sa.Delete]:
    # By the primary key, from its beginning: no index holds what is over, and all the history would be looked through.
    # A delivery ends within days, so the oldest are the first to be over.
    first = sa.select(deliveries.c.id, deliveries.c.finished_at).where(deliveries.c.finished_at.is_not(None))
    oldest = first.order_by(deliveries.c.id).limit(most).subquery()
    of_old = sa.select(oldest.c.id).where(oldest.c.finished_at < ended)
    # Threads of before this column was there have no such moment: they go when their last delivery did.
    unfinished = sa.exists().where(deliveries.c.thread_key == threads.c.thread_key)
    quiet = sa.or_(threads.c.spoken_at < silent, sa.and_(threads.c.spoken_at.is_(None), ~unfinished))
    mute = sa.select(threads.c.thread_key).where(quiet).limit(most)
    stale = sa.select(echoes.c.delivery).where(echoes.c.at < heard).limit(most)
    return (
        sa.delete(deliveries).where(deliveries.c.id.in_(of_old)),
        sa.delete(threads).where(threads.c.thread_key.in_(mute)),
        sa.delete(echoes).where(echoes.c.delivery.in_(stale)),
        sa.delete(tickets).where(tickets.c.until < now),
        *(sa.delete(table).where(table.c.at < ended) for table in (moves, marks)),
    )


def _given_up(row: AnyRow) -> GivenUp:
    change = read(Change, row.change)
    feed, _, incident = row.thread_key.partition("|")[2].partition("|")
    return GivenUp(
        id=row.id,
        target=Target(platform=Platform(row.platform), workspace=row.workspace, channel=row.channel),
        action=Action(row.action),
        service=change.service if change else feed,
        title=change.incident.title if change else incident,
        error=row.error,
        attempts=row.attempts,
        promised_at=row.created_at,
        ended_at=row.finished_at,
    )
