"""Azure's public status feed. https://azure.status.microsoft/en-us/status/feed/

It lists what is active now and nothing else: no item means that nothing is wrong, an item that leaves is over. It says
neither how bad something is nor how far they are, and it replaces the text of an item in place.
"""

from collections.abc import Iterable, Iterator

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Incident, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.entries import Entry, looks_like_a_feed, read_feed
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import line, plain
from bot.ports import Document, Documents, Format

_TITLE = "Azure Status"
_PAGE = "https://azure.status.microsoft/en-us/status"


def recognise(documents: Documents) -> bool:
    """Whether all of it is a feed of that title. Its links name whichever server answered."""
    try:
        return (
            bool(documents)
            and all(looks_like_a_feed(raw) for raw in documents.values())
            and _papers(documents) is not None
        )
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """The feed. Raise NotTheFormat, also for another feed: an empty one of those would look like "all is well"."""
    if not documents:
        raise NotTheFormat("there is no document")
    entries = _papers(documents)
    return Snapshot(
        format=FORMAT.name,
        page="Azure",
        page_url=_PAGE,
        health=Health.UNKNOWN if entries else Health.OPERATIONAL,
        stated_at=newest(entry.changed for entry in entries),
        components=distinct_components(_components(entries)),
        incidents=distinct_incidents(_incident(entry) for entry in entries),
        unlisted=Health.OPERATIONAL,
        ends_by_leaving=True,
    )


def _papers(documents: Documents) -> list[Entry]:
    papers = [read_feed(raw, _PAGE) for raw in documents.values()]
    if any(paper.title != _TITLE for paper in papers):
        raise NotTheFormat(f"the feed is not called {_TITLE!r}")
    return [entry for paper in papers for entry in paper.entries]


def _names(entry: Entry) -> Iterator[str]:
    """Services and regions, mixed."""
    yield from filter(None, map(line, entry.categories))


def _components(entries: Iterable[Entry]) -> Iterator[Component]:
    for entry in entries:
        for name in _names(entry):
            yield Component(id=bounded_id(name), name=name, health=Health.UNKNOWN)


def _incident(entry: Entry) -> Incident:
    """A guid is made of the title, and comes back with a later incident of the same title."""
    key = derived_id(entry.guid or entry.title, str(entry.published))
    update = Update(id="text", phase=Phase.UNKNOWN, text=plain(entry.html), posted_at=entry.published)
    return incident(
        key,
        entry.title,
        Phase.INVESTIGATING,
        phase_stated=False,
        url=_PAGE,
        components=map(bounded_id, _names(entry)),
        updates=(update,),
    )


FORMAT = Format(
    name="azure",
    documents=(Document(name="feed", path=""),),
    recognise=recognise,
    parse=parse,
    # One address for all regions: local ones have answered an empty feed during an incident of theirs.
    homes=("https://rssfeed.azure.status.microsoft/en-us/status/feed/",),
    leads=lambda address, _html: (
        ("https://rssfeed.azure.status.microsoft/en-us/status/feed/",) if "azure.status.microsoft" in address else ()
    ),
)
