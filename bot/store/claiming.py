"""Taking deliveries from the table: which may go now, and for how many others they speak."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.core.merge import Waiting, merge
from bot.core.schedule import next_reading
from bot.domain.change import Change
from bot.domain.subscription import Action, Claim, Delivery, Platform, Receipt, Target
from bot.store.codec import decode, encode
from bot.store.columns import Utc
from bot.store.database import AnyRow
from bot.store.promises import chunks
from bot.store.schema import deliveries, threads

log = structlog.stdlib.get_logger(__name__)

_older = deliveries.alias("older")
UNFINISHED = deliveries.c.finished_at.is_(None)
_FIRST_OF_ITS_THREAD = ~(
    sa.exists()
    .where(
        _older.c.thread_key == deliveries.c.thread_key,
        _older.c.id < deliveries.c.id,
        _older.c.finished_at.is_(None),
    )
    .correlate(deliveries)
)

# A reply waits until its thread has been quiet for a while, so that many words in a minute become one message.
_RESTED = sa.or_(
    deliveries.c.action != "reply",
    ~sa.exists()
    .where(threads.c.thread_key == deliveries.c.thread_key, threads.c.spoken_at > sa.bindparam("quiet", type_=Utc()))
    .correlate(deliveries),
)
_THERE = deliveries.c.platform == sa.bindparam("there")
_NOW = sa.bindparam("now", type_=Utc())
_DIED = deliveries.c.state == "sending"
_WAITS = deliveries.c.state == "pending"
# Said so that no planner takes the index by state, and looks through all that waits.
_UNSURE = sa.and_(deliveries.c.state != "sending", deliveries.c.unsettled_since.is_not(None))

# Asked for after the claim: in RETURNING, SQLite's dialect leaves out the tables' names, and `thread_key = thread_key`
# is true for every thread.
_ROOTS = sa.select(threads.c.thread_key, threads.c.receipt).where(
    threads.c.thread_key.in_(sa.bindparam("keys", expanding=True))
)


def _claiming(kind: sa.ColumnElement[bool]) -> ReturningUpdate[Any]:
    # In a WITH, because Postgres may run a subquery with a LIMIT more than once; one that locks rows is never inlined.
    due = (
        sa.select(deliveries.c.id)
        .where(UNFINISHED, _THERE, kind, deliveries.c.due_at <= _NOW, _FIRST_OF_ITS_THREAD, _RESTED)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        sa.update(deliveries)
        .where(deliveries.c.id.in_(sa.select(due.c.id)))
        .values(
            state="sending",
            attempts=deliveries.c.attempts + 1,
            lease=deliveries.c.lease + 1,
            due_at=sa.bindparam("until", type_=Utc()),
            attempted_at=_NOW,
            # Still "sending": the earlier attempt never told how it ended, so its message may be there.
            unsettled_since=sa.case((_DIED, deliveries.c.attempted_at), else_=deliveries.c.unsettled_since),
        )
        .returning(*deliveries.c)
    )


# What may be there already goes before all that waits: Discord knows a nonce for minutes only.
_CLAIMS = tuple(map(_claiming, (_DIED, _UNSURE, _WAITS)))


def _next(state: str) -> sa.Select[tuple[datetime]]:
    first = (
        sa.select(deliveries.c.due_at)
        .where(UNFINISHED, _THERE, deliveries.c.state == state, _FIRST_OF_ITS_THREAD)
        .order_by(deliveries.c.due_at)
        .limit(1)
        .subquery()
    )
    return sa.select(first.c.due_at)


_EITHER = sa.union_all(*map(_next, ("pending", "sending"))).subquery()
NEXT_DUE = sa.select(sa.func.min(_EITHER.c.due_at, type_=Utc()))
_WAITING = (
    sa.select(deliveries)
    .where(
        deliveries.c.thread_key.in_(sa.bindparam("keys", expanding=True)),
        UNFINISHED,
        deliveries.c.state == "pending",
        deliveries.c.attempts == 0,
    )
    .order_by(deliveries.c.id)
    .with_for_update(skip_locked=True)
)
_SPARE = (
    sa.update(deliveries)
    .where(deliveries.c.id.in_(sa.bindparam("ids", expanding=True)), deliveries.c.state == "pending")
    .values(state="merged", finished_at=sa.bindparam("now", type_=Utc()))
)
MINE = sa.and_(
    deliveries.c.id == sa.bindparam("mine"),
    deliveries.c.lease == sa.bindparam("held"),
    deliveries.c.state == "sending",
)
_UNREADABLE = "written by another version of Plan B: this one cannot read it"
# Nothing was tried, so it is no attempt; what an earlier one may have posted is still to be settled.
_LEAVE = sa.update(deliveries).where(MINE).values(error=_UNREADABLE, attempts=deliveries.c.attempts - 1)
_SPEAKS_FOR = (
    sa.update(deliveries)
    .where(MINE)
    .values(change=sa.bindparam("latest", type_=sa.Text()), merged=deliveries.c.merged + sa.bindparam("more"))
)


async def claim(connection: AsyncConnection, asked: Mapping[str, Any], now: datetime) -> Sequence[Claim]:
    """Lease what is due, oldest promise first, within a transaction that is committed before anything is sent.

    Each claim speaks for what waits behind it and would be old news at once. That is decided here, with the lease, so
    that whoever takes the delivery over says the same, and nothing that was spared is lost.

    What another version of us wrote and this one cannot read is left for that one; for three days its thread waits.
    """
    found: list[AnyRow] = []
    for query in _CLAIMS:
        if rest := int(asked["most"]) - len(found):
            found += (await connection.execute(query, {**asked, "now": now, "most": rest})).all()
    if not found:
        return ()
    keys = sorted({row.thread_key for row in found})
    roots: dict[str, str] = {}
    waiting: defaultdict[str, list[Waiting | None]] = defaultdict(list)
    for chunk in chunks(keys):
        roots.update((row.thread_key, row.receipt) for row in await connection.execute(_ROOTS, {"keys": chunk}))
        for row in await connection.execute(_WAITING, {"keys": chunk}):
            waiting[row.thread_key].append(_waiting(row))
    claims = []
    for row in sorted(found, key=lambda row: int(row.id)):
        delivery = delivery_of(row)
        if delivery is None:
            await _leave(connection, row, now)
            continue
        one = replace(_claim(row, delivery, roots.get(row.thread_key)), until=asked["until"])
        claims.append(await _merged(connection, one, _readable(waiting.get(row.thread_key, ())), now))
    return claims


async def _leave(connection: AsyncConnection, row: AnyRow, now: datetime) -> None:
    """For the version that wrote it; given up where that one does not come back."""
    again = next_reading(now, row.created_at)
    ending = {"state": "pending", "due_at": again} if again else {"state": "dead", "finished_at": now}
    await connection.execute(_LEAVE.values(ending), {"mine": row.id, "held": row.lease})
    log.error("a delivery of another version cannot be read", delivery=row.id, again=str(again))


async def _merged(connection: AsyncConnection, one: Claim, waiting: Sequence[Waiting], now: datetime) -> Claim:
    merged = merge(one, waiting, now)
    if merged is None:
        return one
    said = {"mine": one.id, "held": one.lease, "latest": encode(Change, merged.change), "more": merged.updates}
    await connection.execute(_SPEAKS_FOR, said)
    await connection.execute(_SPARE, {"ids": merged.ids, "now": now})
    delivery = replace(one.delivery, change=merged.change)
    return replace(one, delivery=delivery, merged=one.merged + merged.updates)


def _waiting(row: AnyRow) -> Waiting | None:
    delivery = delivery_of(row)
    return Waiting(id=row.id, action=delivery.action, change=delivery.change) if delivery else None


def _readable(waiting: Sequence[Waiting | None]) -> Sequence[Waiting]:
    """Those before the first that cannot be read: nothing is told before it."""
    return [one for one in takewhile(lambda one: one is not None, waiting) if one]


def delivery_of(row: AnyRow) -> Delivery | None:
    """A row as it was promised, or as it was merged; None where another version of us wrote what we do not know."""
    try:
        return Delivery(
            key=row.key,
            target=Target(platform=Platform(row.platform), workspace=row.workspace, channel=row.channel),
            action=Action(row.action),
            change=decode(Change, row.change),
            reason=row.reason,
            language=row.language,
        )
    except ValueError:
        return None


def _claim(row: AnyRow, delivery: Delivery, root: str | None) -> Claim:
    return Claim(
        id=row.id,
        delivery=delivery,
        attempt=row.attempts,
        lease=row.lease,
        root=None if root is None else decode(Receipt, root),
        promised_at=row.created_at,
        unsettled_since=row.unsettled_since,
        merged=row.merged,
    )
