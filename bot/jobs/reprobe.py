"""reprobe: a page that can no longer be read may have moved to another status product. Look again, now and then."""

from dataclasses import replace

import structlog

from bot.domain.errors import FeedError
from bot.domain.service import Feed, Service
from bot.library import Library
from bot.ports import Clock, Pages, Prober

log = structlog.stdlib.get_logger(__name__)

FIRST_AFTER = 3
THEN_EVERY = 48
"""Failures in a row that mean another format than expected: after a day of half-hourly polls, look once more."""


def is_time(failures: int) -> bool:
    """Whether to look again after so many failures in a row."""
    return failures == FIRST_AFTER or (failures > FIRST_AFTER and failures % THEN_EVERY == 0)


async def reprobe(
    service: Service, feed: Feed, *, prober: Prober, library: Library, pages: Pages, clock: Clock
) -> bool:
    """Find where the page is read now, and keep that. False if nothing else was found. Raises StoreAway only."""
    try:
        found = await prober.probe(service.page, trusted=feed.trusted)
    except FeedError as error:
        log.warning("a page that can no longer be read was looked at again", service=service.slug, error=str(error))
        return False
    page_id = found.snapshot.page_id
    if (found.format.name, found.url) == (feed.format, feed.url) or not _same_owner(feed, page_id):
        return False
    moved = replace(feed, format=found.format.name, url=found.url, page_id=page_id)
    await pages.put_page(library.moved(service, moved), clock.now())
    await library.refresh(clock.now(), at_once=True)
    log.error("a status page moved and is read elsewhere now", service=service.slug, format=moved.format, url=moved.url)
    return True


def _same_owner(feed: Feed, page_id: str) -> bool:
    """A page id that was written down is asked for in any format that has one."""
    return not (feed.page_id and page_id) or feed.page_id == page_id
