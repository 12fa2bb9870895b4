"""Which channel follows what."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.status import Impact
from bot.domain.subscription import MaintenanceWish, Platform, Subscription, Target
from bot.store.codec import Names, decode, encode
from bot.store.database import AnyRow, Part
from bot.store.practice import choices, drill_plans, drills, marks, moves, trials
from bot.store.schema import deliveries, page_teams, pages, subscriptions

_ACTIVE = subscriptions.c.disabled_at.is_(None)
_ONE = ("platform", "workspace", "channel", "service")
_WISHES = ("parts", "min_impact", "maintenance", "language", "owner", "disabled_at", "disabled_reason")

_UNFINISHED = deliveries.c.finished_at.is_(None)
# A page goes with its last team. One that stands in for a moved feed stays, whoever leaves.
_LAST = sa.delete(pages).where(
    pages.c.slug == sa.bindparam("left"),
    pages.c.instead_of == "",
    ~sa.exists().where(page_teams.c.slug == pages.c.slug),
)


class SqlSubscriptions(Part):
    """The channels' half of the store. A disabled subscription is kept, but counts as if it were not there."""

    async def subscriptions(self, service: str) -> Sequence[Subscription]:
        """All active subscriptions to a service."""
        return await self._active(subscriptions.c.service == service)

    async def subscriptions_of(self, target: Target) -> Sequence[Subscription]:
        """All active subscriptions of a channel, in order of service."""
        return await self._active(_of(subscriptions, target))

    async def subscriptions_in(self, team: str) -> int:
        """How many active subscriptions all channels of a team have."""
        platform, _, workspace = team.partition(":")
        mine = sa.and_(subscriptions.c.platform == platform, subscriptions.c.workspace == workspace, _ACTIVE)
        async with self._database.reading() as connection:
            return await connection.scalar(sa.select(sa.func.count()).where(mine).select_from(subscriptions)) or 0

    async def subscribed_services(self) -> frozenset[str]:
        """Slugs that at least one channel follows."""
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(subscriptions.c.service).where(_ACTIVE).distinct())
            return frozenset(found.scalars())

    async def subscribe(self, subscription: Subscription, now: datetime) -> bool:
        """Follow, or change the filters; True if the channel did not follow the service before. Also re-enables."""
        row = _row(subscription, now)
        follows = sa.and_(_of(subscriptions, subscription.target), subscriptions.c.service == subscription.service)
        insert = self._database.insert(subscriptions).values(row)
        changed = {name: insert.excluded[name] for name in _WISHES}
        async with self._database.writing() as connection:
            before = await connection.execute(sa.select(subscriptions.c.id).where(follows, _ACTIVE))
            new = before.first() is None
            await connection.execute(insert.on_conflict_do_update(index_elements=_ONE, set_=changed))
        return new

    async def unsubscribe(self, target: Target, service: str) -> bool:
        """Stop following; False if the channel did not."""
        gone = sa.delete(subscriptions).where(_of(subscriptions, target), subscriptions.c.service == service)
        async with self._database.writing() as connection:
            found = await connection.execute(gone.returning(subscriptions.c.disabled_at))
            return any(row.disabled_at is None for row in found)

    async def disable(self, target: Target, reason: str, now: datetime) -> Sequence[str]:
        """Tell the channel nothing more, what was promised included. Return the owners to inform, once each."""
        off = sa.update(subscriptions).where(_of(subscriptions, target), _ACTIVE)
        off = off.values(disabled_at=now, disabled_reason=reason)
        dead = sa.update(deliveries).where(_of(deliveries, target), _UNFINISHED)
        dead = dead.values(state="dead", error=reason, finished_at=now)
        async with self._database.writing() as connection:
            owners = (await connection.execute(off.returning(subscriptions.c.owner))).scalars().all()
            await connection.execute(dead)
        return sorted(set(owners) - {""})

    async def forget_workspace(self, platform: Platform, workspace: str, now: datetime) -> int:
        """The team threw us out: erase what its channels follow, its pages and lists, and send nothing more of its own.

        Return how many subscriptions that were. What was sent stays for a while, as a record of what we did.
        """
        place = {"platform": platform.value, "workspace": workspace}
        team = Target(platform=platform, workspace=workspace, channel="").team
        mine = sa.and_(*(deliveries.c[name] == value for name, value in place.items()), _UNFINISHED)
        dead = sa.update(deliveries).where(mine)
        dead = dead.values(state="dead", error="the workspace removed the app", finished_at=now)
        async with self._database.writing() as connection:
            gone = await connection.execute(sa.delete(subscriptions).filter_by(**place))
            await connection.execute(dead)
            for table in (drills, drill_plans):
                await connection.execute(sa.delete(table).filter_by(**place))
            for table in (choices, trials):
                await connection.execute(sa.delete(table).where(table.c.team == team))
            # Who switched to what, and who did which step, is about people: it goes with them.
            for table in (moves, marks):
                people = table.c.thread_key.startswith(f"{team}:", autoescape=True)
                await connection.execute(sa.delete(table).where(people))
            added = await connection.execute(
                sa.delete(page_teams).where(page_teams.c.team == team).returning(page_teams.c.slug)
            )
            for slug in added.scalars().all():
                await connection.execute(_LAST, {"left": slug})
            return int(gone.rowcount)

    async def _active(self, where: sa.ColumnElement[bool]) -> Sequence[Subscription]:
        query = sa.select(subscriptions).where(where, _ACTIVE).order_by(subscriptions.c.service, subscriptions.c.id)
        async with self._database.reading() as connection:
            return [subscription_of(row) for row in await connection.execute(query)]


def _of(table: sa.Table, target: Target) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.platform == target.platform.value,
        table.c.workspace == target.workspace,
        table.c.channel == target.channel,
    )


def _row(subscription: Subscription, now: datetime) -> dict[str, object]:
    return {
        "platform": subscription.target.platform.value,
        "workspace": subscription.target.workspace,
        "channel": subscription.target.channel,
        "service": subscription.service,
        "parts": encode(Names, subscription.parts),
        "min_impact": subscription.min_impact.value,
        "maintenance": subscription.maintenance.value,
        "language": subscription.language,
        "owner": subscription.owner,
        "created_at": now,
        "disabled_at": None,
        "disabled_reason": "",
    }


def subscription_of(row: AnyRow) -> Subscription:
    """A row of the table."""
    return Subscription(
        target=Target(platform=Platform(row.platform), workspace=row.workspace, channel=row.channel),
        service=row.service,
        parts=decode(Names, row.parts),
        min_impact=Impact(row.min_impact),
        maintenance=MaintenanceWish(row.maintenance),
        language=row.language,
        owner=row.owner,
    )
