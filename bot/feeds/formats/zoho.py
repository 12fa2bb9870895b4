"""Zoho's StatusIQ, whose feed is a table of states: one item for each component, `Name - Operational`. No incidents.

https://www.site24x7.com/help/statusiq/
"""

from collections.abc import Sequence

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Snapshot
from bot.feeds.assemble import distinct_components
from bot.feeds.entries import Entry, Paper, read_feed
from bot.feeds.hosted import are_papers
from bot.feeds.ids import bounded_id
from bot.feeds.moments import newest
from bot.feeds.shapes import looked_up
from bot.ports import Document, Documents, Format

_HEALTHS = {
    "operational": Health.OPERATIONAL,
    "informational": Health.OPERATIONAL,
    "under maintenance": Health.MAINTENANCE,
    "degraded performance": Health.DEGRADED,
    "partial outage": Health.PARTIAL_OUTAGE,
    "major outage": Health.MAJOR_OUTAGE,
}


def recognise(documents: Documents) -> bool:
    """Whether every item of it is a component with a state."""
    return are_papers(documents, _papers)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The table. Raise NotTheFormat."""
    papers = _papers(documents, base_url)
    entries = [entry for paper in papers for entry in paper.entries]
    return Snapshot(
        format=FORMAT.name,
        page=papers[0].title,
        page_url=papers[0].link,
        stated_at=newest(entry.changed for entry in entries),
        components=distinct_components(map(_component, entries)),
        tells_incidents=False,
    )


def _papers(documents: Documents, base_url: str = "https://nowhere.invalid") -> Sequence[Paper]:
    if not documents:
        raise NotTheFormat("there is no document")
    papers = [read_feed(raw, base_url) for raw in documents.values()]
    if not all(paper.entries for paper in papers) or not all(
        entry.title.rpartition(" - ")[2].lower() in _HEALTHS for paper in papers for entry in paper.entries
    ):
        raise NotTheFormat("the feed is no table of components and their states")
    return papers


def _component(entry: Entry) -> Component:
    name, _, word = entry.title.rpartition(" - ")
    health, raw = looked_up(_HEALTHS, word, Health.UNKNOWN)
    return Component(id=bounded_id(name), name=name, health=health, raw_health=raw)


FORMAT = Format(
    name="zoho",
    documents=(Document(name="rss", path=""),),
    recognise=recognise,
    parse=parse,
)
