"""The page of a drill that nobody knows any more."""

from datetime import datetime

import pytest

from bot.core.drill import slug_for
from bot.core.drill_page import FORMAT
from bot.domain.errors import Unreachable
from bot.domain.service import Feed
from bot.feeds import FORMATS
from bot.feeds.drillpages import DrillPages
from tests.fakes import FakeClock, FakeFetcher


async def test_it_cannot_be_read() -> None:
    async def nobody(_number: int, _now: datetime) -> None:
        return None

    clock = FakeClock()
    pages = DrillPages(fetcher=FakeFetcher(clock), clock=clock, page=nobody)
    feed = Feed(id=slug_for(7, "lamp"), url="https://status.lamp.example", format=FORMAT)
    with pytest.raises(Unreachable, match="over"):
        await pages.fetch(feed, FORMATS[FORMAT], {}, everything=False)
