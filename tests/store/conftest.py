"""Every store test runs on both engines."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from bot.store.engine import database_url
from bot.store.migrate import upgrade
from bot.store.schema import metadata
from bot.store.store import SqlStore
from tests.postgres import Postgres


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> URL:
    """A database without tables."""
    if engine == "sqlite":
        return database_url(f"sqlite:///{tmp_path}/planb.db")
    server: Postgres = request.getfixturevalue("postgres")
    return database_url(server.database())


@pytest.fixture(scope="session")
def migrated(engine: str, haste: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> URL:
    """A database with tables, made once."""
    if engine == "sqlite":
        url = database_url(f"sqlite:///{tmp_path_factory.mktemp('store')}/template.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = database_url(server.database())
    upgrade(url)
    return url


@pytest.fixture
def url(engine: str, migrated: URL, tmp_path: Path, request: pytest.FixtureRequest) -> URL:
    """A database with tables and nothing in them. Leave the tables themselves as they are."""
    if engine == "sqlite":
        shutil.copy(str(migrated.database), tmp_path / "planb.db")
        return database_url(f"sqlite:///{tmp_path}/planb.db")
    server: Postgres = request.getfixturevalue("postgres")
    server.clear(str(migrated.database), [table.name for table in metadata.sorted_tables])
    return migrated


@pytest.fixture
async def store(url: URL) -> AsyncIterator[SqlStore]:
    store = SqlStore(url)
    yield store
    await store.close()


@pytest.fixture
async def other(url: URL) -> AsyncIterator[SqlStore]:
    """The store of another process, on the same database."""
    other = SqlStore(url)
    yield other
    await other.close()
