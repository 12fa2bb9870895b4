"""The deliveries: promised, claimed, sent or given up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.subscription import Action, Claim, Delivery, Platform, Receipt
from bot.store.claiming import MINE, NEXT_DUE, UNFINISHED, claim, delivery_of
from bot.store.codec import decode, encode
from bot.store.columns import Utc, stored_key
from bot.store.database import Database, Part
from bot.store.promises import Promises, chunks
from bot.store.schema import deliveries, echoes, threads

_PROMISED = sa.select(deliveries.c.thread_key).where(
    deliveries.c.thread_key.in_(sa.bindparam("keys", expanding=True)), deliveries.c.action == "post", UNFINISHED
)
_POSTED = sa.select(threads.c.thread_key).where(threads.c.thread_key.in_(sa.bindparam("keys", expanding=True)))
_ROOTED = sa.union(_PROMISED, _POSTED)
_SPOKEN = (
    sa.update(threads)
    .where(threads.c.thread_key == sa.bindparam("thread"))
    .values(spoken_at=sa.bindparam("now", type_=Utc()))
)

_HEARD = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("mine"), deliveries.c.state == "pending", deliveries.c.attempts > 0)
    .values(due_at=sa.bindparam("now", type_=Utc()))
)
_FAILED = sa.update(deliveries).where(MINE)
# Nothing was tried, so it is no attempt; what an earlier one may have posted is still to be settled.
_DEFER = _FAILED.values(state="pending", attempts=deliveries.c.attempts - 1, due_at=sa.bindparam("until", type_=Utc()))
# Sent under this very lease is sent by us: a transaction that was cancelled at its end may be written once more.
_HELD = (
    sa.select(deliveries.c.id, deliveries.c.lease)
    .where(deliveries.c.id.in_(sa.bindparam("ids", expanding=True)), deliveries.c.state.in_(("sending", "sent")))
    .order_by(deliveries.c.id)
    .with_for_update()
)
_SENT = (
    sa.update(deliveries)
    .where(MINE)
    .values(
        state="sent",
        error="",
        receipt=sa.bindparam("shown", type_=sa.Text()),
        finished_at=sa.bindparam("now", type_=Utc()),
    )
)
_newest = sa.select(sa.func.max(deliveries.c.id)).where(
    deliveries.c.thread_key == sa.bindparam("thread"),
    deliveries.c.action == "edit",
    deliveries.c.state == "sent",
    deliveries.c.id >= sa.bindparam("mine"),
)
_SHOW_AGAIN = (
    sa.update(deliveries)
    .where(deliveries.c.id == _newest.scalar_subquery())
    .values(state="pending", attempts=0, due_at=sa.bindparam("now", type_=Utc()), finished_at=None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    claim: Claim
    shown: str
    now: datetime

    @property
    def lease(self) -> tuple[int, int]:
        return self.claim.id, self.claim.lease

    @property
    def row(self) -> dict[str, object]:
        return {"mine": self.claim.id, "held": self.claim.lease, "shown": self.shown, "now": self.now}

    @property
    def thread(self) -> str:
        return self.claim.delivery.thread_key


class SqlOutbox(Part):
    """The deliveries' half of the store. What each message writes is written for many messages at once."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._promises = Promises(database)
        self._insert_echo = database.insert(echoes).on_conflict_do_nothing(index_elements=["delivery"])
        root = database.insert(threads)
        again = {"receipt": root.excluded.receipt, "spoken_at": root.excluded.spoken_at}
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

    async def claim_due(
        self, platform: Platform, now: datetime, lease: timedelta, limit: int, rest: timedelta = timedelta()
    ) -> Sequence[Claim]:
        """Lease a platform's due deliveries, committed before return: per thread key only the oldest unfinished one.

        A reply is not due before its thread has been silent for `rest`.
        """
        asked = {"there": platform.value, "until": now + lease, "most": limit, "quiet": now - rest}
        async with self._database.writing() as connection:
            return await claim(connection, asked, now)

    async def next_due(self, platform: Platform) -> datetime | None:
        """When the next delivery that may be claimed is due or its lease ends; None if there is none."""
        async with self._database.reading() as connection:
            found: datetime | None = (await connection.execute(NEXT_DUE, {"there": platform.value})).scalar()
            return found

    async def defer(self, claim: Claim, until: datetime) -> None:
        """It was not tried: it waits for its turn. An old claim is ignored."""
        async with self._database.writing() as connection:
            await connection.execute(_DEFER, {"mine": claim.id, "held": claim.lease, "until": until})

    async def sent(self, claim: Claim, receipt: Receipt, now: datetime) -> bool:
        """It is there. The receipt of a post becomes the root of its thread key. False: an old claim is ignored.

        But an edit under an old claim was shown all the same, and may have covered a newer one: that is shown again.
        """
        return await self._database.together(self._sent, _Sent(claim=claim, shown=encode(Receipt, receipt), now=now))

    async def _sent(self, connection: AsyncConnection, many: Sequence[_Sent]) -> Sequence[bool]:
        found = await connection.execute(_HELD, {"ids": [one.claim.id for one in many]})
        held = {(row.id, row.lease) for row in found}
        ours = [one.lease in held for one in many]
        done: dict[Action, list[_Sent]] = {action: [] for action in Action}
        for one, is_ours in zip(many, ours, strict=True):
            if is_ours:
                done[one.claim.delivery.action].append(one)
            elif one.claim.delivery.action is Action.EDIT:
                late = {"thread": stored_key(one.thread), "mine": one.claim.id, "now": one.now}
                await connection.execute(_SHOW_AGAIN, late)
        if rows := [one.row for some in done.values() for one in some]:
            await connection.execute(_SENT, rows)
        if rows := [_root(one) for one in done[Action.POST]]:
            await connection.execute(self._put_root, rows)
        if rows := [{"thread": stored_key(one.thread), "now": one.now} for one in done[Action.REPLY]]:
            await connection.execute(_SPOKEN, rows)
        return ours

    async def failed(self, claim: Claim, error: str, *, again: datetime | None, unsettled: bool, now: datetime) -> None:
        """It did not go out (or, `unsettled`, perhaps did). An old claim is ignored.

        `unsettled` counts from this attempt: an earlier one was settled before it was made. A refusal says nothing of
        an earlier attempt, so what was unsettled stays so.
        """
        ending = {"state": "dead", "finished_at": now} if again is None else {"state": "pending", "due_at": again}
        values = {"error": error, **ending}
        if unsettled:
            values["unsettled_since"] = deliveries.c.attempted_at
        async with self._database.writing() as connection:
            await connection.execute(_FAILED.values(values), {"mine": claim.id, "held": claim.lease})

    async def echoed(self, delivery: int, receipt: Receipt, now: datetime) -> None:
        """The platform itself reports that it shows this delivery; the first report stands. Who waits for it may go."""
        row = {"delivery": delivery, "receipt": encode(Receipt, receipt), "at": now}
        await self._database.together(self._echoed, row)

    async def _echoed(self, connection: AsyncConnection, many: Sequence[dict[str, Any]]) -> Sequence[None]:
        rows = sorted(many, key=lambda row: int(row["delivery"]))  # in one order, so that no two wait for one another
        await connection.execute(self._insert_echo, rows)
        await connection.execute(_HEARD, [{"mine": row["delivery"], "now": row["at"]} for row in rows])
        return [None] * len(many)

    async def delivery(self, number: int) -> Delivery | None:
        """What was promised under that number, if it is not forgotten."""
        async with self._database.reading() as connection:
            found = (await connection.execute(sa.select(deliveries).where(deliveries.c.id == number))).first()
            return None if found is None else delivery_of(found)

    async def echo(self, delivery: int) -> Receipt | None:
        """What the platform reported of this delivery."""
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(echoes.c.receipt).where(echoes.c.delivery == delivery))
            text = found.scalar_one_or_none()
            return None if text is None else decode(Receipt, text)

    async def is_echoed(self) -> bool:
        """Whether the platform reported any delivery at all, as far back as reports are kept (`ECHOES_KEPT`)."""
        async with self._database.reading() as connection:
            return (await connection.execute(sa.select(echoes.c.delivery).limit(1))).first() is not None


def _root(one: _Sent) -> dict[str, object]:
    return {"thread_key": one.thread, "receipt": one.shown, "spoken_at": one.now}
