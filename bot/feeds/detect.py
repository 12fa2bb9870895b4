"""Which format is it? For documents at hand, and for an address somebody pasted."""

import re
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from itertools import islice
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bot.domain.errors import FeedError, NotTheFormat, Unreachable
from bot.domain.service import Feed
from bot.feeds import FORMATS
from bot.feeds.addresses import shown
from bot.ports import Document, Documents, Fetcher, Format

_SUMMARY = Document(name="summary.json", path="api/v2/summary.json")
_ITSELF = Document(name="page", path="")
_USUAL_FEEDS = ("history.atom", "feed.rss", "feed", "rss")
_MOST_LINKS = 4
_LINK = re.compile(r"<link\b([^<>]{1,1000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z]{1,20})\s{0,9}=\s{0,9}(?:"([^"]{0,900})"|'([^']{0,900})'|([^\s"'>]{1,900}))""", re.IGNORECASE
)
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})


def detect(documents: Documents) -> Format | None:
    """The most particular format that knows these documents."""
    return next((format_ for format_ in FORMATS.values() if format_.recognise(documents)), None)


def document_name(where: str) -> str:
    """How a document is called: the last part of its address or file name."""
    return urlsplit(where).path.rstrip("/").rpartition("/")[2] or "document"


def documents_at(path: Path) -> dict[str, bytes]:
    """One poll kept on disk: a file is one document, a folder holds several. Raise OSError."""
    if not path.is_dir():
        return {path.name: path.read_bytes()}
    files = (file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith("."))
    return {file.name: file.read_bytes() for file in files}


async def probe(url: str, fetcher: Fetcher) -> tuple[Format, str]:
    """The format of a pasted address, and the base address to poll.

    Raise NotTheFormat, naming what was tried, or Unreachable if nothing answered at all.
    """
    trial = _Trial(fetcher)
    root = urljoin(url, "/")
    for place in dict.fromkeys((url.removesuffix(_SUMMARY.path), root)):
        if found := await trial.format_at(place, _SUMMARY):
            return found, place
    if found := await trial.format_at(url, _ITSELF):
        return found, url
    usual = (urljoin(root, path) for path in _USUAL_FEEDS)
    for place in dict.fromkeys((*_linked_feeds(trial.last, url), *usual)):
        if found := await trial.format_at(place, _ITSELF):
            return found, place
    raise trial.failure()


class _Trial:
    """Attempts at one address, and what became of them."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._tried: list[str] = []
        self._answered = False
        self.last = b""

    async def format_at(self, base: str, document: Document) -> Format | None:
        """The format that is polled at `base`, going by one document. None if there is none; the reason is kept."""
        self.last = b""
        try:
            documents = await self._get(base, document)
        except FeedError as error:
            self._answered = self._answered or not isinstance(error, Unreachable)
            self._tried.append(str(error))
            return None
        self._answered = True
        self.last = documents.get(document.name, b"")
        found = detect(documents)
        if found and found.documents[0].path == document.path:
            return found
        self._tried.append(f"{shown(urljoin(base, document.path))} is no status page that we can read")
        return None

    async def _get(self, base: str, document: Document) -> Documents:
        feed = Feed(id="probe", url=base, format="probe")
        nothing = Format(name="probe", documents=(document,), recognise=bool, parse=FORMATS["rss"].parse)
        return (await self._fetcher.fetch(feed, nothing, {}, everything=False)).documents or {}

    def failure(self) -> FeedError:
        """What to raise when all is tried."""
        kind = NotTheFormat if self._answered else Unreachable
        return kind("; ".join(self._tried))


def _linked_feeds(page: bytes, url: str) -> Iterator[str]:
    """Addresses of the feeds that a web page names in its head."""
    links = (dict(_attributes(found[1])) for found in _LINK.finditer(page.decode("utf-8", "replace")))
    feeds = (
        link["href"]
        for link in links
        if "alternate" in link.get("rel", "").lower() and link.get("type", "").lower() in _FEED_TYPES and "href" in link
    )
    for href in islice(feeds, _MOST_LINKS):
        with suppress(ValueError):
            yield urljoin(url, href)


def _attributes(tag: str) -> Iterator[tuple[str, str]]:
    for name, *values in _ATTRIBUTE.findall(tag):
        yield name.lower(), unescape("".join(values).strip())
