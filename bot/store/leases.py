"""What one process does for all: whoever holds the row does it, until it lets go or its time is over."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store.database import Database, Part
from bot.store.schema import leases


class SqlLeases(Part):
    """One row for each thing that only one process may do at a time."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        row = database.insert(leases)
        free = sa.or_(
            leases.c.owner == row.excluded.owner, leases.c.until <= sa.bindparam("now", type_=leases.c.until.type)
        )
        taken = {
            "owner": row.excluded.owner,
            "until": row.excluded.until,
            "fence": leases.c.fence + sa.case((leases.c.owner == row.excluded.owner, 0), else_=1),
        }
        self._take = row.on_conflict_do_update(index_elements=["name"], set_=taken, where=free).returning(
            leases.c.fence
        )

    async def hold(self, name: str, owner: str, now: datetime, lease: timedelta) -> int | None:
        """Take it or keep it, for so long; its number, or None while another holds it."""
        row = {"name": name, "owner": owner, "until": now + lease, "fence": 1, "now": now}
        async with self._database.writing() as connection:
            fence: int | None = (await connection.execute(self._take, row)).scalar()
            return fence

    async def let_go(self, name: str, owner: str, now: datetime) -> None:
        """Another may have it at once. Nothing happens where it is no longer ours."""
        mine = sa.and_(leases.c.name == name, leases.c.owner == owner)
        async with self._database.writing() as connection:
            await connection.execute(sa.update(leases).where(mine).values(until=now, owner=""))
