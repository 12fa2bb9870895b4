"""What teams chose in their chats to use instead of what."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.continuity import Alternative, Plan, Source
from bot.store.codec import encode, read
from bot.store.database import AnyRow, Part
from bot.store.practice import choices, trials

_Tools = tuple[Alternative, ...]


class SqlChoices(Part):
    """One row for each list of a team."""

    async def choices_of(self, team: str) -> Sequence[Plan]:
        """The lists of one team, in order of what they are for."""
        query = sa.select(choices).where(choices.c.team == team).order_by(choices.c.wanted)
        async with self._database.reading() as connection:
            return [plan for row in await connection.execute(query) if (plan := _plan(row))]

    async def all_choices(self) -> Mapping[str, Sequence[Plan]]:
        """The lists of all teams: for the pipeline, never for a person."""
        found: dict[str, list[Plan]] = {}
        async with self._database.reading() as connection:
            for row in await connection.execute(sa.select(choices).order_by(choices.c.team, choices.c.wanted)):
                if plan := _plan(row):
                    found.setdefault(row.team, []).append(plan)
        return found

    async def choosers(self) -> frozenset[str]:
        """The teams that have a list or tried a tool: for the pipeline, never for a person."""
        query = sa.union(sa.select(choices.c.team), sa.select(trials.c.team))
        async with self._database.reading() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def put_choice(self, team: str, plan: Plan, by: str, at: datetime) -> None:
        """Keep a team's list in the place of the one it had for the same."""
        tools = encode(_Tools, plan.alternatives)
        row = {"team": team, "wanted": plan.wanted, "tools": tools, "chosen_by": by, "at": at}
        insert = self._database.insert(choices).values(row)
        again = {name: insert.excluded[name] for name in ("tools", "chosen_by", "at")}
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["team", "wanted"], set_=again))

    async def drop_choice(self, team: str, wanted: str) -> bool:
        """What the file or the catalogue says counts again. False where there was no list."""
        gone = sa.delete(choices).where(choices.c.team == team, choices.c.wanted == wanted)
        async with self._database.writing() as connection:
            return bool((await connection.execute(gone)).rowcount)


def _plan(row: AnyRow) -> Plan | None:
    tools = read(_Tools, row.tools)
    return None if tools is None else Plan(wanted=row.wanted, alternatives=tools, source=Source.CHAT)
