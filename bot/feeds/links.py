"""What a web page's HTML leads to. Every pattern is bounded: a page of five million characters stays cheap."""

import re
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from itertools import islice
from urllib.parse import urljoin

_MOST_LINKS = 4
_LINK = re.compile(r"<link\b([^<>]{1,1000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z]{1,20})\s{0,9}=\s{0,9}(?:"([^"]{0,900})"|'([^']{0,900})'|([^\s"'>]{1,900}))""", re.IGNORECASE
)
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})


def linked_feeds(page: bytes, url: str) -> Iterator[str]:
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
