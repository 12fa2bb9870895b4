"""Upptime: a page in a repository. `history/summary.json` has the state of every site; incidents are GitHub issues.

https://github.com/upptime/upptime
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.domain.status import Component, Health, Snapshot
from bot.feeds.assemble import distinct_components
from bot.feeds.ids import derived_id
from bot.feeds.shapes import Id, Line, Shape, Text, all_are, demanded, has, looked_up, objects, shaped
from bot.ports import Document, Documents, Format

_HEALTHS = {"up": Health.OPERATIONAL, "degraded": Health.DEGRADED, "down": Health.MAJOR_OUTAGE}
_RAW = "https://raw.githubusercontent.com"
_REPOSITORY = re.compile(r"\b(?:raw\.githubusercontent\.com|github\.com)/([\w.-]{1,60}/[\w.-]{1,100})")
_NO_OWNERS = frozenset({"upptime", "sponsors", "orgs", "repos", "features"})
"""Of the product itself, and what is no owner at all."""
_PAGES = ".github.io"


class _Site(Shape):
    name: Line = ""
    slug: Id = ""
    status: Text = ""


def recognise(documents: Documents) -> bool:
    """Whether all of it is a list of sites. An empty list could be anybody's."""
    return all_are(documents, lambda value: value != [] and _belongs(value))


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The list of sites. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "the summary of an Upptime page")
    rows = [shaped(_Site, row, name) for name, value in values.items() for row in objects(value)]
    return Snapshot(
        format=FORMAT.name,
        page_url=_page(base_url),
        components=distinct_components(_component(row) for row in rows),
        tells_incidents=False,
    )


def _belongs(value: object) -> bool:
    return isinstance(value, list) and all(has(row, "name", "slug", "status", "uptime") for row in value)


def _component(row: _Site) -> Component:
    health, raw = looked_up(_HEALTHS, row.status, Health.UNKNOWN)
    return Component(id=row.slug or derived_id("site", row.name), name=row.name, health=health, raw_health=raw)


def _page(base: str) -> str:
    """The repository, for people: the host of raw files shows them nothing."""
    found = _REPOSITORY.search(base)
    return f"https://github.com/{found[1]}" if found else base


def _leads(address: str, html: str) -> Iterator[str]:
    """The repository stands in the address, or in the page that it makes."""
    parts = urlsplit(address)
    places = f"{parts.netloc}{parts.path} {html[:200_000]}"
    found = (match[1].removesuffix(".git") for match in _REPOSITORY.finditer(places))
    named = [one for one in found if one.partition("/")[0].lower() not in _NO_OWNERS]
    for repository in dict.fromkeys((*named, *_of_pages(parts.netloc.lower(), parts.path))):
        yield f"{_RAW}/{repository}/HEAD"


def _of_pages(host: str, path: str) -> Iterator[str]:
    """`<owner>.github.io/<repository>`; at the root it is the owner's own, or is called as the template is."""
    owner = host.removesuffix(_PAGES)
    if owner in {host, ""}:
        return
    first = path.strip("/").partition("/")[0]
    yield from (f"{owner}/{name}" for name in ((first,) if first else (host, "upptime", "status")))


FORMAT = Format(
    name="upptime",
    documents=(Document(name="summary.json", path="history/summary.json"),),
    recognise=recognise,
    parse=parse,
    leads=_leads,
)
