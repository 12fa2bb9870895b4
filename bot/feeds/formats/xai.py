"""xAI's feed. https://status.x.ai/feed.xml

A rolling list of about a hundred items, one for each incident and surface. Status, severity and the updates stand in
the HTML of an item; the two categories repeat status and severity in no fixed order. It is never empty.
"""

import re
from collections.abc import Iterator

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Impact, Incident, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_incidents, incident
from bot.feeds.entries import Entry, looks_like_a_feed, read_feed
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest, rfc822
from bot.feeds.plaintext import line, plain
from bot.feeds.shapes import looked_up
from bot.ports import Document, Documents, Format

_FEED = "https://status.x.ai/feed.xml"
_SURFACE = re.compile(r"\s*\[([^\[\]]{1,80})\]\s*")
_STATUS = re.compile(r"<h3>\s*Status:\s*([^<]{1,40}?)\s*</h3>", re.IGNORECASE)
_SEVERITY = re.compile(r"<p>\s*Severity:\s*([^<]{1,40}?)\s*</p>", re.IGNORECASE)
_ENDED = re.compile(r"<p>\s*Resolved:\s*([^<]{1,60}?)\s*</p>", re.IGNORECASE)
_UPDATE = re.compile(
    r"<strong>([^<]{1,60})</strong>\s{0,20}</p>\s{0,60}<h3>([^<]{1,40})</h3>(.{0,20000}?)(?=<div\b|</div>|$)", re.DOTALL
)
_PHASES = {
    "active": Phase.INVESTIGATING,
    "investigating": Phase.INVESTIGATING,
    "identified": Phase.IDENTIFIED,
    "monitoring": Phase.MONITORING,
    "resolved": Phase.RESOLVED,
}
# "Updated" says what the last word before it said.
_SAME = frozenset({"updated", "update"})
_IMPACTS = {
    "available": Impact.NONE,
    "degraded": Impact.MINOR,
    "outage": Impact.MAJOR,
    "unavailable": Impact.CRITICAL,
}
_HEALTHS = {
    Impact.NONE: Health.OPERATIONAL,
    Impact.MINOR: Health.DEGRADED,
    Impact.MAJOR: Health.PARTIAL_OUTAGE,
    Impact.CRITICAL: Health.MAJOR_OUTAGE,
    Impact.UNKNOWN: Health.UNKNOWN,
}


def recognise(documents: Documents) -> bool:
    """Whether each item of it has a surface, a status and a severity. The title has changed once and is no sign."""
    try:
        return bool(documents) and all(looks_like_a_feed(raw) and _entries(raw) for raw in documents.values())
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """The feed. Raise NotTheFormat, also for an empty one: that is how it fails."""
    if not documents:
        raise NotTheFormat("there is no document")
    entries = [entry for raw in documents.values() for entry in _entries(raw)]
    incidents = distinct_incidents(_incident(entry) for entry in entries)
    names = {bounded_id(name): name for entry in entries if (name := _surface(entry))}
    return Snapshot(
        format=FORMAT.name,
        page="xAI",
        page_url="https://status.x.ai",
        stated_at=newest(update.posted_at for one in incidents for update in one.updates),
        components=tuple(_component(key, name, incidents) for key, name in names.items()),
        incidents=incidents,
        # A surface that had no trouble for a hundred items is not in the list.
        unlisted=Health.OPERATIONAL,
    )


def _entries(raw: bytes) -> tuple[Entry, ...]:
    entries = read_feed(raw, _FEED).entries
    if not entries:
        raise NotTheFormat("the feed is empty, which xAI's never is")
    if not all(_STATUS.search(entry.html) and _SURFACE.match(entry.title) for entry in entries):
        raise NotTheFormat("not xAI's feed: an item has no surface or no status")
    return entries


def _surface(entry: Entry) -> str:
    found = _SURFACE.match(entry.title)
    return line(found[1]) if found else ""


def _component(key: str, name: str, incidents: tuple[Incident, ...]) -> Component:
    named = [one for one in incidents if key in one.components]
    unsaid = [Health.UNKNOWN for one in named if one.phase is Phase.UNKNOWN]
    health = worst([*unsaid, *(_HEALTHS[one.impact] for one in named if one.phase.is_open)])
    return Component(id=key, name=name, health=health)


def _said(pattern: re.Pattern[str], entry: Entry) -> str:
    found = pattern.search(entry.html)
    return line(found[1]) if found else ""


def _incident(entry: Entry) -> Incident:
    status = _said(_STATUS, entry)
    phase, raw_phase = looked_up(_PHASES, status, Phase.UNKNOWN)
    updates = tuple(_updates(entry))
    impact, raw_impact = looked_up(_IMPACTS, _said(_SEVERITY, entry), Impact.UNKNOWN)
    if phase.is_over and impact is Impact.NONE:
        # The severity of what is over is that of all that is well, not of what it was.
        impact = Impact.UNKNOWN
    return incident(
        _key(entry),
        _SURFACE.sub("", entry.title, count=1) or entry.title,
        phase,
        raw_phase=raw_phase,
        phase_stated=status.lower() != "active",
        url=entry.link,
        impact=impact,
        raw_impact=raw_impact,
        started=entry.published,
        ended=rfc822(_said(_ENDED, entry)) or (newest(u.posted_at for u in updates) if phase.is_over else None),
        components=(bounded_id(_surface(entry)),),
        updates=updates,
    )


def _key(entry: Entry) -> str:
    """The link ends in the id of the incident."""
    last = entry.link.rstrip("/").rpartition("/")[2]
    return bounded_id(last if last.startswith("INC") else entry.guid) or derived_id(entry.title, str(entry.published))


def _updates(entry: Entry) -> Iterator[Update]:
    """In any order on the page."""
    found = [(rfc822(one[1]), line(one[2]), plain(one[3])) for one in _UPDATE.finditer(entry.html)]
    found.sort(key=lambda one: one[0].timestamp() if one[0] else 0)
    before = Phase.UNKNOWN
    over = looked_up(_PHASES, _said(_STATUS, entry), Phase.UNKNOWN)[0].is_over
    for number, (at, word, text) in enumerate(found):
        phase, raw = looked_up(_PHASES, word, Phase.UNKNOWN)
        if word.lower() in _SAME:
            # The last word on what is over is the end, though it is called an update.
            phase, raw = Phase.RESOLVED if over and number == len(found) - 1 else before, ""
        before = phase
        yield Update(id=derived_id("update", str(at), word), phase=phase, text=text, posted_at=at, raw_phase=raw)


FORMAT = Format(
    name="xai",
    documents=(Document(name="feed.xml", path=""),),
    recognise=recognise,
    parse=parse,
    homes=(_FEED,),
)
