"""PayPal's feed: the title begins with what the entry is. https://www.paypal-status.com/feed/atom"""

import re
from collections.abc import Sequence

from bot.domain.status import Incident, Kind, Phase, Snapshot, Update
from bot.feeds.assemble import incident
from bot.feeds.entries import Entry
from bot.feeds.hosted import are_papers, papers_of
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.ports import Document, Documents, Format

_HOSTS = frozenset({"www.paypal-status.com", "paypal-status.com"})
_FEED = "https://www.paypal-status.com/feed/atom"
_PREFIX = re.compile(r"\s*([A-Za-z ]{3,30}):\s*")
_PHASES = {
    "initial notification": Phase.INVESTIGATING,
    "update": Phase.INVESTIGATING,
    "resolved": Phase.RESOLVED,
    "scheduled": Phase.SCHEDULED,
    "rescheduled": Phase.SCHEDULED,
    "postponed": Phase.SCHEDULED,
    "in progress": Phase.IN_PROGRESS,
    "completed": Phase.COMPLETED,
    "cancelled": Phase.CANCELLED,
    "canceled": Phase.CANCELLED,
}
_STATED = frozenset({"resolved", "scheduled", "in progress", "completed", "cancelled", "canceled"})
_WORK = frozenset({Phase.SCHEDULED, Phase.IN_PROGRESS, Phase.COMPLETED, Phase.CANCELLED})


def recognise(documents: Documents) -> bool:
    """Whether all of it is a feed that belongs to that host."""
    return are_papers(documents, lambda some: papers_of(some, _HOSTS))


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """The feed. Raise NotTheFormat."""
    groups: dict[str, list[Entry]] = {}
    for paper in papers_of(documents, _HOSTS):
        for entry in paper.entries:
            groups.setdefault(_key(entry), []).append(entry)
    return Snapshot(
        format=FORMAT.name,
        page="PayPal",
        page_url="https://www.paypal-status.com",
        stated_at=newest(entry.changed for group in groups.values() for entry in group),
        incidents=tuple(_incident(key, group) for key, group in groups.items()),
    )


def _key(entry: Entry) -> str:
    """An incident keeps its link from its first notification to its last."""
    return bounded_id(entry.guid or entry.link) or derived_id(_said(entry)[1], str(entry.published))


def _said(entry: Entry) -> tuple[str, str]:
    """The word before the title, where it is one of theirs, and the title without it."""
    found = _PREFIX.match(entry.title)
    if found and found[1].strip().lower() in _PHASES:
        return found[1].strip().lower(), entry.title[found.end() :]
    return "", entry.title


def _incident(key: str, group: Sequence[Entry]) -> Incident:
    # Newest first, as feeds are: of two of the same time, the first is the last.
    ordered = sorted(reversed(group), key=lambda entry: entry.changed.timestamp() if entry.changed else 0)  # noqa: C414 - as said
    word, title = _said(ordered[-1])
    phase = _PHASES.get(word, Phase.UNKNOWN)
    return incident(
        key,
        title,
        phase,
        kind=Kind.MAINTENANCE if phase in _WORK else Kind.INCIDENT if word else Kind.NOTICE,
        phase_stated=word in _STATED,
        url=ordered[-1].link,
        started=ordered[0].published,
        updates=map(_update, ordered),
    )


def _update(entry: Entry) -> Update:
    word, _ = _said(entry)
    phase = _PHASES[word] if word in _STATED else Phase.UNKNOWN
    return Update(
        id=derived_id("update", str(entry.changed), word), phase=phase, text=plain(entry.html), posted_at=entry.changed
    )


FORMAT = Format(
    name="paypal",
    documents=(Document(name="atom", path=""),),
    recognise=recognise,
    parse=parse,
    homes=(_FEED,),
    leads=lambda address, _html: (_FEED,) if "paypal-status.com" in address else (),
)
