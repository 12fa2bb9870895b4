"""OnlineOrNot, whose feed has no guids, links without a scheme, and RESOLVED somewhere in the text.

https://onlineornot.com/docs/status-pages
"""

import re
from collections.abc import Sequence

from bot.domain.errors import NotTheFormat
from bot.domain.status import Incident, Phase, Snapshot, Update
from bot.feeds.assemble import incident
from bot.feeds.entries import Entry, Paper, read_feed
from bot.feeds.hosted import are_papers
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.ports import Document, Documents, Format

_WORD = re.compile(r"\b(INVESTIGATING|IDENTIFIED|MONITORING|RESOLVED)\b")
_PHASES = {
    "INVESTIGATING": Phase.INVESTIGATING,
    "IDENTIFIED": Phase.IDENTIFIED,
    "MONITORING": Phase.MONITORING,
    "RESOLVED": Phase.RESOLVED,
}
_INCIDENT = "/incidents/"


def recognise(documents: Documents) -> bool:
    """Whether every item of it says its phase in capitals and leads to an incident, and none has a guid."""
    return are_papers(documents, _papers)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The feed. Raise NotTheFormat."""
    papers = _papers(documents, base_url)
    groups: dict[str, list[Entry]] = {}
    for paper in papers:
        for entry in paper.entries:
            groups.setdefault(bounded_id(entry.link), []).append(entry)
    return Snapshot(
        format=FORMAT.name,
        page=papers[0].title,
        page_url=papers[0].link,
        stated_at=newest(entry.changed for group in groups.values() for entry in group),
        incidents=tuple(_incident(key, group) for key, group in groups.items()),
    )


def _papers(documents: Documents, base_url: str = "https://nowhere.invalid") -> Sequence[Paper]:
    if not documents:
        raise NotTheFormat("there is no document")
    papers = [read_feed(raw, base_url) for raw in documents.values()]
    entries = [entry for paper in papers for entry in paper.entries]
    if not entries or not all(_belongs(entry) for entry in entries):
        raise NotTheFormat("the entries are not those of an OnlineOrNot page")
    return papers


def _belongs(entry: Entry) -> bool:
    return not entry.guid and _INCIDENT in entry.link and _WORD.search(plain(entry.html)) is not None


def _said(entry: Entry) -> Phase:
    """The newest statement comes first."""
    found = _WORD.search(plain(entry.html))
    return _PHASES[found[1]] if found else Phase.UNKNOWN


def _incident(key: str, group: Sequence[Entry]) -> Incident:
    ordered = sorted(group, key=lambda entry: entry.changed.timestamp() if entry.changed else 0)
    return incident(
        key,
        ordered[-1].title,
        _said(ordered[-1]),
        url=ordered[-1].link,
        started=ordered[0].published,
        updates=(
            Update(
                id=derived_id("update", str(entry.changed), _said(entry)),
                phase=_said(entry),
                text=plain(entry.html),
                posted_at=entry.changed,
            )
            for entry in ordered
        ),
    )


FORMAT = Format(
    name="onlineornot",
    documents=(Document(name="incidents.rss", path="incidents.rss"),),
    recognise=recognise,
    parse=parse,
)
