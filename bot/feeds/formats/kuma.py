"""Uptime Kuma. https://github.com/louislam/uptime-kuma (server/routers/status-page-router.js)

The base address is the page (`https://host/status/<slug>`). One document has the monitors, incidents and planned work,
the other the last heartbeats of every monitor. Times are UTC and say no zone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urljoin, urlsplit

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import from_markdown
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, looked_up, shaped
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


class _Config(Shape):
    slug: Id = ""
    title: Line = ""


class _Incident(Shape):
    id: Id = ""
    style: Text = ""
    title: Line = ""
    content: Text = ""
    active: Any = None
    createdDate: Time = None  # noqa: N815  # their names
    lastUpdatedDate: Time = None  # noqa: N815


class _Monitor(Shape):
    id: Id = ""
    name: Line = ""


class _Group(Shape):
    name: Line = ""
    monitorList: Annotated[list[_Monitor], Objects] = []  # noqa: N815


class _Slot(Shape):
    startDate: Time = None  # noqa: N815
    endDate: Time = None  # noqa: N815


class _Maintenance(Shape):
    id: Id = ""
    title: Line = ""
    description: Text = ""
    status: Text = ""
    timeslotList: Annotated[list[_Slot], Objects] = []  # noqa: N815


class _Page(Shape):
    config: _Config = _Config()
    incidents: Annotated[list[_Incident], Objects] = []
    incident: Any = None
    publicGroupList: Annotated[list[_Group], Objects] = []  # noqa: N815
    maintenanceList: Annotated[list[_Maintenance], Objects] = []  # noqa: N815


class _Beat(Shape):
    status: Text = ""


class _Beats(Shape):
    heartbeatList: dict[str, Annotated[list[_Beat], Objects]] = {}  # noqa: N815


def recognise(documents: Documents) -> bool:
    """Whether all of it is a page, its heartbeats, or both."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """One of the two or both. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a document of Uptime Kuma")
    pages = [shaped(_Page, value, name) for name, value in values.items() if has(value, "config")]
    beats = [shaped(_Beats, value, name) for name, value in values.items() if has(value, "heartbeatList")]
    states = {key: row[-1].status for one in beats for key, row in one.heartbeatList.items() if row}
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
        started=slot.startDate,
        until=slot.endDate,
        ended=slot.endDate,
        updates=(Update(id="text", phase=phase, text=text),) if text else (),
    )


def _leads(address: str, html: str) -> Iterator[str]:
    """The page itself, and the one that an installation shows first."""
    if _SLUG.search(urlsplit(address).path):
        yield address
    for found in dict.fromkeys(match[1] for match in _SLUG.finditer(html[:200_000])):
        yield urljoin(address, f"/status/{found}")
    yield urljoin(address, "/status/default")


FORMAT = Format(
    name="kuma",
    documents=(
        Document(name="page", path="/api/status-page/{last}"),
        Document(name="heartbeat", path="/api/status-page/heartbeat/{last}", required=False),
    ),
    recognise=recognise,
    parse=parse,
    leads=_leads,
)
