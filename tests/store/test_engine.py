import asyncio
import gc
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from bot.domain.errors import SettingsError, StoreAway
from bot.store.database import Database
from bot.store.engine import database_url
from bot.store.migrate import migrate, upgrade
from bot.store.store import SqlStore
from tests.store.made import MINUTE, NOON, claim_all, delivery


@pytest.mark.parametrize(
    ("text", "drivername", "database"),
    [
        ("postgres://u:p@h:5432/d", "postgresql+psycopg", "d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+psycopg", "d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg", "d"),
        ("sqlite:///x.db", "sqlite+aiosqlite", "x.db"),
        ("sqlite:////var/x", "sqlite+aiosqlite", "/var/x"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite", "x.db"),
        (" planb.db\n", "sqlite+aiosqlite", "planb.db"),
        ("/var/lib/planb.sqlite3", "sqlite+aiosqlite", "/var/lib/planb.sqlite3"),
    ],
)
def test_addresses_are_read_as_people_write_them(text: str, drivername: str, database: str) -> None:
    url = database_url(text)
    assert (url.drivername, url.database) == (drivername, database)


def test_sslmode_and_password_are_kept() -> None:
    url = database_url("postgres://u:p%40ss@h/d?sslmode=require")
    assert url.query == {"sslmode": "require"}
    assert url.password == "p@ss"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "planb",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://host/x.db",
        "mysql://u:sesame@h/d",
        "postgresql+asyncpg://u:sesame@h/d",
        "postgres://u:sesame@h:sesame/d",
        "sesame@h/d",
    ],
)
def test_other_addresses_are_refused_with_advice_and_without_the_password(text: str) -> None:
    with pytest.raises(SettingsError, match=r"sqlite:///planb\.db") as error:
        database_url(text)
    assert "sesame" not in str(error.value)


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@asynccontextmanager
async def opened(url: URL, **values: timedelta) -> AsyncIterator[SqlStore]:
    before = set(threading.enumerate())
    store = SqlStore(url, **values)
    try:
        yield store
    finally:
        await store.close()
        # aiosqlite's thread reports to the event loop a little after it failed to open a file.
        async with asyncio.timeout(2):
            while any("_connection_worker_thread" in thread.name for thread in {*threading.enumerate()} - before):  # noqa: ASYNC110 - threads tell nobody
                await asyncio.sleep(0.001)


async def test_a_port_where_nobody_listens_is_store_away_at_once() -> None:
    began = time.monotonic()
    async with opened(database_url(f"postgres://u:sesame@127.0.0.1:{closed_port()}/d")) as store:
        with pytest.raises(StoreAway, match=r"^the database is away: [^\n]+$") as error:
            await store.open()
        assert not await store.ready()
    assert time.monotonic() - began < 2
    assert "sesame" not in str(error.value)


async def test_a_server_that_never_answers_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with opened(database_url(f"postgres://u:p@127.0.0.1:{port}/d"), patience=timedelta(seconds=0.1)) as store:
        with pytest.raises(StoreAway):
            await store.note("a")
    server.close()


async def test_a_folder_that_is_not_there_is_store_away(tmp_path: Path) -> None:
    async with opened(database_url(f"{tmp_path}/nowhere/planb.db")) as store:
        with pytest.raises(StoreAway, match="unable to open"):
            await store.set_note("a", "b")


async def test_a_file_deleted_under_us_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    url = database_url(f"{folder}/planb.db")
    await migrate(url)
    async with opened(url) as store:
        await store.set_note("a", "b")
        shutil.rmtree(folder)
        with pytest.raises(StoreAway):
            await store.set_note("a", "c")
        assert not await store.ready()
        folder.mkdir()
        await migrate(url)
        assert await store.ready()
        assert await store.note("a") is None


async def test_a_file_that_is_no_database_is_store_away(tmp_path: Path) -> None:
    (tmp_path / "planb.db").write_text("these are not the tables you are looking for " * 100)
    async with opened(database_url(f"{tmp_path}/planb.db")) as store:
        with pytest.raises(StoreAway, match="not a database"):
            await store.note("a")


async def test_a_database_without_tables_says_how_to_make_them(empty: URL) -> None:
    async with opened(empty) as store:
        with pytest.raises(StoreAway, match="planb migrate"):
            await store.open()
        with pytest.raises(StoreAway, match="planb migrate"):
            await store.register_feeds(["a"], NOON)
        assert not await store.ready()


