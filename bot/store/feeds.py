"""What is known of the feeds, and who polls them now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.status import Freshness, Snapshot
from bot.ports import FeedState, Outcome
from bot.store.cache import Snapshots
from bot.store.codec import Validators, decode, encode
from bot.store.database import AnyRow, Database, Part
from bot.store.promises import promised
from bot.store.schema import Utc, feeds

_KEPT_SNAPSHOTS = 256
_FIRST_INTERVAL = timedelta(seconds=60)

_HEAVY = {"snapshot", "lease_until"}
_LIGHT = tuple(column for column in feeds.c if column.name not in _HEAVY)

# In a WITH, because Postgres may run a subquery with a LIMIT more than once; one that locks rows is never inlined.
# Postgres skips what another process is just claiming; SQLite has no row locks and ignores the words.
_DUE = (
    sa.select(feeds.c.id)
    .where(
        feeds.c.next_poll <= sa.bindparam("now", type_=Utc()),
        sa.or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= sa.bindparam("now", type_=Utc())),
    )
    .order_by(feeds.c.next_poll, feeds.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = (
    sa.update(feeds)
    .where(feeds.c.id.in_(sa.select(_DUE.c.id)))
    .values(fence=feeds.c.fence + 1, lease_until=sa.bindparam("until", type_=Utc()))
    .returning(*_LIGHT)
)

_IDS = sa.bindparam("ids", type_=feeds.c.id.type, expanding=True)
_STATES = sa.select(*_LIGHT).where(feeds.c.id.in_(_IDS))
_SNAPSHOTS = sa.select(feeds.c.id, feeds.c.revision, feeds.c.snapshot).where(feeds.c.id.in_(_IDS))
_HELD = (
    sa.select(feeds.c.id, feeds.c.fence, feeds.c.revision, feeds.c.failures, feeds.c.trouble_at)
    .where(feeds.c.id.in_(_IDS))
    .order_by(feeds.c.id)  # two savers lock in one order, so neither waits for the other in a circle
    .with_for_update()
)


def _new(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"new_{name}", type_=feeds.c[name].type)


_REPLACED = ("next_poll", "interval_s", "failures", "trouble", "trouble_text", "trouble_at")
_KEPT_IF_NONE = ("read_at", "full_at", "validators")
_SAVE = (
    sa.update(feeds)
    .where(feeds.c.id == sa.bindparam("feed"))
    .values({name: _new(name) for name in _REPLACED})
    .values({name: sa.func.coalesce(_new(name), feeds.c[name]) for name in _KEPT_IF_NONE})
    .values(since=sa.func.coalesce(feeds.c.since, _new("since")), lease_until=sa.null())
)
_SAVE_SNAPSHOT = _SAVE.values(snapshot=_new("snapshot"), revision=_new("revision"))


class SqlFeeds(Part):
    """The feeds' half of the store."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._snapshots = Snapshots(_KEPT_SNAPSHOTS)

    async def register_feeds(self, names: Iterable[str], now: datetime) -> None:
        """Know these feeds; new ones are due now."""
        rows = [
            {
                "id": name,
                "revision": 0,
                "validators": "{}",
                "failures": 0,
                "trouble_text": "",
                "interval_s": _FIRST_INTERVAL.total_seconds(),
                "next_poll": now,
                "fence": 0,
            }
            for name in sorted(set(names))
        ]
        if not rows:
            return
        async with self._database.writing() as connection:
            await connection.execute(self._database.insert(feeds).on_conflict_do_nothing(index_elements=["id"]), rows)

    async def claim_feeds(self, now: datetime, lease: timedelta, limit: int) -> Sequence[FeedState]:
        """Lease feeds that are due and not leased to another, longest overdue first, committed before return."""
        async with self._database.writing() as connection:
            found = await connection.execute(_CLAIM, {"now": now, "until": now + lease, "most": limit})
            states = await self._states(connection, found.all())
        return sorted(states.values(), key=lambda state: (state.next_poll or now, state.feed))

    async def states(self, names: Iterable[str]) -> Mapping[str, FeedState]:
        """What is known of these feeds; unknown ones are left out."""
        ids = sorted(set(names))
        if not ids:
            return {}
        async with self._database.reading() as connection:
            found = await connection.execute(_STATES, {"ids": ids})
            return await self._states(connection, found.all())

    async def save_polls(self, outcomes: Sequence[Outcome]) -> Sequence[str]:
        """Save all that are not refused in one transaction, each snapshot with its deliveries."""
        if not outcomes:
            return []
        async with self._database.writing() as connection:
            found = await connection.execute(_HELD, {"ids": [outcome.feed for outcome in outcomes]})
            held = {row.id: row for row in found}
            kept = [outcome for outcome in outcomes if _holds(outcome, held)]
            await _write(connection, [(outcome, held[outcome.feed]) for outcome in kept])
            for outcome in kept:
                await promised(connection, self._database, outcome.deliveries, outcome.at)
        for outcome in kept:
            if outcome.snapshot is not None:
                self._snapshots.put(outcome.feed, held[outcome.feed].revision + 1, outcome.snapshot)
        return [outcome.feed for outcome in outcomes if not _holds(outcome, held)]

    async def _states(self, connection: AsyncConnection, rows: Sequence[AnyRow]) -> dict[str, FeedState]:
        known = {row.id: self._snapshots.get(row.id, row.revision) for row in rows if row.revision}
        missing = [feed for feed, snapshot in known.items() if snapshot is None]
        if missing:
            for row in await connection.execute(_SNAPSHOTS, {"ids": missing}):
                known[row.id] = snapshot = decode(Snapshot, row.snapshot)
                self._snapshots.put(row.id, row.revision, snapshot)
        return {row.id: _state(row, known.get(row.id)) for row in rows}


