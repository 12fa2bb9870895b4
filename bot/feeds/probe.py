"""Which format has the status page at a pasted address, and where is it polled?

In order: the pages that a format knows by their host, the address itself, the documents that formats are polled at,
what the page's HTML leads to, the usual places of feeds. A page that answers everything with one web page is told as
such. The result is kept with the feed; nothing is probed at a poll.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urljoin, urlsplit, urlunsplit

from bot.domain.errors import FeedError, NotTheFormat, Unreachable
from bot.domain.service import Feed
from bot.feeds import FORMATS
from bot.feeds.addresses import shown
from bot.feeds.detect import detect
from bot.feeds.links import linked_feeds
from bot.ports import Document, Documents, Fetcher, Format, Probed

DEADLINE_S = 60.0
AT_ONCE = 2
"""Requests to one page at the same time: it is asked some thirty questions once, and never again."""
_ITSELF = Document(name="page", path="")
_USUAL_FEEDS = (
    "history.atom",
    "feed.atom",
    "feed.rss",
    "history.rss",
    "feed.xml",
    "index.xml",
    "feed",
    "rss",
    "rss.xml",
)
_MOST_LEADS = 6
_TOLD_MOST = 4


@dataclass(frozen=True, slots=True)
class HttpProber:
    """Implements the Prober port."""

    fetcher: Fetcher

    async def probe(self, url: str, *, trusted: bool) -> Probed:
        """See `probe`."""
        return await probe(url, self.fetcher, trusted=trusted)


async def probe(url: str, fetcher: Fetcher, *, trusted: bool = True) -> Probed:
    """Find the format of a pasted address. A page that is not `trusted` may lead to public addresses only.

    Raise NotTheFormat, naming what was tried, or Unreachable if nothing answered at all.
    """
    trial = _Trial(fetcher, trusted_host=urlsplit(url).netloc if trusted else "")
    try:
        async with asyncio.timeout(DEADLINE_S):
            async for format_, base in _candidates(url, trial):
                if found := await trial.read(format_, base):
                    return found
    except TimeoutError:
        raise Unreachable(f"{shown(url)}: no status page was found within {DEADLINE_S:g} seconds") from None
    raise trial.failure()


async def _candidates(url: str, trial: "_Trial") -> AsyncIterator[tuple[Format, str]]:
    """Formats and base addresses that are worth a look, the surest first."""
    for one in _at_home(url):
        yield one
    page = await trial.page(url)
    if trial.is_dead:
        return
    for one in _pasted(url, page):
        yield one
    for wave in _waves():
        for one in await trial.wave(wave, _places(url)):
            yield one
    async for one in _led_to(url, page, trial):
        yield one


async def _led_to(url: str, page: bytes, trial: "_Trial") -> AsyncIterator[tuple[Format, str]]:
    """What the page's HTML leads to, then feeds at the usual places."""
    html = page.decode("utf-8", "replace")
    for format_ in FORMATS.values():
        for base in islice(format_.leads(url, html), _MOST_LEADS):
            yield format_, base
    root = urljoin(url, "/")
    for base in dict.fromkeys((*linked_feeds(page, url), *(urljoin(root, path) for path in _USUAL_FEEDS))):
        if (found := detect({"page": await trial.page(base)})) and not found.documents[0].path:
            yield found, base


def _at_home(url: str) -> Iterator[tuple[Format, str]]:
    """The formats that have this host among their few."""
    host = urlsplit(url).hostname
    for format_ in FORMATS.values():
        for home in format_.homes:
            if urlsplit(home).hostname == host:
                yield format_, home


def _pasted(url: str, page: bytes) -> Iterator[tuple[Format, str]]:
    """The format and the base address where not a page was pasted, but one of its documents."""
    found = detect({"page": page})
    for document in found.documents if found else ():
        if found and url.endswith(document.path):
            yield found, url.removesuffix(document.path)


def _places(url: str) -> Sequence[str]:
    """The pasted address and the root of its host."""
    parts = urlsplit(url)
    bare = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), parts.query, ""))
    return tuple(dict.fromkeys((bare, urljoin(url, "/").rstrip("/"))))


