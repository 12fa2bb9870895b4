"""Which pages have something going on: those who look again and again ask for no others."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.calm import last_word
from bot.domain.polling import FeedState
from bot.store.database import Database
from bot.store.feeds import STATES, SqlFeeds
from bot.store.promises import chunks
from bot.store.schema import feeds

_REVISIONS = sa.select(feeds.c.id, feeds.c.revision).where(feeds.c.revision > 0).order_by(feeds.c.id)
AT_ONCE = 50
"""Pages that are decoded before others have their turn: a third of a millisecond each, a large one much more."""


class SqlBusy(SqlFeeds):
    """What a revision said stays true, so that each is decoded once: few pages say anything new."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._last_words: dict[str, tuple[int, datetime | None]] = {}

    async def busy(self, names: Iterable[str], now: datetime, within: timedelta) -> Mapping[str, FeedState]:
        """Those of these feeds on which something goes on, or ended at most so long ago."""
        asked, since = frozenset(names), now - within
        found: dict[str, FeedState] = {}
        async with self._database.reading() as connection:
            rows = [row for row in await connection.execute(_REVISIONS) if row.id in asked]
            ids = [row.id for row in rows if self._may_be_busy(row.id, row.revision, since)]
            for chunk in chunks(ids, AT_ONCE):
                some = (await connection.execute(STATES, {"ids": chunk})).all()
                states = await self.decoded(connection, some)
                for row in some:
                    state = states[row.id]
                    self._last_words[row.id] = row.revision, last_word(state.snapshot) if state.snapshot else None
                    if self._may_be_busy(row.id, row.revision, since):
                        found[row.id] = state
        return found

    def _may_be_busy(self, feed: str, revision: int, since: datetime) -> bool:
        known, word = self._last_words.get(feed, (0, None))
        return known != revision or word is None or word >= since
