"""When somebody of a team last tried a tool."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Part
from bot.store.practice import trials


class SqlTrials(Part):
    """One row for each tool of a team: the last time counts."""

    async def note_trial(self, team: str, tool: str, by: str, at: datetime) -> None:
        """Somebody of the team tried the tool."""
        insert = self._database.insert(trials).values(team=team, tool=tool, tried_by=by, at=at)
        again = {name: insert.excluded[name] for name in ("tried_by", "at")}
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["team", "tool"], set_=again))

    async def trials_of(self, team: str) -> Mapping[str, datetime]:
        """When each tool of a team was last tried, by the name it was called."""
        query = sa.select(trials.c.tool, trials.c.at).where(trials.c.team == team)
        async with self._database.reading() as connection:
            return {row.tool: row.at for row in await connection.execute(query)}

    async def all_trials(self) -> Mapping[str, Mapping[str, datetime]]:
        """Those of all teams: for the pipeline, never for a person."""
        found: dict[str, dict[str, datetime]] = {}
        async with self._database.reading() as connection:
            for row in await connection.execute(sa.select(trials.c.team, trials.c.tool, trials.c.at)):
                found.setdefault(row.team, {})[row.tool] = row.at
        return found
