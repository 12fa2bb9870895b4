"""UptimeRobot's public pages: the monitors, each with the colour of its state. https://uptimerobot.com/status-page/

The address holds a key that stands in the page's HTML.
"""

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urljoin

from bot.domain.status import Component, Health, Snapshot
from bot.feeds.assemble import distinct_components
from bot.feeds.ids import derived_id
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, all_are, demanded, has, looked_up, shaped
from bot.ports import Document, Documents, Format

_HEALTHS = {"success": Health.OPERATIONAL, "warning": Health.DEGRADED, "danger": Health.MAJOR_OUTAGE}
_PAUSED = "black"
_KEY = re.compile(r"getMonitorList/([A-Za-z0-9_-]{4,60})")


class _Monitor(Shape):
    monitorId: Id = ""  # noqa: N815  # their names
    name: Line = ""
    statusClass: Text = ""  # noqa: N815


class _List(Shape):
    monitors: Annotated[list[_Monitor], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is such a list of monitors."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The list of monitors. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a list of UptimeRobot monitors")
    lists = [shaped(_List, value["psp"], name) for name, value in values.items() if isinstance(value, dict)]
    return Snapshot(
        format=FORMAT.name,
        page_url=urljoin(base_url, "/") if base_url else "",
        components=distinct_components(
            _component(row) for one in lists for row in one.monitors if row.statusClass != _PAUSED
        ),
        tells_incidents=False,
    )


def _belongs(value: object) -> bool:
    return isinstance(value, dict) and has(value.get("psp"), "monitors")


def _component(row: _Monitor) -> Component:
    health, raw = looked_up(_HEALTHS, row.statusClass, Health.UNKNOWN)
    return Component(id=row.monitorId or derived_id("monitor", row.name), name=row.name, health=health, raw_health=raw)


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
