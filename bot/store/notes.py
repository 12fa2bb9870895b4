"""Small facts that must survive a restart."""

from collections.abc import Mapping

import sqlalchemy as sa

from bot.store.database import Part
from bot.store.schema import notes


class SqlNotes(Part):
    """Values by name."""

    async def note(self, name: str) -> str | None:
        """The value, or None."""
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(notes.c.value).where(notes.c.name == name))
            return found.scalar_one_or_none()

    async def set_note(self, name: str, value: str) -> None:
        """Remember."""
        insert = self._database.insert(notes).values(name=name, value=value)
        again = {"value": insert.excluded.value}
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=again))

    async def notes(self, prefix: str) -> Mapping[str, str]:
        """All values whose names begin so, by the rest of their names."""
        wanted = sa.select(notes).where(notes.c.name.startswith(prefix, autoescape=True))
        async with self._database.reading() as connection:
            return {row.name.removeprefix(prefix): row.value for row in await connection.execute(wanted)}

    async def drop_note(self, name: str) -> None:
        """Forget."""
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(notes).where(notes.c.name == name))
