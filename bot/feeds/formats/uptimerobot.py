"""UptimeRobot's public pages: the monitors, each with the colour of its state. https://uptimerobot.com/status-page/

The address holds a key that stands in the page's HTML. Pages made since 2025 list their monitors in `data`, older ones
in `psp.monitors`, thirty at a time: only the first thirty are read.
"""

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urljoin, urlsplit

from bot.domain.status import Component, Health, Snapshot
from bot.feeds.assemble import distinct_components
from bot.feeds.ids import derived_id
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, all_are, demanded, has, looked_up, shaped
from bot.ports import Document, Documents, Format

_HEALTHS = {"success": Health.OPERATIONAL, "warning": Health.DEGRADED, "danger": Health.MAJOR_OUTAGE}
_PAUSED = frozenset({"black", "paused"})
_NO_GROUP = frozenset({"", "0"})
_KEY = re.compile(r"getMonitorList\\?/([A-Za-z0-9_-]{4,60})")
_SHARED_HOST = "stats.uptimerobot.com"


class _Monitor(Shape):
    monitorId: Id = ""
    name: Line = ""
    statusClass: Text = ""
    groupId: Id = ""
    groupName: Line = ""


class _Sheet(Shape):
    monitors: Annotated[list[_Monitor], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is such a list of monitors. An empty `data` could be anybody's."""
    return all_are(documents, lambda value: _belongs(value) and (has(value, "psp") or _listed(value) != []))


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The list of monitors. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a list of UptimeRobot monitors")
    sheets = [shaped(_Sheet, {"monitors": _listed(value)}, name) for name, value in values.items()]
    return Snapshot(
        format=FORMAT.name,
        page_url=_page(base_url),
        components=distinct_components(
            _component(row) for sheet in sheets for row in sheet.monitors if row.statusClass.lower() not in _PAUSED
        ),
        tells_incidents=False,
    )


def _listed(value: object) -> object:
    """The monitors of a document, wherever it keeps them."""
    if not isinstance(value, dict):
        return None
    old = value.get("psp")
    return old.get("monitors") if isinstance(old, dict) else value.get("data")


def _belongs(value: object) -> bool:
    rows = _listed(value)
    if has(value, "psp"):
        return isinstance(rows, list)
    return isinstance(rows, list) and has(value, "status") and all(has(row, "statusClass") for row in rows)


def _component(row: _Monitor) -> Component:
    health, raw = looked_up(_HEALTHS, row.statusClass, Health.UNKNOWN)
    return Component(
        id=row.monitorId or derived_id("monitor", row.name),
        name=row.name,
        health=health,
        group="" if row.groupId in _NO_GROUP else row.groupName,
        raw_health=raw,
    )


def _page(base: str) -> str:
    """Where people look: the root of an own host, `/<key>` of the host that all others share."""
    if not base:
        return ""
    path = urlsplit(base).path.rpartition("/")[2] if urlsplit(base).hostname == _SHARED_HOST else ""
    return urljoin(base, f"/{path}")


def _leads(address: str, html: str) -> Iterator[str]:
    for key in dict.fromkeys(found[1] for found in _KEY.finditer(html[:500_000])):
        yield urljoin(address, f"/api/getMonitorList/{key}")


FORMAT = Format(
    name="uptimerobot",
    documents=(Document(name="monitors", path=""),),
    recognise=recognise,
    parse=parse,
    leads=_leads,
)
