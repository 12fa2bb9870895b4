"""openstatus.dev, which serves Statuspage's summary at an address of its own. https://docs.openstatus.dev

A file of it is Statuspage's; the address alone tells the two apart.
"""

from bot.domain.errors import NotTheFormat
from bot.domain.status import Snapshot
from bot.feeds.statuspage_reading import read
from bot.feeds.statuspage_shape import Sheet, sheets
from bot.ports import Document, Documents, Format


def recognise(documents: Documents) -> bool:
    """Whether all of it is such a summary, of a page and of components without ids of Statuspage."""
    try:
        return all(_belongs(sheet) for sheet in sheets(documents))
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The summary. Raise NotTheFormat."""
    return read(documents, base_url, FORMAT.name)


def _belongs(sheet: Sheet) -> bool:
    page = sheet.page
    return page is not None and not page.id and bool(sheet.components) and bool(sheet.indicator)


FORMAT = Format(
    name="openstatus",
    documents=(Document(name="summary.json", path="api/status/summary.json"),),
    recognise=recognise,
    parse=parse,
)