def _waves() -> Iterable[Sequence[Document]]:
    """The documents that formats are polled at: the commonest alone first, then all others, each address once."""
    pulses = {format_.documents[0].path: format_.documents[0] for format_ in reversed(FORMATS.values())}
    common = FORMATS["statuspage"].documents[0]
    return ((common,), tuple(one for path, one in pulses.items() if path and path != common.path))


@dataclass(slots=True)
class _Trial:
    """Attempts at one page, and what became of them."""

    fetcher: Fetcher
    trusted_host: str = field(kw_only=True)
    tried: dict[str, str] = field(default_factory=dict)
    answers: int = 0
    web_pages: int = 0
    pages: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_dead(self) -> bool:
        """Whether the page was asked and there is no server at all: then thirty more questions are of no use."""
        return bool(self.tried) and not self.answers

    async def page(self, url: str) -> bytes:
        """What an address itself answers; nothing if it does not."""
        if url not in self.pages:
            self.pages[url] = (await self._ask(url, _ITSELF)).get(_ITSELF.name, b"")
        return self.pages[url]

    async def wave(self, documents: Sequence[Document], places: Sequence[str]) -> Sequence[tuple[Format, str]]:
        """The formats that are polled there, going by one document each, in the order of formats."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def ask(place: str, document: Document) -> Sequence[tuple[Format, str]]:
            async with gate:
                answer = await self._ask(place, document)
            here = (format_ for format_ in FORMATS.values() if format_.documents[0].path == document.path)
            return [(format_, place) for format_ in here if format_.recognise(answer)]

        asked = await asyncio.gather(*(ask(place, document) for document in documents for place in places))
        rank = {name: number for number, name in enumerate(FORMATS)}
        return sorted((one for found in asked for one in found), key=lambda one: rank[one[0].name])

    async def read(self, format_: Format, base: str) -> Probed | None:
        """All documents of a format at a base address, understood. None if that is not it; the reason is kept."""
        feed = Feed(id="probe", url=base, format=format_.name, trusted=self._trusts(base))
        try:
            fetched = await self.fetcher.fetch(feed, format_, {}, everything=True)
            documents = fetched.documents or {}
            if not format_.recognise(documents):
                raise NotTheFormat(f"{shown(base)} is no {format_.name} page")
            return Probed(format=format_, url=base, snapshot=format_.parse(documents, base))
        except FeedError as error:
            self._note(base, error)
            return None

    async def _ask(self, base: str, document: Document) -> Documents:
        where = f"{shown(base)}/{document.path}".rstrip("/")
        feed = Feed(id="probe", url=base, format="probe", trusted=self._trusts(base))
        nothing = Format(name="probe", documents=(document,), recognise=bool, parse=FORMATS["rss"].parse)
        try:
            documents = (await self.fetcher.fetch(feed, nothing, {}, everything=False)).documents or {}
        except FeedError as error:
            self._note(where, error)
            return {}
        self.answers += 1
        if not detect(documents):
            self.web_pages += 1
            self.tried.setdefault(where, f"{where} is no status page that can be read")
        return documents

    def _trusts(self, url: str) -> bool:
        """Trust is in the page that was named, not in where its HTML leads."""
        return bool(self.trusted_host) and urlsplit(url).netloc == self.trusted_host

    def _note(self, where: str, error: FeedError) -> None:
        self.answers += isinstance(error, NotTheFormat) or error.status is not None
        self.web_pages += isinstance(error, NotTheFormat)
        self.tried.setdefault(where, str(error))

    def failure(self) -> FeedError:
        """What to raise when all is tried."""
        reasons = list(dict.fromkeys(self.tried.values()))
        told = "; ".join(reasons[:_TOLD_MOST])
        if not self.answers:
            return Unreachable(told)
        if self.web_pages > len(self.tried) / 2:
            told = f"it answers a web page to every address ({told})"
        return NotTheFormat(f"no feed that can be read was found; {len(self.tried)} places were tried: {told}")
