"""How the pipeline is, read cheaply: by the primary key, by the indexes of what is unfinished, by unique keys."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.canary import SLUG
from bot.core.drill import PREFIX
from bot.domain.status import Freshness
from bot.domain.subscription import Platform
from bot.domain.vitals import Flow, Sent, Vitals
from bot.store.columns import Utc, stored_key
from bot.store.database import Part
from bot.store.promises import chunks
from bot.store.schema import deliveries, echoes, feeds, notes

_BEAT = "beat."
_NEWEST = 20_000
"""Deliveries looked at for the last success: the history behind them may be as long as it likes."""

_REAL = sa.and_(feeds.c.id != SLUG, ~feeds.c.id.startswith(PREFIX, autoescape=True), feeds.c.since.is_not(None))
_FEEDS = sa.select(
    sa.func.count(),
    sa.func.count(sa.case((feeds.c.trouble == Freshness.UNREACHABLE.value, 1))),
).where(_REAL)
_DUE = sa.select(sa.func.min(feeds.c.next_poll, type_=Utc()))
_BEATS = sa.select(notes.c.name, notes.c.value).where(notes.c.name.like(f"{_BEAT}%"))
_UNFINISHED = deliveries.c.finished_at.is_(None)
_OF_IT = deliveries.c.platform == sa.bindparam("platform")
_LAST_SENT = sa.select(sa.func.max(deliveries.c.finished_at, type_=Utc())).where(
    deliveries.c.id > sa.select(sa.func.coalesce(sa.func.max(deliveries.c.id), 0) - _NEWEST).scalar_subquery(),
    deliveries.c.state == "sent",
    _OF_IT,
)
# A reply that was never tried may be waiting for its thread to rest, and an edit behind it: that says nothing.
_COUNTS = sa.or_(deliveries.c.action.in_(("post", "tell")), deliveries.c.attempts > 0)
_WAITING = (
    sa.select(deliveries.c.created_at, deliveries.c.error)
    .where(_UNFINISHED, _OF_IT, _COUNTS, deliveries.c.created_at > sa.bindparam("after", type_=Utc()))
    .order_by(deliveries.c.created_at, deliveries.c.id)
    .limit(1)
)
_FATES = (
    sa.select(deliveries.c.key, deliveries.c.state, deliveries.c.receipt, echoes.c.delivery.label("echoed"))
    .outerjoin(echoes, echoes.c.delivery == deliveries.c.id)
    .where(deliveries.c.key.in_(sa.bindparam("keys", expanding=True)))
)
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


class SqlVitals(Part):
    """The watcher's part of the store."""

    async def vitals(self) -> Vitals:
        """How the loops, the feeds and the deliveries are, whichever process they are in."""
        async with self._database.reading() as connection:
            count, unreachable = (await connection.execute(_FEEDS)).one()
            due: datetime | None = (await connection.execute(_DUE)).scalar()
            beats = {row.name: datetime.fromisoformat(row.value) for row in await connection.execute(_BEATS)}
            flows = {platform: await _flow(connection, platform) for platform in Platform}
        return Vitals(
            feeds=count,
            unreachable=unreachable,
            due_since=due,
            beats={name.removeprefix(_BEAT): at for name, at in beats.items()},
            flows=flows,
        )

    async def beat(self, name: str, now: datetime) -> None:
        """This turns, or this is well, at this moment."""
        insert = self._database.insert(notes).values(name=_BEAT + name, value=now.isoformat())
        again = insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value})
        async with self._database.writing() as connection:
            await connection.execute(again)

    async def fates(self, keys: Iterable[str]) -> Mapping[str, Sent]:
        """What became of the deliveries with these keys; those that were never promised are left out."""
        wanted = {stored_key(key): key for key in keys}
        found: dict[str, Sent] = {}
        async with self._database.reading() as connection:
            for chunk in chunks(sorted(wanted)):
                for row in await connection.execute(_FATES, {"keys": chunk}):
                    fate = Sent(state=row.state, receipt=row.receipt is not None, echoed=row.echoed is not None)
                    found[wanted[row.key]] = fate
        return found

    async def withdraw(self, feed: str, reason: str, now: datetime) -> int:
        """Nothing more is delivered of this feed: it is not read any more. Return how many were withdrawn."""
        of_it = deliveries.c.thread_key.contains(f"|{feed}|", autoescape=True)
        dead = sa.update(deliveries).where(_UNFINISHED, of_it)
        async with self._database.writing() as connection:
            return (await connection.execute(dead.values(state="dead", error=reason, finished_at=now))).rowcount


async def _flow(connection: AsyncConnection, platform: Platform) -> Flow:
    last: datetime | None = (await connection.execute(_LAST_SENT, {"platform": platform.value})).scalar()
    after = last or _EVER
    waiting = (await connection.execute(_WAITING, {"platform": platform.value, "after": after})).first()
    if waiting is None:
        return Flow(last_sent=last)
    return Flow(waiting_since=waiting.created_at, last_sent=last, error=waiting.error)
