import asyncio
import logging
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL

from bot.domain.errors import StoreAway
from bot.store import migrate as module
from bot.store.engine import WRITES, listen
from bot.store.migrate import configuration, migrate, upgrade
from bot.store.schema import HEAD
from bot.store.store import SqlStore


def connected(url: URL) -> sa.Engine:
    name = "sqlite" if url.get_backend_name() == "sqlite" else url.drivername
    engine = sa.create_engine(url.set(drivername=name), poolclass=sa.NullPool).execution_options(**{WRITES: True})
    listen(engine)
    return engine


def test_the_migrations_make_exactly_the_tables(url: URL) -> None:
    with connected(url).begin() as connection:
        command.check(configuration(connection))


def test_the_newest_version_is_the_one_we_name(url: URL) -> None:
    with connected(url).begin() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_heads() == [HEAD]


async def test_migrating_makes_a_store_ready_and_again_does_nothing(empty: URL) -> None:
    store = SqlStore(empty)
    assert not await store.ready()
    await migrate(empty)
    assert await store.ready()
    await store.set_note("a", "b")
    await migrate(empty)
    assert await store.note("a") == "b"
    await store.close()


def test_going_back_leaves_no_table(empty: URL) -> None:
    upgrade(empty)
    engine = connected(empty)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    with engine.begin() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"alembic_version"}


async def test_a_newer_database_is_left_alone_and_used(empty: URL) -> None:
    upgrade(empty)
    with connected(empty).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    await migrate(empty)
    store = SqlStore(empty)
    assert await store.ready()
    await store.close()


async def test_an_older_database_is_not_ready(empty: URL) -> None:
    upgrade(empty)
    with connected(empty).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    store = SqlStore(empty)
    assert not await store.ready()
    await store.close()


async def test_several_threads_may_migrate_at_once(empty: URL) -> None:
    await asyncio.gather(*(migrate(empty) for _ in range(4)))
    with connected(empty).begin() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]


def test_two_processes_may_migrate_at_once(empty: URL) -> None:
    code = (
        "import sys; from bot.store.engine import database_url; from bot.store.migrate import upgrade;"
        "upgrade(database_url(sys.argv[1]))"
    )
    address = empty.render_as_string(hide_password=False)
    both = [subprocess.Popen([sys.executable, "-c", code, address], stderr=subprocess.PIPE) for _ in range(2)]  # noqa: S603 - our code
    assert [(one.communicate()[1], one.returncode) for one in both] == [(b"", 0)] * 2


def test_migrating_leaves_logging_alone(empty: URL, caplog: pytest.LogCaptureFixture) -> None:
    before = (logging.root.level, list(logging.root.handlers), logging.getLogger("bot").disabled)
    upgrade(empty)
    assert (logging.root.level, list(logging.root.handlers), logging.getLogger("bot").disabled) == before


def columns(connection: sa.Connection) -> dict[tuple[str, str], tuple[str, bool]]:
    """The type of each column, and whether a row may be written without it."""
    found = sa.inspect(connection)
    return {
        (table, column["name"]): (str(column["type"]), column["nullable"] or column["default"] is not None)
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }


def test_no_migration_takes_anything_from_the_program_before_it(empty: URL) -> None:
    """It still runs on the new tables while the new one starts beside it."""
    versions = [f"{number:04}" for number in range(1, int(HEAD) + 1)]
    before: dict[tuple[str, str], tuple[str, bool]] = {}
    for version in versions:
        with connected(empty).begin() as connection:
            command.upgrade(configuration(connection), version)
        with connected(empty).begin() as connection:
            after = columns(connection)
        assert before.items() <= after.items()
        tables = {table for table, _ in before}
        assert all(after[column][1] for column in after.keys() - before.keys() if column[0] in tables)
        before = after


def test_a_table_that_is_in_use_is_not_waited_for_at_everybody_s_cost(
    empty: URL, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody who wants the table would stand in line behind a migration that waits."""
    if engine == "sqlite":
        pytest.skip("it has one writer, who is waited for")
    assert module._LOCKS["postgresql"][-1] == "SET LOCAL lock_timeout = 5000"
    quick = (*module._LOCKS["postgresql"][:-1], "SET LOCAL lock_timeout = 200")
    monkeypatch.setattr(module, "_LOCKS", {"postgresql": quick})
    with connected(empty).begin() as connection:
        command.upgrade(configuration(connection), "0004")
    with connected(empty).begin() as writer:
        writer.execute(sa.text("DELETE FROM deliveries"))
        with pytest.raises(StoreAway, match="lock timeout"):
            upgrade(empty)
    upgrade(empty)
    with connected(empty).begin() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == HEAD
