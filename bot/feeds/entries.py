"""The entries of an RSS, Atom or JSON feed, whichever it is. The only module that knows the feed parser."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

import fastfeedparser  # type: ignore[import-untyped] # it has no types

from bot.domain.errors import NotTheFormat
from bot.feeds.moments import utc
from bot.feeds.plaintext import line

# A date in a zone that nobody knows ("Mon 2 Mar 2026 10:00 MT") is read as UTC, like one without a zone, and is no
# reason to write to standard error on every poll.
warnings.filterwarnings("ignore", "tzname .* identified but not understood", RuntimeWarning)

MOST = 200
# What it raises beyond ValueError when a JSON feed holds another type than it expects.
_STUMBLES = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError, RecursionError)
_ROOT = re.compile(r"<(?:[\w.-]{1,20}:)?(rss|feed|RDF)(?=[\s>])")
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org\\?/')
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/|$)")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item. `published` may be a copy of `updated`, where the feed gives but one date."""

    guid: str
    link: str
    title: str
    html: str
    published: datetime | None
    updated: datetime | None
    categories: tuple[str, ...] = ()

    @property
    def changed(self) -> datetime | None:
        """The date of what it says now."""
        return self.updated or self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole feed."""

    title: str
    link: str
    updated: datetime | None = None
    entries: tuple[Entry, ...] = field(default=())


def looks_like_a_feed(raw: bytes) -> bool:
    """Whether it begins like one, without reading it through."""
    try:
        text = _decoded(raw)
    except NotTheFormat:
        return False
    return _is_json_feed(text) or _root(text) is not None


def read_feed(raw: bytes, base_url: str) -> Paper:
    """Raise NotTheFormat for what is no feed, for a feed that was cut off, and for XML that declares entities."""
    text = _decoded(raw)
    if not _is_json_feed(text):
        _demand_plain_xml(text)
    try:
        parsed = fastfeedparser.parse(text, include_media=False, include_enclosures=False)
        feed, entries = parsed["feed"], parsed["entries"]
        link = _address(feed.get("link"), base_url) or base_url
        found = [_entry(entry, link) for entry in entries]
    except _STUMBLES as error:
        raise NotTheFormat(f"not a feed that can be read ({type(error).__name__})") from None
    if len(found) > MOST:
        # Some list the oldest first.
        found = sorted(found, key=lambda entry: entry.changed.timestamp() if entry.changed else 0, reverse=True)[:MOST]
    title, updated = line(_text(feed.get("title"))), utc(feed.get("updated"))
    return Paper(title=title, link=link, updated=updated, entries=tuple(found))


def _decoded(raw: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return _text_of(raw, encoding)
    declared = re.search(rb"""^[^>]{0,99}encoding=["']([A-Za-z0-9._-]{1,20})["']""", raw.lstrip()[:200])
    return _text_of(raw, declared[1].decode() if declared else "utf-8-sig")


def _text_of(raw: bytes, encoding: str) -> str:
    try:
        text = raw.decode(encoding, "replace")
    except (LookupError, UnicodeError):
        raise NotTheFormat(f"written in an unknown encoding, {encoding}") from None
    return re.sub(r"^(\s*<\?xml[^>]{0,99}?)\s+encoding=(\"[^\"]*\"|'[^']*')", r"\1", text.lstrip("\ufeff \t\r\n"))


def _is_json_feed(text: str) -> bool:
    return text.startswith("{") and _JSON_FEED.search(text[:4000]) is not None


def _after_prolog(text: str) -> int:
    """Where the XML declaration, instructions and comments at the beginning end."""
    at = 0
    while True:
        at += len(text[at:]) - len(text[at:].lstrip())
        end = "?>" if text.startswith("<?", at) else "-->" if text.startswith("<!--", at) else ""
        stop = text.find(end, at) if end else -1
        if stop < 0:
            return at
        at = stop + len(end)


def _root(text: str) -> str | None:
    """The name of the root element, with its prefix, if it is that of a feed and nothing is declared before it."""
    found = _ROOT.match(text, _after_prolog(text))
    return found[0][1:] if found else None


def _demand_plain_xml(text: str) -> None:
    root = _root(text)
    if root is None:
        start = text[_after_prolog(text) :][:40].lower()
        web_page = start.startswith(("<!doctype html", "<html"))
        declares = start.startswith("<!")
        reason = "a web page" if web_page else "XML with a DOCTYPE, which is refused" if declares else "something else"
        raise NotTheFormat(f"not a feed: {reason}")
    if f"</{root}" not in text:
        raise NotTheFormat("the feed is cut off: its last line is missing")


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _address(value: object, base_url: str) -> str:
    """Absolute, with incident.io's double slash made one; empty for what cannot be visited."""
    link = line(_text(value))
    if not link:
        return ""
    if "://" not in link and _HOST.match(link):
        # OnlineOrNot leaves the scheme out.
        link = f"https://{link}"
    try:
        link = urljoin(base_url, link)
    except ValueError:
        return ""
    scheme, mark, rest = link.partition("://")
    return f"{scheme}://{re.sub('/{2,}', '/', rest)}" if mark and scheme in {"http", "https"} else ""


def _entry(raw: Mapping[str, object], link: str) -> Entry:
    content = raw.get("content")
    body = content[0]["value"] if isinstance(content, list) and content else ""
    tags = raw.get("tags")
    # Without a guid the parser hands out the link in its place.
    guid = "" if raw.get("id") == raw.get("link") else line(_text(raw.get("id")))
    return Entry(
        guid=guid,
        link=_address(raw.get("link"), link),
        title=line(_text(raw.get("title"))),
        html=_text(body) or _text(raw.get("description")),
        published=utc(raw.get("published")),
        updated=utc(raw.get("updated")),
        categories=tuple(_text(tag["term"]) for tag in tags) if isinstance(tags, list) else (),
    )