async def test_a_store_recovers_when_its_connections_were_cut(store: SqlStore, url: URL, engine: str) -> None:
    await store.set_note("a", "b")
    if engine == "postgres":
        others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        with sa.create_engine(url, poolclass=sa.NullPool).connect() as killer:
            assert killer.execute(sa.text(f"SELECT pg_terminate_backend(pid) {others}")).all()
    assert await store.note("a") == "b"


@pytest.mark.parametrize("cancels", [1, 2])
@pytest.mark.parametrize("turns", range(0, 40, 4))
async def test_what_is_cancelled_while_it_connects_leaves_nothing_open(
    url: URL, engine: str, turns: int, cancels: int
) -> None:
    """Where a connection stays open, its ResourceWarning is the failure of this test; so is a thread without a loop."""
    store = SqlStore(url)
    asking = asyncio.create_task(store.added_pages())
    for _ in range(turns):
        await asyncio.sleep(0)
    for _ in range(cancels):
        asking.cancel()
        await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        await asking
    await store.close()
    gc.collect()


async def test_what_is_under_way_when_the_store_is_closed_leaves_nothing_open(url: URL, engine: str) -> None:
    """A listener of a chat library may be amid its transaction then; a ResourceWarning would be the failure."""
    database = Database(url)
    async with database.reading() as connection:
        await database.close()
        assert (await connection.execute(sa.text("SELECT 1"))).scalar() == 1
    async with database.writing() as connection:
        assert (await connection.execute(sa.text("SELECT 2"))).scalar() == 2
    del connection, database
    gc.collect()


async def test_a_mistake_of_ours_is_not_store_away(url: URL) -> None:
    database = Database(url)
    with pytest.raises(sa.exc.DBAPIError):
        async with database.reading() as connection:
            await connection.execute(sa.text("SELEKT"))
    await database.close()


async def test_a_failed_writer_leaves_nothing(store: SqlStore, url: URL) -> None:
    async def fail(database: Database) -> None:
        async with database.writing() as connection:
            await connection.execute(sa.text("INSERT INTO notes (name, value) VALUES ('a', 'b')"))
            raise ZeroDivisionError

    database = Database(url)
    with pytest.raises(ZeroDivisionError):
        await fail(database)
    await database.close()
    assert await store.note("a") is None


async def test_a_statement_may_not_take_for_ever_on_postgres(url: URL, engine: str) -> None:
    shown = {"sqlite": "PRAGMA busy_timeout", "postgres": "SHOW statement_timeout"}[engine]
    database = Database(url)
    async with database.reading() as connection:
        assert (await connection.execute(sa.text(shown))).scalar() == {"sqlite": 5000, "postgres": "10s"}[engine]
    await database.close()


async def test_sqlite_writers_of_two_processes_wait_for_each_other(tmp_path: Path) -> None:
    url = database_url(f"{tmp_path}/planb.db")
    await migrate(url)
    two = SqlStore(url)
    async with opened(url) as one:
        writes = [store.promise([delivery(f"{n}")], NOON) for n, store in enumerate([one, two] * 8)]
        assert await asyncio.gather(*writes) == [1] * 16
        await two.close()
        assert len(await claim_all(one, NOON, MINUTE, 50)) == 1


async def test_a_sqlite_file_that_stays_locked_is_store_away(tmp_path: Path) -> None:
    url = database_url(f"{tmp_path}/planb.db")
    await migrate(url)
    holder = sqlite3.connect(tmp_path / "planb.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    async with opened(url.update_query_dict({"timeout": "0.1"})) as store:
        assert await store.note("a") is None
        with pytest.raises(StoreAway, match="database is locked"):
            await store.set_note("a", "b")
        holder.execute("ROLLBACK")
        holder.close()
        await store.set_note("a", "b")
        assert await store.note("a") == "b"


def test_an_upgrade_where_the_database_is_away_is_store_away(tmp_path: Path) -> None:
    with pytest.raises(StoreAway):
        upgrade(database_url(f"postgres://u:p@127.0.0.1:{closed_port()}/d"))
    with pytest.raises(StoreAway):
        upgrade(database_url(f"{tmp_path}/nowhere/planb.db"))
