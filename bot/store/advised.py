"""What the cards of open incidents recommend now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.advice import Advised
from bot.store.codec import encode, read
from bot.store.columns import stored_key
from bot.store.database import Database, Part
from bot.store.practice import advised
from bot.store.promises import chunks
from bot.store.schema import threads as posts

KEPT = timedelta(days=120)
"""As long as a thread may be spoken to again."""
_OPEN = sa.select(advised.c.thread_key, advised.c.best).where(advised.c.best != "")
_POSTED = sa.select(posts.c.thread_key)
_OVER = sa.update(advised).values(best="")


class SqlAdvised(Part):
    """One row for each incident in each channel. Its `cleared_at` is written elsewhere and left alone here."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._insert_advised = database.insert(advised).on_conflict_do_nothing(index_elements=["thread_key"])

    async def advised(self, threads: Iterable[str]) -> Mapping[str, Advised]:
        """What is remembered of these threads, by thread key."""
        wanted = {stored_key(thread): thread for thread in threads}
        found: dict[str, Advised] = {}
        async with self._database.reading() as connection:
            for chunk in chunks(sorted(wanted)):
                rows = await connection.execute(_OPEN.where(advised.c.thread_key.in_(chunk)))
                known = ((wanted[row.thread_key], read(Advised, row.best)) for row in rows)
                found.update((thread, one) for thread, one in known if one)
        return found

    async def posted(self, threads: Iterable[str]) -> frozenset[str]:
        """Those of these threads whose first message is there."""
        wanted = {stored_key(thread): thread for thread in threads}
        found: set[str] = set()
        async with self._database.reading() as connection:
            for chunk in chunks(sorted(wanted)):
                rows = await connection.execute(_POSTED.where(posts.c.thread_key.in_(chunk)))
                found.update(wanted[row.thread_key] for row in rows)
        return frozenset(found)

    async def advised_services(self) -> frozenset[str]:
        """The services on which the advice of open incidents depends."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_OPEN)).all()
        return frozenset(service for row in rows if (one := read(Advised, row.best)) for service in one.watched)

    async def put_advised(self, rows: Mapping[str, Advised], now: datetime) -> None:
        """Remember what these cards recommend."""
        if not rows:
            return
        values = [{"thread_key": key, "best": encode(Advised, one), "at": now} for key, one in rows.items()]
        insert = self._database.insert(advised)
        again = {name: insert.excluded[name] for name in ("best", "at")}
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["thread_key"], set_=again), values)

    async def note_advised(self, thread: str, one: Advised, now: datetime) -> None:
        """Remember what a new card recommends, unless that is known already."""
        row = {"thread_key": thread, "best": encode(Advised, one), "at": now}
        await self._database.together(self._noted, row)

    async def _noted(self, connection: AsyncConnection, many: Sequence[dict[str, Any]]) -> Sequence[None]:
        rows = sorted(many, key=lambda row: str(row["thread_key"]))  # in one order, so that no two wait for one another
        await connection.execute(self._insert_advised, rows)
        return [None] * len(many)

    async def keep_advised(self, threads: Iterable[str], now: datetime) -> None:
        """Watch no others than these, and forget what is long over."""
        kept = {stored_key(thread) for thread in threads}
        async with self._database.writing() as connection:
            known = (await connection.execute(_OPEN)).all()
            over = sorted({row.thread_key for row in known} - kept)
            for chunk in chunks(over):
                await connection.execute(_OVER.where(advised.c.thread_key.in_(chunk)).values(at=now))
            if over:
                await connection.execute(sa.delete(advised).where(advised.c.at < now - KEPT))
