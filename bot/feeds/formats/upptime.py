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
_REPOSITORY = re.compile(r"(?:raw\.githubusercontent\.com|github\.com)/([\w.-]{1,60}/[\w.-]{1,100})")


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
        page_url=base_url,
        components=distinct_components(_component(row) for row in rows),
        tells_incidents=False,
    )


def _belongs(value: object) -> bool:
    return isinstance(value, list) and all(has(row, "name", "slug", "status", "uptime") for row in value)


def _component(row: _Site) -> Component:
    health, raw = looked_up(_HEALTHS, row.status, Health.UNKNOWN)
    return Component(id=row.slug or derived_id("site", row.name), name=row.name, health=health, raw_health=raw)


def _leads(address: str, html: str) -> Iterator[str]:
    """The repository stands in the address, or in the page that it makes."""
    places = f"{urlsplit(address).netloc}{urlsplit(address).path} {html[:200_000]}"
    found = (match[1].removesuffix(".git") for match in _REPOSITORY.finditer(places))
    for repository in dict.fromkeys(one for one in found if one != "upptime/upptime"):
        yield f"{_RAW}/{repository}/HEAD"


FORMAT = Format(
    name="upptime",
    documents=(Document(name="summary.json", path="history/summary.json"),),
    recognise=recognise,
    parse=parse,
    leads=_leads,
)
