"""SQLite: a connection that leaves nothing behind, how one is set up, and whether its file is still there."""

import asyncio
import os
import sqlite3
import threading
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self, cast

import aiosqlite
from aiosqlite.core import _STOP_RUNNING_SENTINEL
from sqlalchemy.exc import DisconnectionError

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",  # with WAL: no commit is lost when the process dies, only with the power
)
_ENDING_S = 0.5


class _Answer:
    """What aiosqlite's thread knows of a future: it may have waited for a lock until the loop was over."""

    def __init__(self, done: asyncio.Future[Any]) -> None:
        self._done = done

    def get_loop(self) -> "_Answer":
        return self

    def call_soon_threadsafe(self, settle: Any, _: object, result: object) -> None:
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            self._done.get_loop().call_soon_threadsafe(settle, self._done, result)


class _Statement:
    """The cursor that SQLAlchemy asks for, with all steps of a statement in one trip to the thread.

    It would make four of them, each behind all that the loop does meanwhile, and that with the write lock in its hand.
    """

    arraysize = 1

    def __init__(self, connection: "SqliteConnection") -> None:
        self._connection = connection
        self._done: sqlite3.Cursor | None = None
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._done.description if self._done else None

    @property
    def rowcount(self) -> int:
        return self._done.rowcount if self._done else -1

    @property
    def lastrowid(self) -> int | None:
        return self._done.lastrowid if self._done else None

    async def execute(self, sql: str, parameters: Any = ()) -> None:
        self._done, self._rows = await self._connection.whole("execute", sql, parameters)

    async def executemany(self, sql: str, parameters: Any) -> None:
        self._done, self._rows = await self._connection.whole("executemany", sql, parameters)

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """The thread has done that."""


def _whole(connection: sqlite3.Connection, how: str, sql: str, parameters: Any) -> tuple[sqlite3.Cursor, list[Any]]:
    with closing(connection.cursor()) as cursor:
        getattr(cursor, how)(sql, parameters)
        return cursor, cursor.fetchall() if cursor.description else []


class SqliteConnection(aiosqlite.Connection):
    """Leaves nothing behind, however it ends.

    aiosqlite's own forgets the file that it opened for somebody who was cancelled meanwhile, and its thread may outlive
    the loop that it answers to. Here the end of the thread is waited for where we stand, mostly less than a ms: nobody
    says how many cancels come, nor when the loop is over.
    """

    def __init__(self, database: str, **more: Any) -> None:
        super().__init__(self._open, iter_chunk_size=64)
        self._thread.daemon = True  # as SQLAlchemy does where it opens them itself
        self._file = partial(sqlite3.connect, database, **(more | {"check_same_thread": False}))
        self._opened: sqlite3.Connection | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        if self._thread.ident and not self._thread.is_alive():
            return None  # aiosqlite would wait for the answer of a thread that is over
        self._running = False
        # In its own thread: sqlite3 crashes the process where another thread closes what this one works with.
        self._tx.put_nowait((None, self._close))
        self._interrupt()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(_ENDING_S)
        return None

    def cursor(self) -> Any:
        return _Statement(self)

    async def whole(self, how: str, sql: str, parameters: Any) -> Any:
        """A statement from its beginning to its end: its closed cursor, and its rows."""
        return await self._execute(_whole, self._conn, how, sql, parameters)

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._running or not self._connection:
            raise ValueError("the connection is closed")
        done = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((cast("Any", _Answer(done)), partial(fn, *args, **kwargs)))
        try:
            return await done
        except asyncio.CancelledError:
            self._interrupt()
            raise

    def _interrupt(self) -> None:
        """Nobody waits any more for what it computes. One that waits for a lock waits on, for 5 s at most."""
        if self._opened:
            with suppress(sqlite3.ProgrammingError):  # it is closed
                self._opened.interrupt()

    def _close(self) -> object:
        if self._opened:
            self._opened.close()
        self._connection = None
        return _STOP_RUNNING_SENTINEL

    def _open(self) -> sqlite3.Connection:
        self._opened = self._file()
        return self._opened


def opened(path: Path) -> Any:
    """A new connection to that file is made ready."""

    def prepared(connection: Any, record: Any) -> None:
        try:
            _prepare_sqlite(connection)
        except sqlite3.Error:
            connection.close()  # the pool only forgets a connection that fails here
            raise
        record.info["file"] = _identity(path)

    return prepared


def _prepare_sqlite(connection: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    # Changing the mode needs the file alone and does not wait. The mode stays in the file: whoever holds it now has
    # changed it for us, or the next connection will.
    with suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def same_file(path: Path) -> Any:
    """A connection that is about to be used still leads to what stands at that path, or is opened anew."""

    def checked_out(_connection: Any, record: Any, _proxy: Any) -> None:
        # An open connection goes on writing into a file that was deleted or replaced, and nobody would ever see it.
        if record.info.get("file") != _identity(path):
            raise DisconnectionError("the database file is another one now")

    return checked_out


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - half the time of Path.stat, at every checkout
    except OSError:
        return None
    return status.st_dev, status.st_ino
