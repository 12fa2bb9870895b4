"""Who writes with which number: the database says what it took, each worker says what it was about to write.

A number is a lease's fence. What the database took under a number that nobody holding it wrote, or took twice under one
number, came from somebody whose lease was over.
"""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.store.engine import WRITES, database_url
from bot.store.engine import create as engine_of

_SAVED = "NEW.fence = OLD.fence AND NEW.lease_until IS NULL"
_SENT = "NEW.state = 'sent' OR OLD.state = 'sent'"
_TABLE = "CREATE TABLE witness (kind TEXT, name TEXT, fence BIGINT)"
_SQLITE = """CREATE TRIGGER witness_{kind} AFTER UPDATE ON {table} WHEN {when}
BEGIN INSERT INTO witness VALUES ('{kind}', CAST(NEW.id AS TEXT), NEW.{fence}); END"""
_POSTGRES = (
    """CREATE FUNCTION witness_{kind}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO witness VALUES ('{kind}', CAST(NEW.id AS TEXT), NEW.{fence}); RETURN NULL; END $$""",
    """CREATE TRIGGER witness_{kind} AFTER UPDATE ON {table} FOR EACH ROW WHEN ({when})
EXECUTE FUNCTION witness_{kind}()""",
)
_WATCHED = (
    {"kind": "save", "table": "feeds", "when": _SAVED, "fence": "fence"},
    {"kind": "sent", "table": "deliveries", "when": _SENT, "fence": "lease"},
)


class Witness:
    """Stands before a store and writes down, before each write that a fence guards, what it will be."""

    def __init__(self, real: Any, log: str) -> None:
        self._real = real
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def save_polls(self, outcomes: Any) -> Any:
        self._note(("save", outcome.feed, outcome.fence) for outcome in outcomes)
        return await self._real.save_polls(outcomes)

    async def sent(self, claim: Any, *arguments: Any, **named: Any) -> Any:
        self._note([("sent", claim.id, claim.lease)])
        return await self._real.sent(claim, *arguments, **named)

    def _note(self, writes: Any) -> None:
        # One write for all: lines of several processes do not mix.
        os.write(self._log, "".join(f"{kind} {name} {fence}\n" for kind, name, fence in writes).encode())


@dataclass(frozen=True, kw_only=True)
class Seen:
    """`stale` are writes that were taken though their lease was over; `refused` are those that were not."""

    taken: int
    stale: int
    refused: int


async def watch(url: str) -> None:
    """Let the database note every write that it takes."""
    address = database_url(url)
    engine = engine_of(address).execution_options(**{WRITES: True})
    statements = (_SQLITE,) if address.get_backend_name() == "sqlite" else _POSTGRES
    async with engine.begin() as connection:
        await connection.execute(sa.text(_TABLE))
        for watched in _WATCHED:
            for statement in statements:
                await connection.exec_driver_sql(statement.format(**watched))
    await engine.dispose()


async def compare(url: str, log: Path, kind: str) -> Seen:
    """What the database took of that kind, against what the workers were about to write."""
    engine = engine_of(database_url(url))
    async with engine.connect() as connection:
        found = await connection.execute(sa.text("SELECT name, fence FROM witness WHERE kind = :kind"), {"kind": kind})
        taken = Counter((str(row.name), int(row.fence)) for row in found)
    await engine.dispose()
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    meant = Counter((name, int(fence)) for one, name, fence in map(str.split, lines) if one == kind)
    stale = sum(count - 1 for count in taken.values()) + sum(write not in meant for write in taken)
    refused = sum(count for write, count in meant.items() if write not in taken)
    return Seen(taken=taken.total(), stale=stale, refused=refused)
