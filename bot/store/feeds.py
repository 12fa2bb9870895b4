"""What is known of the feeds, and who polls them now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.polling import FeedState, Outcome
from bot.domain.status import Freshness, Snapshot
from bot.store.cache import Snapshots
from bot.store.codec import Validators, encode, read
from bot.store.columns import Utc
from bot.store.database import AnyRow, Database, Part
from bot.store.promises import Promises
from bot.store.schema import feeds, snapshots

_KEPT_SNAPSHOTS = 256
_FIRST_INTERVAL = timedelta(seconds=60)

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
    .returning(*feeds.c)
)

_IDS = sa.bindparam("ids", type_=feeds.c.id.type, expanding=True)
STATES = sa.select(*feeds.c).where(feeds.c.id.in_(_IDS))
_ALL = sa.select(*feeds.c).order_by(feeds.c.id)
_SNAPSHOTS = (
    sa.select(feeds.c.id, feeds.c.revision, snapshots.c.snapshot)
    .join_from(feeds, snapshots, feeds.c.id == snapshots.c.feed)
    .where(feeds.c.id.in_(_IDS))
)
_HELD = (
    sa.select(feeds.c.id, feeds.c.fence, feeds.c.revision)
    .where(feeds.c.id.in_(_IDS))
    .order_by(feeds.c.id)  # two savers lock in one order, so neither waits for the other in a circle
    .with_for_update()
)


def _new(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"new_{name}", type_=feeds.c[name].type)


_AT = sa.bindparam("at", type_=Utc())
_IS_GOOD = _new("trouble").is_(None)
_HASTENED = feeds.c.next_poll > sa.bindparam("was_due", type_=Utc())
_SAVE = (
    sa.update(feeds)
    .where(feeds.c.id == sa.bindparam("feed"), feeds.c.fence == sa.bindparam("held"))
    .values({name: _new(name) for name in ("interval_s", "trouble", "trouble_text")})
    .values({name: sa.func.coalesce(_new(name), feeds.c[name]) for name in ("read_at", "full_at", "validators")})
    .values(
        next_poll=sa.case((_HASTENED, feeds.c.next_poll), else_=_new("next_poll")),
        failures=sa.case((_IS_GOOD, 0), else_=feeds.c.failures + 1),
        trouble_at=sa.case((_IS_GOOD, sa.null()), else_=sa.func.coalesce(feeds.c.trouble_at, _AT)),
        since=sa.func.coalesce(feeds.c.since, _AT),
        lease_until=sa.null(),
    )
)
_SAVE_WITH_SNAPSHOT = _SAVE.values(revision=feeds.c.revision + 1)


class SqlFeeds(Part):
    """The feeds' half of the store."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._snapshots = Snapshots(_KEPT_SNAPSHOTS)
        self._promises = Promises(database)
        put = database.insert(snapshots)
        again = {"snapshot": put.excluded.snapshot}
        self._put_snapshot = put.on_conflict_do_update(index_elements=["feed"], set_=again)

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
            states = await self.decoded(connection, found.all())
        return sorted(states.values(), key=lambda state: (state.next_poll or now, state.feed))

    async def hasten(self, names: Iterable[str], now: datetime) -> None:
        """Poll these at once: somebody began to follow them. One that is being polled is polled again after it."""
        waits = sa.or_(feeds.c.next_poll > now, feeds.c.lease_until > now)
        due = sa.update(feeds).where(feeds.c.id.in_(sorted(set(names))), waits).values(next_poll=now)
        async with self._database.writing() as connection:
            await connection.execute(due)

    async def sights(self) -> Sequence[FeedState]:
        """What is known of every feed, but for the snapshots."""
        async with self._database.reading() as connection:
            return [_state(row, None) for row in await connection.execute(_ALL)]

    async def states(self, names: Iterable[str]) -> Mapping[str, FeedState]:
        """What is known of these feeds; unknown ones are left out."""
        ids = sorted(set(names))
        if not ids:
            return {}
        async with self._database.reading() as connection:
            found = await connection.execute(STATES, {"ids": ids})
            return await self.decoded(connection, found.all())

    async def save_polls(self, outcomes: Sequence[Outcome]) -> Sequence[str]:
        """Save all that are not refused in one transaction, each snapshot with its deliveries."""
        news = [outcome for outcome in outcomes if outcome.snapshot is not None or outcome.deliveries]
        rest = [outcome for outcome in outcomes if outcome.snapshot is None and not outcome.deliveries]
        refused: set[str] = set()
        held: Mapping[str, AnyRow] = {}
        if outcomes:
            async with self._database.writing() as connection:
                if news:
                    held = await _held(connection, news)
                    refused = _stale(news, held)
                    await self._save_news(connection, [outcome for outcome in news if outcome.feed not in refused])
                refused |= await _save_rest(connection, rest)
        for outcome in news:
            if outcome.snapshot is not None and outcome.feed not in refused:
                self._snapshots.put(outcome.feed, held[outcome.feed].revision + 1, outcome.snapshot)
        return sorted(refused)

    async def _save_news(self, connection: AsyncConnection, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.snapshot is None:
                await connection.execute(_SAVE, _saved(outcome))
            else:
                await connection.execute(_SAVE_WITH_SNAPSHOT, _saved(outcome))
                row = {"feed": outcome.feed, "snapshot": encode(Snapshot, outcome.snapshot)}
                await connection.execute(self._put_snapshot, row)
            await self._promises.add(connection, outcome.deliveries, outcome.at)

    async def decoded(self, connection: AsyncConnection, rows: Sequence[AnyRow]) -> dict[str, FeedState]:
        """What these rows say, with their snapshots."""
        known = {row.id: self._snapshots.get(row.id, row.revision) for row in rows if row.revision}
        missing = [feed for feed, snapshot in known.items() if snapshot is None]
        if missing:
            for row in await connection.execute(_SNAPSHOTS, {"ids": missing}):
                known[row.id] = snapshot = read(Snapshot, row.snapshot)
                if snapshot:
                    self._snapshots.put(row.id, row.revision, snapshot)
        return {row.id: _state(row, known.get(row.id)) for row in rows}


async def _held(connection: AsyncConnection, outcomes: Sequence[Outcome]) -> Mapping[str, AnyRow]:
    """The rows of these feeds, locked."""
    found = await connection.execute(_HELD, {"ids": [outcome.feed for outcome in outcomes]})
    return {row.id: row for row in found}


def _stale(outcomes: Sequence[Outcome], held: Mapping[str, AnyRow]) -> set[str]:
    return {one.feed for one in outcomes if one.feed not in held or held[one.feed].fence != one.fence}


async def _save_rest(connection: AsyncConnection, outcomes: Sequence[Outcome]) -> set[str]:
    """Nothing new: one statement for all of them, and a second look only where not all were ours."""
    if not outcomes:
        return set()
    rows = [_saved(outcome) for outcome in sorted(outcomes, key=lambda outcome: outcome.feed)]
    done = await connection.execute(_SAVE, rows)
    return set() if done.rowcount == len(rows) else _stale(outcomes, await _held(connection, outcomes))


def _saved(outcome: Outcome) -> dict[str, object]:
    good = outcome.trouble is None
    validators = outcome.validators if good else None
    return {
        "feed": outcome.feed,
        "held": outcome.fence,
        "at": outcome.at,
        "was_due": outcome.was_due,
        "new_next_poll": outcome.next_poll,
        "new_interval_s": outcome.interval.total_seconds(),
        "new_trouble": None if outcome.trouble is None else outcome.trouble.value,
        "new_trouble_text": "" if good else outcome.trouble_text,
        "new_read_at": outcome.at if good else None,
        "new_full_at": outcome.at if good and outcome.full else None,
        "new_validators": None if validators is None else encode(Validators, dict(validators)),
    }


def _state(row: AnyRow, snapshot: Snapshot | None) -> FeedState:
    # Without the page itself, be it that another version of us wrote it, nothing can be said to be unchanged.
    validators = read(Validators, row.validators) if snapshot else None
    return FeedState(
        feed=row.id,
        snapshot=snapshot,
        validators=validators or {},
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
