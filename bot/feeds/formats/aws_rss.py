"""AWS's older feeds: https://status.aws.amazon.com/rss/all.rss, and one for each service and region.

One item is one update, and its guid ends in the time of that update: `#ec2-us-east-1_1787025679`. There is no id of
the incident, so the service, the region and the title make one. The newest fifty items are kept.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Impact, Incident, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, incident
from bot.feeds.entries import Entry, looks_like_a_feed, read_feed
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import plain
from bot.ports import Document, Documents, Format

_HOST = "status.aws.amazon.com"
_FEED = f"https://{_HOST}/rss/all.rss"
_PAGE = "https://health.aws.amazon.com/health/status"
_GUID = re.compile(r"#([A-Za-z0-9_-]{1,150}?)_(\d{10})$")
_REGION = re.compile(r"-((?:[a-z]{2}|us-gov)-[a-z]+-\d)$")
_PREFIX = re.compile(r"\s*([A-Za-z ]{2,40}):\s*")
_RESOLVED = re.compile(r"\[RESOLVED\]\s*", re.IGNORECASE)
_WELL = "service is operating normally"
_IMPACTS = {
    _WELL: Impact.NONE,
    "informational message": Impact.NONE,
    "performance issue": Impact.MINOR,
    "performance issues": Impact.MINOR,
    "service degradation": Impact.MINOR,
    "service impact": Impact.MINOR,
    "service disruption": Impact.MAJOR,
}


def recognise(documents: Documents) -> bool:
    """Whether all of it is a feed that belongs to that host."""
    try:
        return bool(documents) and all(
            looks_like_a_feed(raw) and _entries(raw) is not None for raw in documents.values()
        )
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """The feed. Raise NotTheFormat."""
    if not documents:
        raise NotTheFormat("there is no document")
    groups: dict[str, list[Entry]] = {}
    entries = [entry for raw in documents.values() for entry in _entries(raw)]
    for entry in entries:
        groups.setdefault(_key(entry), []).append(entry)
    return Snapshot(
        format=FORMAT.name,
        page="AWS",
        page_url=_PAGE,
        stated_at=newest(entry.changed for entry in entries),
        components=distinct_components(_component(group) for group in groups.values()),
        incidents=tuple(_incident(key, group) for key, group in groups.items()),
        unlisted=Health.OPERATIONAL,
    )


def _entries(raw: bytes) -> Sequence[Entry]:
    paper = read_feed(raw, "https://nowhere.invalid")
    if urlsplit(paper.link).hostname != _HOST:
        raise NotTheFormat(f"the feed does not belong to {_HOST}")
    return paper.entries


def _place(entry: Entry) -> str:
    """`ec2-us-east-1`."""
    found = _GUID.search(entry.guid)
    return found[1] if found else bounded_id(entry.guid)


def _parts_of_title(entry: Entry) -> tuple[str, str, bool]:
    """What kind of message it is, what it is about, and whether it says that this is over."""
    prefix = _PREFIX.match(entry.title)
    word = prefix[1].strip().lower() if prefix else ""
    known = word in _IMPACTS
    rest = entry.title[prefix.end() :] if prefix and known else entry.title
    return word if known else "", _RESOLVED.sub("", rest).strip(), word == _WELL or _RESOLVED.search(rest) is not None


def _key(entry: Entry) -> str:
    return derived_id(_place(entry), _parts_of_title(entry)[1].casefold())


def _component(group: Sequence[Entry]) -> Component:
    """The service, by its region. The feed says nothing of it beyond the incident."""
    place = _place(group[0])
    region = _REGION.search(place)
    over = _incident("", group).phase.is_over
    return Component(
        id=place,
        name=place[: region.start()] if region else place,
        group=region[1] if region else "global",
        health=Health.OPERATIONAL if over else Health.UNKNOWN,
    )


def _incident(key: str, group: Sequence[Entry]) -> Incident:
    ordered = sorted(group, key=lambda entry: entry.published.timestamp() if entry.published else 0)
    words = [_parts_of_title(entry) for entry in ordered]
    impacts = [_IMPACTS[word] for word, _, _ in words if word in _IMPACTS]
    return incident(
        key,
        words[-1][1] or ordered[-1].title,
        Phase.RESOLVED if words[-1][2] else Phase.INVESTIGATING if impacts else Phase.UNKNOWN,
        phase_stated=False,
        url=_PAGE,
        impact=max(impacts, key=lambda impact: impact.rank, default=Impact.UNKNOWN),
        components=(_place(ordered[0]),),
        updates=_updates(ordered),
    )


def _updates(ordered: Sequence[Entry]) -> Iterator[Update]:
    for entry in ordered:
        over = _parts_of_title(entry)[2]
        yield Update(
            id=bounded_id(entry.guid) or derived_id(entry.title, str(entry.published)),
            phase=Phase.RESOLVED if over else Phase.UNKNOWN,
            text=plain(entry.html),
            posted_at=entry.published,
        )


FORMAT = Format(
    name="aws-rss",
    documents=(Document(name="all.rss", path=""),),
    recognise=recognise,
    parse=parse,
    homes=(_FEED,),
)
