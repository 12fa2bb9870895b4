"""Workspaces that installed the app, and the single-use tickets of the way there."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.install import Install
from bot.domain.subscription import Platform
from bot.store.columns import Utc
from bot.store.database import AnyRow, Part
from bot.store.schema import installs, tickets

_KEY = ("platform", "workspace")
_ITS = sa.and_(
    installs.c.platform == sa.bindparam("of_platform", type_=installs.c.platform.type),
    installs.c.workspace == sa.bindparam("of_workspace", type_=installs.c.workspace.type),
)
_FIND = sa.select(installs).where(_ITS)
_DROP = sa.delete(installs).where(_ITS, installs.c.installed_at <= sa.bindparam("before", type_=Utc()))
_RESEAL = sa.update(installs).where(_ITS, installs.c.sealed == sa.bindparam("old")).values(sealed=sa.bindparam("new"))


class SqlInstalls(Part):
    """One row for each workspace; its token is there only sealed."""

    async def put_install(self, install: Install) -> None:
        """Keep it; an earlier one of the same workspace is replaced."""
        row = _row(install)
        insert = self._database.insert(installs).values(row)
        again = {name: insert.excluded[name] for name in row if name not in _KEY}
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=again))

    async def install(self, platform: Platform, workspace: str) -> Install | None:
        """That workspace's, or None."""
        async with self._database.reading() as connection:
            found = (await connection.execute(_FIND, _its(platform, workspace))).one_or_none()
            return _install(found) if found else None

    async def installs(self) -> Sequence[Install]:
        """All of them, in order."""
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(installs).order_by(installs.c.platform, installs.c.workspace))
            return [_install(row) for row in found]

    async def drop_install(self, platform: Platform, workspace: str, before: datetime) -> bool:
        """Erase it, unless it is newer than that; False where there is none so old."""
        async with self._database.writing() as connection:
            done = await connection.execute(_DROP, {**_its(platform, workspace), "before": before})
            return bool(done.rowcount)

    async def reseal(self, renewed: Sequence[tuple[Install, str]]) -> int:
        """Store each token as newly sealed, unless it was replaced meanwhile. How many were stored."""
        rows = [{**_its(one.platform, one.workspace), "old": one.sealed, "new": sealed} for one, sealed in renewed]
        async with self._database.writing() as connection:
            return sum([(await connection.execute(_RESEAL, row)).rowcount for row in rows])


class SqlTickets(Part):
    """One row for each question that is still open."""

    async def issue(self, digest: str, until: datetime, now: datetime) -> None:
        """It may be redeemed until then. Those whose time is over are forgotten."""
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(tickets).where(tickets.c.until <= now))
            await connection.execute(sa.insert(tickets).values(digest=digest, until=until))

    async def redeem(self, digest: str, now: datetime) -> bool:
        """Whether it was good. One statement, so that of many who ask at the same time one is told yes."""
        spent = sa.delete(tickets).where(tickets.c.digest == digest).returning(tickets.c.until)
        async with self._database.writing() as connection:
            until: datetime | None = (await connection.execute(spent)).scalar_one_or_none()
            return until is not None and until > now


def _its(platform: Platform, workspace: str) -> dict[str, object]:
    return {"of_platform": platform.value, "of_workspace": workspace}


def _row(install: Install) -> dict[str, object]:
    return {
        "platform": install.platform.value,
        "workspace": install.workspace,
        "name": install.name,
        "bot": install.bot,
        "sealed": install.sealed,
        "installed_by": install.installed_by,
        "installed_at": install.installed_at,
    }


def _install(row: AnyRow) -> Install:
    return Install(
        platform=Platform(row.platform),
        workspace=row.workspace,
        name=row.name,
        bot=row.bot,
        sealed=row.sealed,
        installed_by=row.installed_by,
        installed_at=row.installed_at,
    )
