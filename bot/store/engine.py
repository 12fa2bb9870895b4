"""The two databases: their addresses, their connections, and what it means that one is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import SQLITE_ERROR
from sqlite3 import Error as SqliteError
from typing import Any, cast

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.domain.errors import SettingsError, StoreAway
from bot.store.sqlite import SqliteConnection, opened, same_file

WRITES = "planb_writes"
"""The execution option of connections that will write."""

_SQLITE = "sqlite+aiosqlite"
_POSTGRES = "postgresql+psycopg"
_DRIVERS = {
    "sqlite": _SQLITE,
    _SQLITE: _SQLITE,
    "postgres": _POSTGRES,
    "postgresql": _POSTGRES,
    _POSTGRES: _POSTGRES,
}
_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_ADVICE = "write postgresql://user:password@host/database, sqlite:///planb.db, or the path of a .db file"


def database_url(text: str) -> URL:
    """Read a database address as people and Heroku write it. Raise SettingsError; it never shows a password."""
    text = text.strip()
    if "://" not in text and text.endswith(_SUFFIXES):
        return URL.create(_SQLITE, database=str(Path(text).expanduser()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError(f"the database address cannot be read: {_ADVICE}") from None
    if url.drivername not in _DRIVERS:
        raise SettingsError(f"the database address is of a kind we do not speak: {_ADVICE}")
    if "@" in (url.host or ""):  # half a password, which would be asked of a name server and told in the error
        raise SettingsError("the database address cannot be read: an @ in its password is written %40")
    url = url.set(drivername=_DRIVERS[url.drivername])
    if url.drivername == _SQLITE and (url.host or not url.database or ":memory:" in url.database):
        raise SettingsError("a SQLite address names a file, with three slashes: sqlite:///planb.db")
    return url


# psycopg: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_CONNECT: dict[str, dict[str, Any]] = {
    "sqlite": {"timeout": 5},  # seconds to wait for a writer in another process
    "postgresql": {
        "prepare_threshold": None,  # prepared statements do not survive PgBouncer's transaction pooling
        "connect_timeout": 5,  # seconds
        "keepalives_idle": 30,  # seconds
        "tcp_user_timeout": 15000,  # milliseconds: a connection that is dead but not closed
        "application_name": "planb",
    },
}

# SET LOCAL, because PgBouncer hands the connection to somebody else after the transaction, and refuses `options`.
_LIMITS = "SET LOCAL statement_timeout = 10000; SET LOCAL idle_in_transaction_session_timeout = 30000"

# sqlite3 begins transactions late and never for reads; we begin them ourselves, and psycopg's BEGIN becomes one trip
# with the limits. IMMEDIATE takes SQLite's write lock at once: upgrading a read lock later would fail without waiting.
# https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#transactions-with-sqlite-and-the-sqlite3-driver
_BEGIN = {
    ("sqlite", True): "BEGIN IMMEDIATE",
    ("sqlite", False): "",  # every SELECT is a transaction of its own
    ("postgresql", True): f"BEGIN; {_LIMITS}",
    ("postgresql", False): f"BEGIN READ ONLY; {_LIMITS}",
}


def create(url: URL) -> AsyncEngine:
    """An engine; nothing is connected yet."""
    postgres = url.get_backend_name() == "postgresql"
    engine = create_async_engine(
        url,
        pool_size=3
        if postgres
        else 5,  # a connection to a file costs a thread, and one over the size is closed at once
        max_overflow=2 if postgres else 0,
        pool_timeout=10,
        pool_pre_ping=postgres,
        hide_parameters=True,
        connect_args=connect_args(url) | ({} if postgres else {"async_creator_fn": SqliteConnection}),
        **({"use_native_hstore": False} if postgres else {}),
    )
    listen(engine.sync_engine)
    return engine


def connect_args(url: URL) -> dict[str, Any]:
    """What the driver is told, as far as the address does not say it itself."""
    return {name: value for name, value in _CONNECT[url.get_backend_name()].items() if name not in url.query}


def listen(engine: Engine) -> None:
    """Take transactions into our own hands, on an engine of either kind."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", opened(Path(engine.url.database or "")))
        event.listen(engine, "checkout", same_file(Path(engine.url.database or "")))
    else:
        event.listen(engine, "connect", _open_postgres)
    event.listen(engine, "begin", _begin)


def _open_postgres(connection: Any, _record: Any) -> None:
    connection.autocommit = True  # BEGIN is ours, see _BEGIN


def _begin(connection: Connection) -> None:
    writes = bool(connection.get_execution_options().get(WRITES))
    statement = _BEGIN[connection.dialect.name, writes]
    if statement and connection.dialect.driver == "aiosqlite":
        # Past SQLAlchemy's cursors: each of their steps would be a trip to another thread, three of them here.
        raw = cast("Any", connection.connection.dbapi_connection)
        raw.run_async(lambda driver: driver.execute(statement))
    elif statement:
        connection.exec_driver_sql(statement)


_UNMIGRATED = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")


@contextmanager
def border() -> Iterator[None]:
    """Turn every error that means "the database is away" into StoreAway; mistakes of ours stay what they are."""
    try:
        yield
    except (DBAPIError, DisconnectionError, PoolTimeout, SqliteError, OSError) as error:
        line = _line(error)
        if any(word in line for word in _UNMIGRATED):
            raise StoreAway("the database has no tables yet, or old ones: run `planb migrate`") from error
        if not _is_away(error):
            raise
        raise StoreAway(f"the database is away: {line}") from error


def _is_away(error: Exception) -> bool:
    if not isinstance(error, DBAPIError):
        return True
    if getattr(error.orig, "sqlite_errorcode", None) == SQLITE_ERROR:
        return False  # sqlite3 calls a mistake in a statement "operational" too
    # A plain DatabaseError is a file that is damaged or no database at all.
    kinds = (OperationalError, InterfaceError, InternalError)
    return error.connection_invalidated or isinstance(error, kinds) or type(error) is DatabaseError


def _line(error: Exception) -> str:
    """The driver's first line: without SQLAlchemy's statement. No driver puts the password there."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    text = next(iter(str(cause).strip().splitlines()), "")
    name = type(cause).__name__
    if isinstance(error, ProgrammingError):
        return f"{name}: {text}"
    return text or name
