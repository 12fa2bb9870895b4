"""The stories of deliveries, for somebody who asks why. Reads all of the history: for people, not for loops."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.change import Change
from bot.domain.story import Story
from bot.domain.subscription import Delivery, Receipt
from bot.store.claiming import delivery_of
from bot.store.codec import decode, read
from bot.store.database import AnyRow, Part
from bot.store.schema import deliveries, echoes

_BIGGEST = 2**63
_CANDIDATES = 2000
_INCIDENTS = 200
"""Threads; one for each channel that was told."""


class SqlStories(Part):
    """What happened to an incident's messages."""

    async def stories(self, text: str, most: int) -> Sequence[Story]:
        """The newest deliveries of the incidents meant by a delivery's number, an incident's id, a title's words."""
        async with self._database.reading() as connection:
            threads = await _named(connection, text) or await _titled(connection, text)
            ends = sorted({thread.partition("|")[2] for thread in threads})
            if not ends:
                return ()
            of_them = sa.or_(*(deliveries.c.thread_key.endswith(f"|{end}", autoescape=True) for end in ends))
            rows = (await connection.execute(_STORIES.where(of_them).limit(most))).all()
            return [_story(row, delivery) for row in reversed(rows) if (delivery := delivery_of(row))]


_STORIES = (
    sa.select(*deliveries.c, echoes.c.at.label("echoed_at"))
    .outerjoin(echoes, echoes.c.delivery == deliveries.c.id)
    .order_by(deliveries.c.id.desc())
)


async def _named(connection: AsyncConnection, text: str) -> Sequence[str]:
    """Some pages number their incidents, so a number may be either."""
    meant = deliveries.c.thread_key.endswith(f"|{text}", autoescape=True)
    if text.isascii() and text.isdecimal() and int(text) < _BIGGEST:
        meant = sa.or_(deliveries.c.id == int(text), meant)
    found = await connection.execute(sa.select(deliveries.c.thread_key).where(meant))
    return found.scalars().all()


async def _titled(connection: AsyncConnection, text: str) -> Sequence[str]:
    """Titles stand in the changes; the database finds candidates, whose other words do not count."""
    held = sa.func.lower(deliveries.c.change).contains(text.lower(), autoescape=True)
    query = sa.select(deliveries.c.thread_key, deliveries.c.change).where(held).order_by(deliveries.c.id.desc())
    found = await connection.execute(query.limit(_CANDIDATES))
    wanted = text.casefold()
    titles = {row.thread_key: change.incident.title for row in found if (change := read(Change, row.change))}
    return [thread for thread, title in titles.items() if wanted in title.casefold()][:_INCIDENTS]


def _story(row: AnyRow, delivery: Delivery) -> Story:
    return Story(
        id=row.id,
        delivery=delivery,
        state=row.state,
        attempts=row.attempts,
        promised_at=row.created_at,
        due_at=row.due_at,
        attempted_at=row.attempted_at,
        finished_at=row.finished_at,
        error=row.error,
        receipt=decode(Receipt, row.receipt) if row.receipt else None,
        echoed_at=row.echoed_at,
        merged=row.merged,
    )
