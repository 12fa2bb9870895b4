"""OneUptime, whose feed says in the title what an entry is. Its JSON API takes POST alone, so it is not asked.

https://github.com/OneUptime/oneuptime (StatusPage RSS)
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import NotTheFormat
from bot.domain.status import Incident, Kind, Phase, Snapshot
from bot.feeds.articles import of_papers
from bot.feeds.entries import Paper, read_feed
from bot.feeds.hosted import are_papers
from bot.ports import Document, Documents, Format

_TITLE = re.compile(r"\s*(Incident|Announcement|Scheduled Maintenance|Episode):\s*", re.IGNORECASE)
_KINDS = {"announcement": Kind.NOTICE, "scheduled maintenance": Kind.MAINTENANCE}


def recognise(documents: Documents) -> bool:
    """Whether every item of it begins with one of its words."""
    return are_papers(documents, _papers)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The feed. Raise NotTheFormat."""
    snapshot = of_papers(_papers(documents, base_url), FORMAT.name)
    return replace(snapshot, incidents=tuple(map(_named, snapshot.incidents)))


def _papers(documents: Documents, base_url: str = "https://nowhere.invalid") -> Sequence[Paper]:
    if not documents:
        raise NotTheFormat("there is no document")
    papers = [read_feed(raw, base_url) for raw in documents.values()]
    titles = [entry.title for paper in papers for entry in paper.entries]
    if not titles or not all(map(_TITLE.match, titles)):
        raise NotTheFormat("the titles do not say what the entries are")
    return papers


def _named(one: Incident) -> Incident:
    found = _TITLE.match(one.title)
    word = found[1].lower() if found else ""
    kind = _KINDS.get(word, Kind.INCIDENT)
    phase = Phase.SCHEDULED if kind is Kind.MAINTENANCE and one.phase is Phase.INVESTIGATING else one.phase
    return replace(one, title=one.title[found.end() :] if found else one.title, kind=kind, phase=phase)


FORMAT = Format(
    name="oneuptime",
    documents=(Document(name="rss", path="rss"),),
    recognise=recognise,
    parse=parse,
)
