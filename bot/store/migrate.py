"""Bring the tables up to date: `planb migrate`, and the release phase of a deployment."""

import asyncio
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL

from bot.store.engine import WRITES, border, connect_args, listen
from bot.store.schema import HEAD

_FOLDER = Path(__file__).parent / "migrations"

# One migration at a time. SQLite's BEGIN IMMEDIATE already sees to that; Postgres gets a lock that ends with the
# transaction, which works under transaction pooling too. Then no table is waited for longer than 5 s: everybody who
# wants that table would stand in line behind us.
_LOCKS = {
    "sqlite": ("PRAGMA user_version",),
    "postgresql": (
        "SET LOCAL statement_timeout = 0",
        "SET LOCAL idle_in_transaction_session_timeout = 0",
        "SET LOCAL lock_timeout = 60000",
        "SELECT pg_advisory_xact_lock(20261120)",
        "SET LOCAL lock_timeout = 5000",
    ),
}
_SQLITE_WAIT = {"timeout": 60}  # seconds


async def migrate(url: URL) -> None:
    """Upgrade without blocking the event loop. Raise StoreAway."""
    await asyncio.to_thread(upgrade, url)


def upgrade(url: URL) -> None:
    """Upgrade to the newest version, in one transaction; nothing happens where it is there already. Raise StoreAway."""
    sqlite = url.get_backend_name() == "sqlite"
    engine = sa.create_engine(
        url.set(drivername="sqlite") if sqlite else url,
        poolclass=sa.NullPool,
        connect_args=connect_args(url) | (_SQLITE_WAIT if sqlite else {}),
        hide_parameters=True,
    ).execution_options(**{WRITES: True})
    listen(engine)
    with border(), engine.begin() as connection:
        for statement in _LOCKS[engine.dialect.name]:
            connection.exec_driver_sql(statement)
        if _version(connection) < HEAD:
            command.upgrade(configuration(connection), "head")


def configuration(connection: sa.Connection) -> Config:
    """Alembic without its ini file, so that it leaves logging alone. `connection` is in a transaction of its own."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _version(connection: sa.Connection) -> str:
    """The version it is at; a database from a newer program is left as it is, we could not read its migrations."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")
