"""naming: what to call a page that somebody pasted. Pure."""

import re
from hashlib import blake2b
from urllib.parse import urlsplit, urlunsplit

from bot.core.catalogue import Catalogue
from bot.core.text import squeeze
from bot.domain.service import Feed, Service

_COMMON = frozenset({"status", "www", "health", "trust", "uptime", "api"})
_LONGEST_NAME = 60
_LONGEST_SLUG = 40


def is_address(text: str) -> bool:
    """Whether people typed an address, not a name. `status.acme.com` alone is taken for one too."""
    bare = text.strip().strip("<>")
    return bare.startswith(("https://", "http://")) or re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", bare) is not None


def pasted(text: str) -> str:
    """The address as typed; Slack wraps it (`<https://x|x>`), people leave out the scheme."""
    bare = text.strip().strip("<>").partition("|")[0]
    return bare if "://" in bare else f"https://{bare}"


def known_page(url: str, catalogue: Catalogue) -> Service | None:
    """The catalogue's entry for that page, known by its host; where several share a host, by the longest address."""
    host, path = _host_and_path(url)
    fitting = [
        (len(known_path), service)
        for service in catalogue.services
        for known in (service.page, *(feed.url for feed in service.feeds))
        for known_host, known_path in (_host_and_path(known),)
        if known_host == host and path.startswith(known_path)
    ]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None


def known_to_all(url: str, found: str) -> str:
    """The pasted address as other teams may see it too: without a query that the page itself was not found by."""
    parts = urlsplit(url)
    query = parts.query if parts.query == urlsplit(found).query else ""
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def feed_id(url: str) -> str:
    """One for each place, so that a page that two teams pasted is asked once."""
    return f"page:{blake2b(url.encode(), digest_size=12).hexdigest()}"


def named_page(url: str, name: str, feed: Feed, catalogue: Catalogue) -> Service:
    """A service for a pasted page. Its slug is short, and free or made so by the address."""
    slug = _slug(url)
    if catalogue.find(slug) or catalogue.find(name):
        slug = f"{slug[:_LONGEST_SLUG]}-{feed.id[-4:]}"
    title = squeeze(name)[:_LONGEST_NAME] or _host_and_path(url)[0]
    if catalogue.find(title):
        title = f"{title} ({_host_and_path(url)[0]})"
    return Service(slug=slug, name=title, page=url, feeds=(feed,), category="added")


def _slug(url: str) -> str:
    host, path = _host_and_path(url)
    labels = [label for label in host.split(".")[:-1] if label not in _COMMON] or [host]
    last = path.rstrip("/").rpartition("/")[2] if path.strip("/") else ""
    words = re.sub(r"[^a-z0-9]+", "-", "-".join((*labels, last)).lower()).strip("-")
    return words[:_LONGEST_SLUG].strip("-") or "page"


def _host_and_path(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.path.rstrip("/")
