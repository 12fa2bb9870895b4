"""Fixtures that several rooms share. Keep it small."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator["Postgres"]:
    """A real Postgres, one for each test process, started when the first test asks for it."""
    from tests.postgres import Postgres  # noqa: PLC0415 - tests that need no database do not load its driver

    server = Postgres()
    yield server
    server.stop()
