"""What the AWS Health Dashboard shows to everybody. https://health.aws.amazon.com/health/status

The document is UTF-16 and lists events, one for each region that has trouble; an empty list means that there is none.
"Current" is not "open": an event that is over stays listed for a while.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Impact, Incident, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import line, plain
from bot.feeds.shapes import Epoch, Id, Line, Mapped, Objects, Shape, Text, looked_up, objects, shaped, values_of
from bot.ports import Document, Documents, Format

_PAGE = "https://health.aws.amazon.com/health/status"
_UTF_16 = (b"\xfe\xff", b"\xff\xfe")
_RESOLVED = re.compile(r"^\s*\[RESOLVED\]\s*", re.IGNORECASE)
_REGION = re.compile(r"(?:^|-)((?:[a-z]{2}|us-gov|us-iso[a-z]?)-[a-z]+-\d)$")
_REGION_OF_ARN = re.compile(r"(?:[^:]*:){3}([^:]+):")
_NOWHERE = "global"
# Texts in some places and numbers in others. Their meaning is documented nowhere; this is the reading that fits
# events of months: https://docs.aws.amazon.com/health/latest/ug/aws-health-dashboard-status.html names four symbols.
_OVER = "0"
_IMPACTS = {"0": Impact.NONE, "1": Impact.NONE, "2": Impact.MINOR, "3": Impact.MAJOR}
_HEALTHS = {
    "0": Health.OPERATIONAL,
    "1": Health.UNKNOWN,
    "2": Health.DEGRADED,
    "3": Health.MAJOR_OUTAGE,
}


class _Entry(Shape):
    summary: Line = ""
    message: Text = ""
    status: Text = ""
    timestamp: Epoch = None


class _Impacted(Shape):
    service_name: Line = ""
    current: Text = ""


class _Event(Shape):
    arn: Id = ""
    date: Epoch = None
    end_time: Epoch = None
    region_name: Line = ""
    status: Text = ""
    service: Line = ""
    service_name: Line = ""
    summary: Line = ""
    event_log: Annotated[list[_Entry], Objects] = []
    impacted_services: Annotated[dict[str, _Impacted], Mapped] = {}

    @property
    def key(self) -> str:
        return self.arn or derived_id("event", self.service, str(self.date))

    @property
    def region(self) -> str:
        """`us-east-1`. From the ARN; an event of all regions has none there."""
        said = _REGION_OF_ARN.match(self.arn)
        return said[1] if said else _region_in(self.service) or _NOWHERE


def recognise(documents: Documents) -> bool:
    """Whether all of it is a list of such events. An empty list is known by its encoding alone."""
    try:
        values = values_of(documents)
    except NotTheFormat:
        return False
    return all(_belongs(value) and (value or documents[name].startswith(_UTF_16)) for name, value in values.items())


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """The list of events. Raise NotTheFormat."""
    events: list[_Event] = []
    for name, value in values_of(documents).items():
        if not _belongs(value):
            raise NotTheFormat(f"{name} is not AWS's list of events")
        events += [shaped(_Event, row, name) for row in objects(value)]
    incidents = distinct_incidents(_incident(event) for event in events)
    return Snapshot(
        format=FORMAT.name,
        page="AWS",
        page_url=_PAGE,
        health=Health.UNKNOWN if any(one.phase.is_open for one in incidents) else Health.OPERATIONAL,
        stated_at=newest(update.posted_at for one in incidents for update in one.updates),
        components=tuple(_components(events)),
        incidents=incidents,
        unlisted=Health.OPERATIONAL,
    )


def _belongs(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, Mapping) and {"arn", "event_log"} <= row.keys() for row in value
    )


def _region_in(key: str) -> str:
    found = _REGION.search(key)
    return found[1] if found else ""


def _part(event: _Event, key: str) -> tuple[str, str]:
    """Region and id of an impacted service. A service without a region in its key is meant in the event's own."""
    region = _region_in(key) or event.region
    return region, f"{region}/{line(key)}"


def _components(events: list[_Event]) -> Iterator[Component]:
    """Services that are impacted now or were in an event that is still listed, by region."""
    found: dict[str, Component] = {}
    for event in events:
        for key, row in event.impacted_services.items():
            region, name = _part(event, key)
            health, raw = looked_up(_HEALTHS, row.current, Health.UNKNOWN)
            known = found.get(name)
            if known is None or worst((known.health, health)) is not known.health:
                found[name] = Component(
                    id=name, name=row.service_name or key, group=region, health=health, raw_health=raw
                )
    yield from found.values()


def _incident(event: _Event) -> Incident:
    title = _RESOLVED.sub("", event.summary) or event.service_name
    over = event.status == _OVER or event.end_time is not None
    # What it was, not what is left of it: the status of an event that is over is that of all that is well.
    words = [entry.status for entry in event.event_log] if over else [event.status]
    impacts = [_IMPACTS[word] for word in words if word in _IMPACTS]
    return incident(
        event.key,
        f"{title} ({event.region_name})" if event.region_name else title,
        Phase.RESOLVED if over else Phase.INVESTIGATING,
        phase_stated=False,
        url=_PAGE,
        impact=max(impacts, key=lambda impact: impact.rank, default=Impact.UNKNOWN),
        raw_impact="" if impacts else line(event.status),
        started=event.date,
        ended=event.end_time,
        components=_concerned(event),
        updates=_updates(event),
    )


def _concerned(event: _Event) -> Iterator[str]:
    for key in event.impacted_services:
        yield _part(event, key)[1]


def _updates(event: _Event) -> Iterator[Update]:
    """Oldest first, without ids; no two of one event have the same time."""
    for entry in event.event_log:
        yield Update(
            id=derived_id("update", event.key, str(entry.timestamp)),
            phase=Phase.RESOLVED if entry.status == _OVER else Phase.UNKNOWN,
            text=plain(entry.message),
            posted_at=entry.timestamp,
        )


FORMAT = Format(
    name="aws",
    documents=(Document(name="currentevents", path=""),),
    recognise=recognise,
    parse=parse,
    homes=("https://health.aws.amazon.com/public/currentevents",),
)
