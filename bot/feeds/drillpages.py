"""drillpages: the pages of drills, answered without any network. Everything else is fetched as ever."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.drill import number_of
from bot.domain.errors import Unreachable
from bot.domain.polling import Validator
from bot.domain.service import Feed
from bot.feeds.selftest import answer
from bot.ports import Clock, Documents, Fetched, Fetcher, Format


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPages:
    """Implements the Fetcher port around another one. `page` knows a drill's documents by its number."""

    fetcher: Fetcher
    clock: Clock
    page: Callable[[int, datetime], Awaitable[Documents | None]]

    async def fetch(
        self, feed: Feed, format_: Format, validators: Mapping[str, Validator], *, everything: bool
    ) -> Fetched:
        """A drill's documents when they differ from those that were read last. Raise Unreachable, StoreAway."""
        number = number_of(feed.id)
        if number is None:
            return await self.fetcher.fetch(feed, format_, validators, everything=everything)
        now = self.clock.now()
        page = await self.page(number, now)
        if page is None:
            raise Unreachable("this drill is over")
        return answer(page, validators, now)
