"""Who switched to what while a tool failed, who is blocked, who is back. See practice.py for the tables."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from secrets import token_hex

import sqlalchemy as sa

from bot.domain.move import Move, MoveKind
from bot.domain.subscription import Action, Delivery, Target
from bot.store.claiming import delivery_of
from bot.store.columns import stored_key
from bot.store.database import AnyRow, Database, Part
from bot.store.practice import advised, moves
from bot.store.promises import Promises
from bot.store.schema import deliveries

REASON = "somebody switched, is blocked, or is back"
_LATELY = 3000
"""Deliveries, in all channels. A person means something that was told lately; the table holds a month of them."""

_NEWEST = (
    # By the primary key, from its end: what is pressed is new, so few rows are looked at. No index holds old ones.
    sa.select(deliveries)
    .where(deliveries.c.thread_key == sa.bindparam("thread"), deliveries.c.id >= sa.bindparam("least"))
    .order_by(deliveries.c.id.desc())
    .limit(1)
)


class SqlMoves(Part):
    """One row for each person and thread."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._promises = Promises(database)
        row = database.insert(moves)
        said = {name: row.excluded[name] for name in ("kind", "tool", "named", "at")}
        other = sa.or_(*(moves.c[name] != row.excluded[name] for name in ("kind", "tool", "named")))
        keys = [moves.c.thread_key, moves.c.person]
        self._put = row.on_conflict_do_update(index_elements=keys, set_=said, where=other).returning(moves.c.person)
        told = database.insert(advised)
        self._clear = told.on_conflict_do_update(
            index_elements=[advised.c.thread_key], set_={"cleared_at": told.excluded.cleared_at}
        )

    async def newest(self, number: int) -> Delivery | None:
        """The newest delivery of the thread that the delivery of that number belongs to; None if it is forgotten."""
        thread = sa.select(deliveries.c.thread_key).where(deliveries.c.id == number)
        async with self._database.reading() as connection:
            key = (await connection.execute(thread)).scalar()
            found = (await connection.execute(_NEWEST, {"thread": key, "least": number})).first()
            return None if found is None else delivery_of(found)

    async def newest_in(self, target: Target) -> Sequence[Delivery]:
        """The newest delivery of each thread that was told lately in a channel, the newest thread first."""
        lately = sa.select(deliveries).order_by(deliveries.c.id.desc()).limit(_LATELY).subquery()
        here = sa.select(lately).where(
            lately.c.platform == target.platform.value,
            lately.c.workspace == target.workspace,
            lately.c.channel == target.channel,
            lately.c.action != Action.TELL.value,
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(here.order_by(lately.c.id))).all()
        # The later of a thread overwrites the earlier, in the place of the first: threads stand by their first word.
        newest = reversed({row.thread_key: row for row in rows}.values())
        return [delivery for row in newest if (delivery := delivery_of(row))]

    async def move(self, told: Delivery, move: Move, now: datetime) -> bool:
        """Remember the last word of a person, and promise an edit of the thread's first message with it.

        Both or none. False, and no edit, where the person said just that before.
        """
        row = {"thread_key": told.thread_key, "person": move.person, "kind": move.kind.value, "at": now}
        edit = replace(
            told,
            # No word of who it was: deliveries are kept for longer than who moved.
            key=f"{told.thread_key}|{Action.EDIT}|move@{now.timestamp():.6f}|{token_hex(4)}",
            action=Action.EDIT,
            reason=REASON,
        )
        async with self._database.writing() as connection:
            new = await connection.execute(self._put, {**row, "tool": _written(move), "named": bool(move.name)})
            if new.first() is None:
                return False
            await self._promises.add(connection, [edit], now)
        return True

    async def moves(self, thread: str) -> Sequence[Move]:
        """The last word of each person, the first to speak first."""
        query = sa.select(moves).where(moves.c.thread_key == thread).order_by(moves.c.at, moves.c.person)
        async with self._database.reading() as connection:
            return [_read(row) for row in await connection.execute(query)]

    async def cleared(self, threads: Iterable[str]) -> frozenset[str]:
        """Those of these that were told that people can go back."""
        keys = {stored_key(thread): thread for thread in threads}
        query = sa.select(advised.c.thread_key).where(
            advised.c.thread_key.in_(sorted(keys)), advised.c.cleared_at.is_not(None)
        )
        async with self._database.reading() as connection:
            return frozenset(keys[key] for key in (await connection.execute(query)).scalars())

    async def clear(self, threads: Iterable[str], now: datetime) -> None:
        """These were told."""
        rows = [{"thread_key": thread, "best": "", "cleared_at": now, "at": now} for thread in sorted(set(threads))]
        if rows:
            async with self._database.writing() as connection:
                await connection.execute(self._clear, rows)

    async def unclear(self, threads: Iterable[str]) -> None:
        """It fails there again: what was told no longer holds."""
        gone = sa.update(advised).where(advised.c.thread_key.in_(sorted(set(threads)))).values(cleared_at=None)
        async with self._database.writing() as connection:
            await connection.execute(gone)


def _written(move: Move) -> str:
    """The tool; in a second line the name that others may read."""
    return f"{move.tool}\n{move.name}" if move.name else move.tool


def _read(row: AnyRow) -> Move:
    tool, _, name = row.tool.partition("\n")
    return Move(kind=MoveKind(row.kind), person=row.person, tool=tool, name=name if row.named else "")
