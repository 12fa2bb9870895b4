"""Feeds that are known by the host they belong to."""

from collections.abc import Callable
from urllib.parse import urlsplit

from bot.domain.errors import NotTheFormat
from bot.feeds.entries import Paper, looks_like_a_feed, read_feed
from bot.ports import Documents

_NOWHERE = "https://nowhere.invalid"
"""So that a feed which does not say where it belongs belongs to nobody."""


def papers_of(documents: Documents, hosts: frozenset[str]) -> list[Paper]:
    """The feeds, all of which belong to one of these hosts. Raise NotTheFormat."""
    if not documents:
        raise NotTheFormat("there is no document")
    papers = [read_feed(raw, _NOWHERE) for raw in documents.values()]
    for paper in papers:
        if urlsplit(paper.link).hostname not in hosts:
            raise NotTheFormat(f"the feed does not belong to {', '.join(sorted(hosts))}")
    return papers


def are_papers(documents: Documents, read: Callable[[Documents], object]) -> bool:
    """Whether all documents look like feeds and `read` takes them. Never raises."""
    try:
        return bool(documents) and all(map(looks_like_a_feed, documents.values())) and read(documents) is not None
    except NotTheFormat:
        return False
