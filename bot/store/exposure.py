"""What a team follows in all its channels, when it practised, what a channel was told. For people who ask."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.core.drill import is_practice
from bot.domain.change import Change
from bot.domain.drill import Course
from bot.domain.subscription import Subscription, Target
from bot.store.codec import read
from bot.store.database import Part
from bot.store.practice import drills
from bot.store.schema import deliveries, subscriptions
from bot.store.subscriptions import subscription_of


class SqlPractised(Part):
    """Reads only."""

    async def teams(self) -> Sequence[str]:
        """All teams that follow anything, in order."""
        names = (subscriptions.c.platform, subscriptions.c.workspace)
        query = sa.select(*names).where(subscriptions.c.disabled_at.is_(None)).distinct().order_by(*names)
        async with self._database.reading() as connection:
            return [f"{row.platform}:{row.workspace}" for row in await connection.execute(query)]

    async def followed_in(self, team: str) -> Sequence[Subscription]:
        """All active subscriptions of all channels of a team, in order of service."""
        mine = sa.and_(_in(subscriptions, team), subscriptions.c.disabled_at.is_(None))
        query = sa.select(subscriptions).where(mine).order_by(subscriptions.c.service, subscriptions.c.id)
        async with self._database.reading() as connection:
            return [subscription_of(row) for row in await connection.execute(query)]

    async def last_drills(self, team: str) -> Mapping[str, datetime]:
        """When each service or part was last drilled, in any channel of the team: its whole time, or with anybody."""
        done = sa.and_(_in(drills, team), drills.c.ended_at.is_not(None), drills.c.result.is_not(None))
        query = sa.select(drills.c.service, drills.c.ended_at, drills.c.result).where(done).order_by(drills.c.ended_at)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        ended = [(row, course.report) for row in rows if (course := read(Course, row.result))]
        return {row.service: row.ended_at for row, report in ended if is_practice(report)}

    async def told(self, target: Target, most: int) -> Sequence[Change]:
        """The last change of each incident that a channel was told of, the newest first, of its newest messages."""
        here = sa.and_(_in(deliveries, target.team), deliveries.c.channel == target.channel)
        sent = sa.and_(here, deliveries.c.state == "sent")
        query = sa.select(deliveries.c.thread_key, deliveries.c.change).where(sent)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(deliveries.c.id.desc()).limit(most))).all()
        newest: dict[str, str] = {}
        for row in rows:
            newest.setdefault(row.thread_key, row.change)
        return [known for change in newest.values() if (known := read(Change, change))]


def _in(table: sa.Table, team: str) -> sa.ColumnElement[bool]:
    platform, _, workspace = team.partition(":")
    return sa.and_(table.c.platform == platform, table.c.workspace == workspace)
