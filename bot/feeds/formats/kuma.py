"""Uptime Kuma. https://github.com/louislam/uptime-kuma (server/routers/status-page-router.js)

The base address is the page (`https://host/status/<slug>`). One document has the monitors, incidents and planned work,
the other the last heartbeats of every monitor. Times are UTC and say no zone, but for planned work: its times are those
of the zone that it names (server/model/maintenance.js).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urljoin, urlsplit

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest, utc
from bot.feeds.plaintext import from_markdown
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, looked_up, shaped, word_of
from bot.ports import Document, Documents, Format

_HEALTHS = {
    "0": Health.MAJOR_OUTAGE,
    "1": Health.OPERATIONAL,
    # Pending: it failed, and is asked again before it counts as down.
    "2": Health.UNKNOWN,
    "3": Health.MAINTENANCE,
}
# The style of an incident is a colour that its author chose.
_IMPACTS = {"danger": Impact.MAJOR, "warning": Impact.MINOR}
_NOTICES = frozenset({"info", "primary", "light", "dark", "success"})
_WORK = {
    "scheduled": Phase.SCHEDULED,
    "under-maintenance": Phase.IN_PROGRESS,
    "ended": Phase.COMPLETED,
    "inactive": Phase.CANCELLED,
}
_SLUG = re.compile(r"/status/([\w-]{1,100})")
_MANIFEST = re.compile(r"/api/status-page/([\w-]{1,100})/manifest\.json")
_HAS_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")


class _Config(Shape):
    slug: Id = ""
    title: Line = ""


class _Incident(Shape):
    id: Id = ""
    style: Text = ""
    title: Line = ""
    content: Text = ""
    active: Any = None
    createdDate: Time = None
    lastUpdatedDate: Time = None


class _Monitor(Shape):
    id: Id = ""
    name: Line = ""


class _Group(Shape):
    name: Line = ""
    monitorList: Annotated[list[_Monitor], Objects] = []


class _Slot(Shape):
    startDate: Text = ""
    endDate: Text = ""


class _Maintenance(Shape):
    id: Id = ""
    title: Line = ""
    description: Text = ""
    status: Text = ""
    timezoneOffset: Text = ""
    timeslotList: Annotated[list[_Slot], Objects] = []


class _Page(Shape):
    config: _Config = _Config()
    incidents: Annotated[list[_Incident], Objects] = []
    incident: Any = None
    publicGroupList: Annotated[list[_Group], Objects] = []
    maintenanceList: Annotated[list[_Maintenance], Objects] = []


class _Beats(Shape):
    heartbeatList: dict[str, Any] = {}


def recognise(documents: Documents) -> bool:
    """Whether all of it is a page, its heartbeats, or both."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """One of the two or both. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a document of Uptime Kuma")
    pages = [shaped(_Page, value, name) for name, value in values.items() if has(value, "config")]
    beats = [shaped(_Beats, value, name) for name, value in values.items() if has(value, "heartbeatList")]
    states = {key: _last(row) for one in beats for key, row in one.heartbeatList.items() if row}
    incidents = distinct_incidents(one for page in pages for one in _incidents(page, base_url))
    return Snapshot(
        format=FORMAT.name,
        page=pages[0].config.title if pages else "",
        page_url=base_url,
        stated_at=newest(update.posted_at for one in incidents for update in one.updates),
        components=distinct_components(_components(pages, states)),
        incidents=incidents,
        ends_by_leaving=True,
        # Most trouble is never written up: it is a monitor that fails.
        tells_incidents=False,
    )


def _belongs(value: object) -> bool:
    return has(value, "config", "publicGroupList") or has(value, "heartbeatList", "uptimeList")


def _last(row: object) -> str:
    """The state of the newest beat. A 0 in the place of a beat stands for a time without any."""
    newest_beat = row[-1] if isinstance(row, list) else None
    return word_of(newest_beat.get("status")) if isinstance(newest_beat, dict) else ""


def _components(pages: Sequence[_Page], states: Mapping[str, str]) -> Iterator[Component]:
    """The monitors of the page; without the page, all that beat."""
    listed = [
        (group.name, one.id, one.name) for page in pages for group in page.publicGroupList for one in group.monitorList
    ]
    for group, key, name in listed or [("", key, key) for key in states]:
        health, raw = looked_up(_HEALTHS, states.get(key, ""), Health.UNKNOWN)
        yield Component(id=key, name=name, health=health, group=group, raw_health=raw)


def _incidents(page: _Page, base: str) -> Iterator[Incident]:
    # Version 1 has one incident or null, version 2 a list.
    old = [shaped(_Incident, page.incident, "the page")] if isinstance(page.incident, dict) else []
    yield from (_incident(row, base) for row in (*page.incidents, *old))
    yield from (_work(row, base) for row in page.maintenanceList)


def _incident(row: _Incident, base: str) -> Incident:
    """It is open while it is shown. A newer text takes the place of the older one."""
    key = row.id or derived_id("incident", row.title, str(row.createdDate))
    over = row.active in (False, 0)
    impact, raw = looked_up(_IMPACTS, row.style, Impact.UNKNOWN)
    notice = row.style in _NOTICES
    return incident(
        key,
        row.title,
        Phase.RESOLVED if over else Phase.INVESTIGATING,
        kind=Kind.NOTICE if notice else Kind.INCIDENT,
        phase_stated=False,
        url=base,
        impact=Impact.NONE if notice else impact,
        raw_impact="" if notice else raw,
        started=row.createdDate,
        ended=row.lastUpdatedDate,
        updates=(Update(id="text", phase=Phase.UNKNOWN, text=from_markdown(row.content), posted_at=row.createdDate),),
    )


def _work(row: _Maintenance, base: str) -> Incident:
    phase, raw = looked_up(_WORK, row.status, Phase.UNKNOWN)
    slot = row.timeslotList[0] if row.timeslotList else _Slot()
    text = from_markdown(row.description)
    return incident(
        f"maintenance-{row.id}" if row.id else derived_id("maintenance", row.title),
        row.title,
        phase,
        kind=Kind.MAINTENANCE,
        raw_phase=raw,
        url=base,
        impact=Impact.NONE,
        started=_local(slot.startDate, row.timezoneOffset),
        until=_local(slot.endDate, row.timezoneOffset),
        ended=_local(slot.endDate, row.timezoneOffset),
        updates=(Update(id="text", phase=phase, text=text),) if text else (),
    )


def _local(text: str, offset: str) -> datetime | None:
    """A single time is that of a clock in the zone of the work; repeated ones say that they are UTC."""
    text = text.strip()
    return utc(text if _HAS_ZONE.search(text) else text + offset)


def _leads(address: str, html: str) -> Iterator[str]:
    """The page itself, what its HTML calls it where it has a host of its own, and what an installation shows first."""
    named = _SLUG.match(urlsplit(address).path)
    found = [match[1] for pattern in (_MANIFEST, _SLUG) for match in pattern.finditer(html[:200_000])]
    for slug in dict.fromkeys((*([named[1]] if named else ()), *found, "default")):
        yield urljoin(address, f"/status/{slug}")


FORMAT = Format(
    name="kuma",
    documents=(
        # The beats change every minute, the page hardly ever: a monitor that fails must not wait for the page.
        Document(name="heartbeat", path="/api/status-page/heartbeat/{last}"),
        Document(name="page", path="/api/status-page/{last}"),
    ),
    recognise=recognise,
    parse=parse,
    leads=_leads,
)
