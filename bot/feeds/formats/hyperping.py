"""Hyperping: one word for the whole page and its uptime. https://hyperping.com/docs/status-pages"""

from bot.domain.status import Component, Health, Snapshot
from bot.feeds.shapes import Shape, Text, all_are, demanded, has, looked_up, shaped
from bot.ports import Document, Documents, Format

_HEALTHS = {
    "up": Health.OPERATIONAL,
    "incident": Health.DEGRADED,
    "outage": Health.MAJOR_OUTAGE,
    "maintenance": Health.MAINTENANCE,
}


class _Sheet(Shape):
    indicator: Text = ""


def recognise(documents: Documents) -> bool:
    """Whether all of it is an indicator and an uptime."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The indicator. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "the status of a Hyperping page")
    (sheet, *_) = (shaped(_Sheet, value, name) for name, value in values.items())
    health, raw = looked_up(_HEALTHS, sheet.indicator, Health.UNKNOWN)
    return Snapshot(
        format=FORMAT.name,
        page_url=base_url,
        health=health,
        raw_health=raw,
        # The page has no parts; one that stands for all of it makes its changes tellable.
        components=(Component(id="page", name="The page", health=health, raw_health=raw),),
        tells_incidents=False,
    )


def _belongs(value: object) -> bool:
    return has(value, "indicator", "uptime")


FORMAT = Format(
    name="hyperping",
    documents=(Document(name="status.json", path="status.json"),),
    recognise=recognise,
    parse=parse,
)
