"""A SQLite connection that is given up amid its work."""

import asyncio
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
import sqlalchemy as sa

from bot.domain.errors import StoreAway
from bot.store.database import Database
from bot.store.engine import database_url
from bot.store.sqlite import SqliteConnection

LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) SELECT count(*) FROM n"
"""A minute's work."""


async def test_what_computes_too_long_is_given_up_at_once(tmp_path: Path) -> None:
    database = Database(database_url(f"sqlite:///{tmp_path}/a.db"), patience=timedelta(seconds=0.3))
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(StoreAway):
        async with database.reading() as connection:
            await connection.execute(sa.text(LONG))
    assert loop.time() - began < 2
    async with database.reading() as connection:
        assert (await connection.execute(sa.text("SELECT 1"))).scalar() == 1
    await database.close()


async def test_a_connection_is_stopped_amid_its_work_and_the_process_lives(tmp_path: Path) -> None:
    """Closing it while its thread works with it would end the whole process: sqlite3 does not forbid that."""
    connection = await SqliteConnection(str(tmp_path / "a.db"))
    computing = asyncio.create_task(connection.execute(LONG))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    connection.stop()
    assert time.monotonic() - began < 2
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        await computing
    assert not connection._thread.is_alive()


async def test_stopping_one_that_waits_for_another_process_s_lock_holds_us_up_for_a_moment_only(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    connection = await SqliteConnection(str(path), timeout=5, isolation_level=None)
    waiting = asyncio.create_task(connection.execute("BEGIN IMMEDIATE"))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    connection.stop()
    assert time.monotonic() - began < 1
    writer.close()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.to_thread(connection._thread.join, 10)
    assert not connection._thread.is_alive()


def test_a_thread_that_waits_for_a_lock_until_its_loop_is_over_ends_without_a_word(tmp_path: Path) -> None:
    """What it has to say then is an error that nobody caught, and would fail this test."""
    path = tmp_path / "a.db"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")

    async def leave() -> aiosqlite.Connection:
        connection = await SqliteConnection(str(path), timeout=5, isolation_level=None)
        waiting = asyncio.create_task(connection.execute("BEGIN IMMEDIATE"))
        await asyncio.sleep(0.1)
        waiting.cancel()
        connection.stop()
        return connection

    connection = asyncio.run(leave())
    writer.close()
    connection._thread.join(10)
    assert not connection._thread.is_alive()


async def test_a_statement_is_one_trip_to_the_thread(tmp_path: Path) -> None:
    connection: Any = await SqliteConnection(str(tmp_path / "a.db"), isolation_level=None)
    trips: list[Any] = []
    execute = connection._execute

    async def counted(*what: Any, **more: Any) -> Any:
        trips.append(what)
        return await execute(*what, **more)

    connection._execute = counted
    cursor = await connection.cursor().__aenter__()
    assert (cursor.description, cursor.rowcount, cursor.lastrowid) == (None, -1, None)
    await cursor.execute("CREATE TABLE a (b)")
    await cursor.executemany("INSERT INTO a VALUES (?)", [(1,), (2,)])
    assert cursor.rowcount == 2
    await cursor.execute("UPDATE a SET b = b + 1 WHERE b = ? RETURNING b", (1,))
    assert (cursor.description[0][0], await cursor.fetchall(), await cursor.fetchall()) == ("b", [(2,)], [])
    await cursor.close()
    assert len(trips) == 3
    await connection.close()
