"""Any RSS, Atom or JSON feed of a status page, where nothing more particular is known of it."""

from bot.domain.status import Snapshot
from bot.feeds.articles import read
from bot.feeds.entries import looks_like_a_feed
from bot.ports import Document, Documents, Format


def recognise(documents: Documents) -> bool:
    """Whether all of it begins like a feed."""
    return bool(documents) and all(looks_like_a_feed(raw) for raw in documents.values())


def parse(documents: Documents, base_url: str) -> Snapshot:
    """One feed, or several of one page. Raise NotTheFormat."""
    return read(documents, base_url, FORMAT.name)


FORMAT = Format(
    name="rss",
    documents=(Document(name="feed.xml", path=""),),
    recognise=recognise,
    parse=parse,
)
