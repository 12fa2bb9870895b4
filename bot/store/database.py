"""Transactions: one to read, one to write, each ends in time or raises StoreAway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import timedelta
from importlib import import_module
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.engine import WRITES, border, create
from bot.store.together import Together, Write

T = TypeVar("T")
R = TypeVar("R")
AnyRow = sa.Row[*tuple[Any, ...]]
_PATIENCE = timedelta(seconds=20)


class Database:
    """One database. Every transaction that takes longer than `patience` is given up."""

    def __init__(self, url: URL, *, patience: timedelta = _PATIENCE) -> None:
        self._reader = create(url)
        self._writer = self._reader.execution_options(**{WRITES: True})
        self._patience = patience.total_seconds()
        self._dialect = import_module(f"sqlalchemy.dialects.{url.get_backend_name()}")
        # SQLite has one writer. Waiting for it here is fair and quick; its own waiting sleeps and tries again.
        alone = url.get_backend_name() == "sqlite"
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock() if alone else nullcontext()
        self._together = Together(self.writing)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Read; on Postgres all statements see one READ ONLY transaction. Raise StoreAway."""
        with border():
            async with asyncio.timeout(self._patience), self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Write; all of it is committed at the end, or none of it. Raise StoreAway."""
        with border():
            async with asyncio.timeout(self._patience), self._turn, self._writer.begin() as connection:
                yield connection

    async def together(self, write: Write[T, R], item: T) -> R:
        """Write a small thing with all that others write at this moment; what `write` answers for it, committed.

        Raise StoreAway. `write` may be handed the same thing twice, where a transaction did not come to its end.
        """
        return await self._together(write, item)

    def insert(self, table: sa.Table) -> Any:
        """An INSERT that knows ON CONFLICT: each dialect has its own class with the same methods."""
        return self._dialect.insert(table)

    async def version(self) -> str:
        """The migration the tables are at. Raise StoreAway, also where there are no tables."""
        async with self.reading() as connection:
            found = await connection.execute(sa.text("SELECT version_num FROM alembic_version"))
            return str(found.scalar_one_or_none() or "")

    async def close(self) -> None:
        """Close all connections; one that is in use, or that a later transaction opens, when it is given back."""
        event.listen(self._reader.sync_engine, "checkin", _close)
        await self._reader.dispose()


def _close(_connection: Any, record: ConnectionPoolEntry) -> None:
    # A pool that was disposed of would keep it, and nobody would ever ask that pool again. Chat libraries run our
    # listeners in tasks of their own, which nobody waits for.
    record.invalidate()


class Part:
    """A part of the store, on its database."""

    def __init__(self, database: Database) -> None:
        self._database = database
