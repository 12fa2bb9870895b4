"""The deliveries: promised, claimed, sent or given up."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain.change import Change
from bot.domain.subscription import Action, Claim, Delivery, Platform, Receipt, Target
from bot.store.codec import decode, encode
from bot.store.database import AnyRow, Database, Part
from bot.store.promises import Promises, chunks
from bot.store.schema import Utc, deliveries, echoes, stored_key, threads

_older = deliveries.alias("older")
_UNFINISHED = deliveries.c.finished_at.is_(None)
_FIRST_OF_ITS_THREAD = ~(
    sa.exists()
    .where(
        _older.c.thread_key == deliveries.c.thread_key,
        _older.c.id < deliveries.c.id,
        _older.c.finished_at.is_(None),
    )
    .correlate(deliveries)
)

# In a WITH, because Postgres may run a subquery with a LIMIT more than once; one that locks rows is never inlined.
_DUE = (
    sa.select(deliveries.c.id)
    .where(_UNFINISHED, deliveries.c.due_at <= sa.bindparam("now", type_=Utc()), _FIRST_OF_ITS_THREAD)
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True)
    .cte("due")
)
# Asked for after the claim: in RETURNING, SQLite's dialect leaves out the tables' names, and `thread_key = thread_key`
# is true for every thread.
_ROOTS = sa.select(threads.c.thread_key, threads.c.receipt).where(
    threads.c.thread_key.in_(sa.bindparam("keys", expanding=True))
)
_CLAIM = (
    sa.update(deliveries)
    .where(deliveries.c.id.in_(sa.select(_DUE.c.id)))
    .values(
        state="sending",
        attempts=deliveries.c.attempts + 1,
        lease=deliveries.c.lease + 1,
        due_at=sa.bindparam("until", type_=Utc()),
        attempted_at=sa.bindparam("now", type_=Utc()),
        # Still "sending": the earlier attempt never told how it ended, so its message may be there.
        unsettled_since=sa.case(
            (deliveries.c.state == "sending", deliveries.c.attempted_at), else_=deliveries.c.unsettled_since
        ),
    )
    .returning(*deliveries.c)
)
_PROMISED = sa.select(deliveries.c.thread_key).where(
    deliveries.c.thread_key.in_(sa.bindparam("keys", expanding=True)), deliveries.c.action == "post", _UNFINISHED
)
_POSTED = sa.select(threads.c.thread_key).where(threads.c.thread_key.in_(sa.bindparam("keys", expanding=True)))
_ROOTED = sa.union(_PROMISED, _POSTED)
_NEXT_DUE = sa.select(sa.func.min(deliveries.c.due_at, type_=Utc())).where(_UNFINISHED, _FIRST_OF_ITS_THREAD)

_MINE = sa.and_(
    deliveries.c.id == sa.bindparam("mine"),
    deliveries.c.lease == sa.bindparam("held"),
    deliveries.c.state == "sending",
)
_HEARD = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("mine"), deliveries.c.state == "pending", deliveries.c.attempts > 0)
    .values(due_at=sa.bindparam("now", type_=Utc()))
)
_FAILED = sa.update(deliveries).where(_MINE)
_SENT = (
    sa.update(deliveries)
    .where(_MINE)
    .values(
        state="sent",
        error="",
        receipt=sa.bindparam("shown", type_=sa.Text()),
        finished_at=sa.bindparam("now", type_=Utc()),
    )
)


class SqlOutbox(Part):
    """The deliveries' half of the store."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._promises = Promises(database)
        root = database.insert(threads)
        again = {"receipt": root.excluded.receipt}
        self._put_root = root.on_conflict_do_update(index_elements=["thread_key"], set_=again)

    async def promise(self, promises: Sequence[Delivery], now: datetime) -> int:
        """Store deliveries; those whose key exists are left alone. Return how many were new."""
        async with self._database.writing() as connection:
            return await self._promises.add(connection, promises, now)

    async def rooted(self, keys: Iterable[str]) -> frozenset[str]:
        """Those of these thread keys whose first message is promised or posted (given up does not count)."""
        wanted = {stored_key(key): key for key in keys}
        rooted: set[str] = set()
        async with self._database.reading() as connection:
            for chunk in chunks(sorted(wanted)):
                rooted.update((await connection.execute(_ROOTED, {"keys": chunk})).scalars())
        return frozenset(wanted[key] for key in rooted)

    async def claim_due(self, now: datetime, lease: timedelta, limit: int) -> Sequence[Claim]:
        """Lease due deliveries, committed before return: per thread key only the oldest unfinished one."""
        async with self._database.writing() as connection:
            found = (await connection.execute(_CLAIM, {"now": now, "until": now + lease, "most": limit})).all()
            keys = sorted({row.thread_key for row in found})
            roots: dict[str, str] = {}
            for chunk in chunks(keys):
                roots.update((row.thread_key, row.receipt) for row in await connection.execute(_ROOTS, {"keys": chunk}))
            return [_claim(row, roots.get(row.thread_key)) for row in sorted(found, key=lambda row: int(row.id))]

    async def next_due(self) -> datetime | None:
        """When the next delivery that may be claimed is due or its lease ends; None if there is none."""
        async with self._database.reading() as connection:
            found: datetime | None = (await connection.execute(_NEXT_DUE)).scalar()
            return found

    async def sent(self, claim: Claim, receipt: Receipt, now: datetime) -> None:
        """It is there. The receipt of a post becomes the root of its thread key. An old claim is ignored."""
        shown = encode(Receipt, receipt)
        async with self._database.writing() as connection:
            mine = {"mine": claim.id, "held": claim.lease, "shown": shown, "now": now}
            done = await connection.execute(_SENT, mine)
            if done.rowcount and claim.delivery.action is Action.POST:
                root = {"thread_key": claim.delivery.thread_key, "receipt": shown}
                await connection.execute(self._put_root, root)

    async def failed(self, claim: Claim, error: str, *, again: datetime | None, unsettled: bool, now: datetime) -> None:
        """It did not go out (or, `unsettled`, perhaps did). An old claim is ignored.

        `unsettled` again keeps the first time, so that waiting for a platform's echo ends.
        """
        since = sa.func.coalesce(deliveries.c.unsettled_since, deliveries.c.attempted_at)
        ending = {"state": "dead", "finished_at": now} if again is None else {"state": "pending", "due_at": again}
        values = {"error": error, "unsettled_since": since if unsettled else None, **ending}
        async with self._database.writing() as connection:
            await connection.execute(_FAILED.values(values), {"mine": claim.id, "held": claim.lease})

    async def echoed(self, delivery: int, receipt: Receipt, now: datetime) -> None:
        """The platform itself reports that it shows this delivery; the first report stands. Who waits for it may go."""
        row = {"delivery": delivery, "receipt": encode(Receipt, receipt), "at": now}
        async with self._database.writing() as connection:
            insert = self._database.insert(echoes).on_conflict_do_nothing(index_elements=["delivery"])
            await connection.execute(insert, row)
            await connection.execute(_HEARD, {"mine": delivery, "now": now})

    async def echo(self, delivery: int) -> Receipt | None:
        """What the platform reported of this delivery."""
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(echoes.c.receipt).where(echoes.c.delivery == delivery))
            text = found.scalar_one_or_none()
            return None if text is None else decode(Receipt, text)


def _claim(row: AnyRow, root: str | None) -> Claim:
    target = Target(platform=Platform(row.platform), workspace=row.workspace, channel=row.channel)
    delivery = Delivery(
        key=row.key,
        target=target,
        action=Action(row.action),
        change=decode(Change, row.change),
        reason=row.reason,
        language=row.language,
    )
    return Claim(
        id=row.id,
        delivery=delivery,
        attempt=row.attempts,
        lease=row.lease,
        root=None if root is None else decode(Receipt, root),
        promised_at=row.created_at,
        unsettled_since=row.unsettled_since,
    )
