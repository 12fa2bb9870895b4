"""cState: a page that Hugo builds. https://github.com/cstate/cstate (layouts/index.json)

Its template does not escape titles: a quotation mark in one breaks the JSON until that incident is gone.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest, utc
from bot.feeds.shapes import Flag, Id, Line, Lines, Objects, Shape, Text, all_are, demanded, has, looked_up, shaped
from bot.ports import Document, Documents, Format

_HEALTHS = {
    "ok": Health.OPERATIONAL,
    "notice": Health.DEGRADED,
    "disrupted": Health.PARTIAL_OUTAGE,
    "down": Health.MAJOR_OUTAGE,
}
_IMPACTS = {"notice": Impact.MINOR, "disrupted": Impact.MAJOR, "down": Impact.CRITICAL}
_GO = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?([+-]\d{4}|Z)?")
"""`2026-08-20 10:00:00 +0000 UTC`, as Go writes a time."""


class _Issue(Shape):
    title: Line = ""
    createdAt: Text = ""
    lastMod: Text = ""
    permalink: Line = ""
    severity: Text = ""
    resolved: Flag = False
    informational: Flag = False
    resolvedAt: Text = ""
    affected: Lines = []
    filename: Id = ""


class _System(Shape):
    name: Line = ""
    category: Line = ""
    status: Text = ""
    unresolvedIssues: Annotated[list[_Issue], Objects] = []


class _Sheet(Shape):
    title: Line = ""
    baseURL: Line = ""
    summaryStatus: Text = ""
    pinnedIssues: Annotated[list[_Issue], Objects] = []
    systems: Annotated[list[_System], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is the index of a cState page."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The index. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "the index of a cState page")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    page = sheets[0]
    health, raw = looked_up(_HEALTHS, page.summaryStatus, Health.UNKNOWN)
    issues = [issue for sheet in sheets for issue in _issues(sheet)]
    return Snapshot(
        format=FORMAT.name,
        page=page.title,
        page_url=base_url or page.baseURL,
        health=health,
        raw_health=raw,
        stated_at=newest(_go(issue.lastMod) for issue in issues),
        components=distinct_components(_component(row) for sheet in sheets for row in sheet.systems),
        incidents=distinct_incidents(_incident(issue) for issue in issues),
        ends_by_leaving=True,
    )


def _belongs(value: object) -> bool:
    return has(value, "cStateVersion", "systems")


def _issues(sheet: _Sheet) -> Sequence[_Issue]:
    """An issue stands under each system that it affects."""
    return [*sheet.pinnedIssues, *(issue for system in sheet.systems for issue in system.unresolvedIssues)]


def _go(text: str) -> datetime | None:
    found = _GO.match(text)
    return utc(f"{found[1]}T{found[2]}{found[3] or 'Z'}") if found else None


def _component(row: _System) -> Component:
    health, raw = looked_up(_HEALTHS, row.status, Health.UNKNOWN)
    return Component(id=bounded_id(row.name), name=row.name, health=health, group=row.category, raw_health=raw)


def _incident(row: _Issue) -> Incident:
    impact, raw = looked_up(_IMPACTS, row.severity, Impact.UNKNOWN)
    return incident(
        row.filename or derived_id("issue", row.title, row.createdAt),
        row.title,
        Phase.RESOLVED if row.resolved else Phase.INVESTIGATING,
        kind=Kind.NOTICE if row.informational else Kind.INCIDENT,
        phase_stated=False,
        url=row.permalink,
        impact=impact,
        raw_impact=raw,
        started=_go(row.createdAt),
        ended=_go(row.resolvedAt),
        components=map(bounded_id, _names(row)),
    )


def _names(row: _Issue) -> Iterator[str]:
    yield from filter(None, row.affected)


FORMAT = Format(
    name="cstate",
    documents=(Document(name="index.json", path="index.json"),),
    recognise=recognise,
    parse=parse,
)
