"""Meta's business products. https://metastatus.com : one feed for each product, with what is open and nothing else."""

from bot.domain.status import Health, Incident, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_incidents, incident
from bot.feeds.entries import Entry
from bot.feeds.hosted import are_papers, papers_of
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.ports import Document, Documents, Format

_HOSTS = frozenset({"metastatus.com", "www.metastatus.com"})


def recognise(documents: Documents) -> bool:
    """Whether all of it is a feed that belongs to that host."""
    return are_papers(documents, lambda some: papers_of(some, _HOSTS))


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # the feed says where it belongs
    """The feed of one product. Raise NotTheFormat."""
    papers = papers_of(documents, _HOSTS)
    entries = [entry for paper in papers for entry in paper.entries]
    return Snapshot(
        format=FORMAT.name,
        page=papers[0].title,
        page_url=papers[0].link,
        health=Health.UNKNOWN if entries else Health.OPERATIONAL,
        stated_at=newest(entry.changed for entry in entries),
        incidents=distinct_incidents(map(_incident, entries)),
        ends_by_leaving=True,
    )


def _incident(entry: Entry) -> Incident:
    """The text is replaced in place; neither a phase nor a severity is said."""
    at = entry.changed
    return incident(
        bounded_id(entry.guid) or derived_id(entry.title, str(entry.published)),
        entry.title,
        Phase.INVESTIGATING,
        phase_stated=False,
        url=entry.link,
        started=entry.published,
        updates=(Update(id="text", phase=Phase.UNKNOWN, text=plain(entry.html), posted_at=at),),
    )


FORMAT = Format(
    name="meta",
    documents=(Document(name="feed.rss", path=""),),
    recognise=recognise,
    parse=parse,
)
