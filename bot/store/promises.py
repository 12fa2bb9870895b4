"""Writing deliveries into a transaction that is already under way."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.change import Change
from bot.domain.subscription import Action, Delivery
from bot.store.codec import encode
from bot.store.columns import Utc
from bot.store.database import Database
from bot.store.schema import deliveries

T = TypeVar("T")

_CHUNK = 500  # SQLite takes 32,766 values in one statement

_newer = deliveries.alias("newer")
# An edit shows the incident as it is: of several that wait, only the newest is worth sending. The others stay as rows,
# so that promising them again remains harmless.
_OVERTAKE = (
    sa.update(deliveries)
    .where(
        deliveries.c.thread_key.in_(sa.bindparam("threads", expanding=True)),
        deliveries.c.action == Action.EDIT.value,
        deliveries.c.finished_at.is_(None),
        deliveries.c.attempts == 0,
        sa.exists()
        .where(
            _newer.c.thread_key == deliveries.c.thread_key,
            _newer.c.action == Action.EDIT.value,
            _newer.c.id > deliveries.c.id,
            _newer.c.finished_at.is_(None),
        )
        .correlate(deliveries),
    )
    .values(state="dead", error="a newer edit took its place", finished_at=sa.bindparam("now", type_=Utc()))
)


class Promises:
    """Inserts deliveries, as a part of somebody else's transaction."""

    def __init__(self, database: Database) -> None:
        insert = database.insert(deliveries).on_conflict_do_nothing(index_elements=["key"])
        self._insert = insert.returning(deliveries.c.id)

    async def add(self, connection: AsyncConnection, promises: Sequence[Delivery], now: datetime) -> int:
        """Insert deliveries, leave those whose key exists alone, return how many were new."""
        wanted = [delivery for delivery in promises if delivery.action is not Action.NONE]
        # Ten thousand channels are told of one change: it is encoded once.
        changes = {id(delivery.change): delivery.change for delivery in wanted}
        told = {name: encode(Change, change) for name, change in changes.items()}
        new = 0
        for some in chunks(wanted):
            rows = [_row(delivery, told[id(delivery.change)], now) for delivery in some]
            new += len((await connection.execute(self._insert, rows)).all())
        threads = sorted({delivery.thread_key for delivery in promises if delivery.action is Action.EDIT})
        for chunk in chunks(threads):
            await connection.execute(_OVERTAKE, {"threads": chunk, "now": now})
        return new


def chunks(keys: Sequence[T], most: int = _CHUNK) -> Iterator[Sequence[T]]:
    """As many at a time as one statement takes, and as keep the loop busy for a few hundredths of a second."""
    return (keys[start : start + most] for start in range(0, len(keys), most))


def _row(delivery: Delivery, change: str, now: datetime) -> Mapping[str, object]:
    return {
        "key": delivery.key,
        "platform": delivery.target.platform.value,
        "workspace": delivery.target.workspace,
        "channel": delivery.target.channel,
        "thread_key": delivery.thread_key,
        "action": delivery.action.value,
        "change": change,
        "reason": delivery.reason,
        "language": delivery.language,
        "state": "pending",
        "attempts": 0,
        "due_at": now,
        "lease": 0,
        "error": "",
        "created_at": now,
    }
