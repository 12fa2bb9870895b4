"""Fixtures that several rooms share. Keep it small."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

TORTURED = pytest.StashKey[int]()

if TYPE_CHECKING:
    from bot.store.store import SqlStore
    from tests.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator["Postgres"]:
    """A real Postgres, one for each test process, started when the first test asks for it."""
    from tests.postgres import Postgres  # noqa: PLC0415 - tests that need no database do not load its driver

    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def haste() -> Iterator[None]:
    """Nothing that SQLite writes here has to survive a power cut: not a second is spent waiting for the disk."""
    from bot.store import sqlite  # noqa: PLC0415 - as above

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_PRAGMAS", (*sqlite._PRAGMAS, "PRAGMA synchronous = OFF"))
        yield


@pytest.fixture(scope="session")
def template(haste: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, made once."""
    from bot.store.engine import database_url  # noqa: PLC0415 - as above
    from bot.store.migrate import upgrade  # noqa: PLC0415 - as above

    path = tmp_path_factory.mktemp("template") / "planb.db"
    upgrade(database_url(f"sqlite:///{path}"))
    return path


@pytest.fixture
async def memory(template: Path, tmp_path: Path) -> AsyncIterator["SqlStore"]:
    """A store of the test's own, with nothing in it."""
    from bot.store.engine import database_url  # noqa: PLC0415 - as above
    from bot.store.store import SqlStore  # noqa: PLC0415 - as above

    shutil.copy(template, tmp_path / "memory.db")
    store = SqlStore(database_url(f"sqlite:///{tmp_path / 'memory.db'}"))
    yield store
    await store.close()


def pytest_xdist_auto_num_workers() -> int:
    """One more than cores: many tests wait for sockets and processes, and somebody else can work meanwhile."""
    return (os.cpu_count() or 1) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--torture", action="store_true", help="also run the long tests")
    parser.addoption("--dose", action="store_true", help="also run a short dose of every torture")
    parser.addoption("--accept", action="store_true", help="rewrite the expected files, to read and commit")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "torture: takes minutes; run with --torture")
    config.addinivalue_line("markers", "dose: a short dose of a torture; run with --dose, or with --torture")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long ones out unless they are asked for, and say how many. Whole bots, which wait most, go first:
    at the end of the run no process is left alone with one of them.
    """
    items.sort(key=lambda item: "system" not in item.path.parts)
    if config.getoption("--torture"):
        return
    dosed = config.getoption("--dose")
    long = [
        item for item in items if item.get_closest_marker("torture") and not (dosed and item.get_closest_marker("dose"))
    ]
    config.stash[TORTURED] = len(long)
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)