def _holds(outcome: Outcome, held: Mapping[str, AnyRow]) -> bool:
    return outcome.feed in held and held[outcome.feed].fence == outcome.fence


async def _write(connection: AsyncConnection, saves: Sequence[tuple[Outcome, AnyRow]]) -> None:
    plain = [_saved(outcome, row) for outcome, row in saves if outcome.snapshot is None]
    if plain:
        await connection.execute(_SAVE, plain)
    full = [
        {**_saved(outcome, row), "new_snapshot": encode(Snapshot, outcome.snapshot), "new_revision": row.revision + 1}
        for outcome, row in saves
        if outcome.snapshot is not None
    ]
    if full:
        await connection.execute(_SAVE_SNAPSHOT, full)


def _saved(outcome: Outcome, row: AnyRow) -> dict[str, object]:
    good = outcome.trouble is None
    validators = outcome.validators if good else None
    return {
        "feed": outcome.feed,
        "new_next_poll": outcome.next_poll,
        "new_interval_s": outcome.interval.total_seconds(),
        "new_failures": 0 if good else row.failures + 1,
        "new_trouble": outcome.trouble and outcome.trouble.value,
        "new_trouble_text": "" if good else outcome.trouble_text,
        "new_trouble_at": None if good else row.trouble_at or outcome.at,
        "new_read_at": outcome.at if good else None,
        "new_full_at": outcome.at if good and outcome.full else None,
        "new_validators": None if validators is None else encode(Validators, dict(validators)),
        "new_since": outcome.at,
    }


def _state(row: AnyRow, snapshot: Snapshot | None) -> FeedState:
    return FeedState(
        feed=row.id,
        snapshot=snapshot,
        validators=decode(Validators, row.validators),
        read_at=row.read_at,
        full_at=row.full_at,
        since=row.since,
        failures=row.failures,
        trouble=row.trouble and Freshness(row.trouble),
        trouble_text=row.trouble_text,
        trouble_at=row.trouble_at,
        interval=timedelta(seconds=row.interval_s),
        next_poll=row.next_poll,
        fence=row.fence,
    )
