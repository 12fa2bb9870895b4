"""Oracle Cloud's incidents, as its RSS tells them: an entry holds all statements, the title names service and region.

https://ocistatus.oraclecloud.com/
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Incident, Snapshot
from bot.feeds.articles import of_papers
from bot.feeds.assemble import distinct_components
from bot.feeds.entries import Paper, looks_like_a_feed, read_feed
from bot.feeds.ids import bounded_id
from bot.ports import Document, Documents, Format

_HOST = "ocistatus.oraclecloud.com"
_FEED = f"https://{_HOST}/api/v2/incident-summary.rss"


def recognise(documents: Documents) -> bool:
    """Whether all of it is a feed that belongs to that host."""
    try:
        return bool(documents) and all(looks_like_a_feed(raw) and _paper(raw) for raw in documents.values())
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """The feed. Raise NotTheFormat."""
    snapshot = of_papers([_paper(raw) for raw in documents.values()], FORMAT.name)
    return replace(
        snapshot,
        page="Oracle Cloud",
        health=Health.UNKNOWN if any(one.phase.is_open for one in snapshot.incidents) else Health.OPERATIONAL,
        components=distinct_components(part for one in snapshot.incidents for part in _parts(one)),
        incidents=tuple(replace(one, components=tuple(part.id for part in _parts(one))) for one in snapshot.incidents),
        unlisted=Health.OPERATIONAL,
    )


def _paper(raw: bytes) -> Paper:
    paper = read_feed(raw, "https://nowhere.invalid")
    if urlsplit(paper.link).hostname != _HOST:
        raise NotTheFormat(f"the feed does not belong to {_HOST}")
    return paper


def _parts(one: Incident) -> Iterator[Component]:
    """`Networking | US West (San Jose) | 1d393583` is about that service in that region. Its state is not told."""
    service, mark, rest = one.title.partition(" | ")
    region = rest.partition(" | ")[0].strip()
    if mark and region:
        health = Health.UNKNOWN if one.phase.is_open else Health.OPERATIONAL
        yield Component(id=bounded_id(f"{region}/{service}"), name=service.strip(), group=region, health=health)


FORMAT = Format(
    name="oci",
    documents=(Document(name="incident-summary.rss", path=""),),
    recognise=recognise,
    parse=parse,
    homes=(_FEED,),
)
