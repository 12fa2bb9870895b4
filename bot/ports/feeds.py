"""What a wire format is, and what gets and finds documents."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.domain.polling import Validator
from bot.domain.service import Feed
from bot.domain.status import Snapshot

Documents = Mapping[str, bytes]
"""The documents of one poll, by name: the last part of each one's address (`summary.json`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of a format. `path` is relative to the feed's address; an empty path is that address itself.

    A path that starts with `/` counts from the root of the host instead, and `{last}` in it stands for the last part
    of the feed's path. What follows a `?` is added to the query.

    One that is not `required` may be missing (404). The first document of a format is its pulse: while it does not
    change, the others are asked for only now and then.
    """

    name: str
    path: str
    required: bool = True


def no_leads(_address: str, _html: str) -> Iterable[str]:
    """Most formats are found at the address itself."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A wire format: its name, the documents it needs, and two pure functions.

    `recognise` says whether these documents are of this format, without raising. `parse` raises NotTheFormat.
    `parse` takes the documents of one poll (any that are not required may be missing) and the page's base address.
    `least` is the time between two polls that is polite for documents of this size.
    Neither goes by the names of the documents: they may be files that somebody saved.

    For those who paste an address: `homes` are the base addresses of a format that has but a few pages, known by
    their hosts, and `leads` finds base addresses in a web page's address and HTML.
    """

    name: str
    documents: tuple[Document, ...]
    recognise: Callable[[Documents], bool]
    parse: Callable[[Documents, str], Snapshot]
    least: timedelta = timedelta()
    homes: tuple[str, ...] = ()
    leads: Callable[[str, str], Iterable[str]] = no_leads


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One poll's answer. `documents` is None when nothing changed; `wish` is how long the provider asks us to wait."""

    documents: Documents | None
    validators: Mapping[str, Validator]
    wish: timedelta | None = None


class Fetcher(Protocol):
    """Gets the documents of a feed."""

    async def fetch(
        self, feed: Feed, format_: Format, validators: Mapping[str, Validator], *, everything: bool
    ) -> Fetched:
        """Ask for what may have changed. `everything` asks for all documents, not for the pulse alone.

        Raise Unreachable, or NotTheFormat for an answer that cannot be a document of the format.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What was found at a pasted address: the format, the base address to poll, and what the page says now."""

    format: Format
    url: str
    snapshot: Snapshot


class Prober(Protocol):
    """Finds out what kind of status page is at an address."""

    async def probe(self, url: str, *, trusted: bool) -> Probed:
        """A page that is not `trusted` may lead to public addresses only. Raise NotTheFormat or Unreachable."""
        ...
