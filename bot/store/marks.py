"""Who took or did which step of a playbook."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from bot.domain.playbook import Mark, MarkState
from bot.domain.subscription import Delivery, Target
from bot.store.claiming import delivery_of
from bot.store.database import AnyRow, Database, Part
from bot.store.practice import marks
from bot.store.schema import deliveries


class SqlMarks(Part):
    """One row for each step that is marked."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        row = database.insert(marks)
        said = {name: row.excluded[name] for name in ("state", "marked_by", "at")}
        done = MarkState.DONE.value
        mine = sa.and_(marks.c.marked_by == row.excluded.marked_by, marks.c.state != row.excluded.state)
        finishing = sa.and_(row.excluded.state == done, marks.c.state != done)
        # One statement decides: of two people who press at once, one is first.
        self._put_mark = row.on_conflict_do_update(
            index_elements=["thread_key", "step"], set_=said, where=sa.or_(mine, finishing)
        )

    async def marks(self, thread: str, book: str) -> Mapping[int, Mark]:
        """What is marked, by the number of the step."""
        wanted = sa.select(marks).where(marks.c.thread_key == _list(thread, book)).order_by(marks.c.step)
        async with self._database.reading() as connection:
            return {row.step: _mark(row) for row in await connection.execute(wanted)}

    async def mark(self, thread: str, book: str, mark: Mark) -> Mark:
        """Mark a step; return the mark that stands now."""
        key = _list(thread, book)
        row = {"thread_key": key, "step": mark.step, "state": mark.state.value, "marked_by": mark.by, "at": mark.at}
        stands = sa.select(marks).where(marks.c.thread_key == key, marks.c.step == mark.step)
        async with self._database.writing() as connection:
            await connection.execute(self._put_mark, row)
            return _mark((await connection.execute(stands)).one())

    async def newest_told(self, target: Target, most: int) -> Sequence[tuple[int, Delivery]]:
        """The newest deliveries to a channel with their numbers, newest first."""
        here = sa.and_(
            deliveries.c.platform == target.platform.value,
            deliveries.c.workspace == target.workspace,
            deliveries.c.channel == target.channel,
        )
        newest = sa.select(deliveries).where(here).order_by(deliveries.c.id.desc()).limit(most)
        async with self._database.reading() as connection:
            rows = await connection.execute(newest)
            return [(row.id, delivery) for row in rows if (delivery := delivery_of(row))]


def _list(thread: str, book: str) -> str:
    """Two playbooks of one incident have steps of the same numbers."""
    return f"{thread}|{book}"


def _mark(row: AnyRow) -> Mark:
    return Mark(step=row.step, state=MarkState(row.state), by=row.marked_by, at=row.at)
