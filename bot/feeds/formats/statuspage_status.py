"""Pages that answer one document of Statuspage's API and no other: `status.json`, the word for the whole page."""

from dataclasses import replace

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Snapshot
from bot.feeds.statuspage_reading import read
from bot.feeds.statuspage_shape import sheets
from bot.ports import Document, Documents, Format


def recognise(documents: Documents) -> bool:
    """Whether it is one such document, and nothing but the page's word is in it."""
    try:
        (sheet,) = sheets(documents)
    except (NotTheFormat, ValueError):
        return False
    listed = (sheet.components, sheet.incidents, sheet.scheduled_maintenances, sheet.incident)
    return bool(sheet.indicator) and all(one is None for one in listed)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The word. Raise NotTheFormat."""
    found = read(documents, base_url, FORMAT.name)
    # The page has no parts; one that stands for all of it makes its changes tellable.
    whole = Component(id="page", name=found.page or "The page", health=found.health, raw_health=found.raw_health)
    return replace(found, components=(whole,), tells_incidents=False)


FORMAT = Format(
    name="statuspage-status",
    documents=(Document(name="status.json", path="api/v2/status.json"),),
    recognise=recognise,
    parse=parse,
)
