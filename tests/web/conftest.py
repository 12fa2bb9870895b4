from collections.abc import AsyncIterator

import pytest

from bot.store.store import SqlStore
from tests.web.site import Site, open_site


@pytest.fixture
async def site(memory: SqlStore) -> AsyncIterator[Site]:
    async with open_site(memory) as site:
        yield site
