"""When a team's tools were last tried."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Part
from bot.store.practice import trials


class SqlTrials(Part):
    """The newest trial of each tool of each team."""

    async def put_trial(self, team: str, tool: str, by: str, at: datetime) -> None:
        """Somebody of the team tried the tool; an older trial never takes the place of a newer one."""
        insert = self._database.insert(trials).values(team=team, tool=tool, tried_by=by, at=at)
        newer = {"tried_by": insert.excluded.tried_by, "at": insert.excluded["at"]}
        put = insert.on_conflict_do_update(
            index_elements=["team", "tool"], set_=newer, where=trials.c["at"] < insert.excluded["at"]
        )
        async with self._database.writing() as connection:
            await connection.execute(put)

    async def trials_of(self, team: str) -> Mapping[str, datetime]:
        """When each tool of the team was last tried."""
        query = sa.select(trials.c.tool, trials.c["at"]).where(trials.c.team == team)
        async with self._database.reading() as connection:
            return {row.tool: row.at for row in await connection.execute(query)}
