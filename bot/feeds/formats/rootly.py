"""Rootly. https://docs.rootly.com/configuration/status-page-public-api

The words and most keys are Statuspage's; the page has no id and lists no components.
"""

from bot.domain.errors import NotTheFormat
from bot.domain.status import Snapshot
from bot.feeds.statuspage_reading import read
from bot.feeds.statuspage_shape import Sheet, sheets
from bot.ports import Document, Documents, Format


def recognise(documents: Documents) -> bool:
    """Whether all of it is such JSON without any id of the page, and nothing of it lists components."""
    try:
        return all(_belongs(sheet) for sheet in sheets(documents))
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The status, the incidents or both. Raise NotTheFormat."""
    return read(documents, base_url, FORMAT.name)


def _belongs(sheet: Sheet) -> bool:
    page = sheet.page
    return (
        page is not None
        and not page.id
        and "time_zone" in (page.model_extra or {})
        and sheet.incidents is not None
        and sheet.components is None
    )


FORMAT = Format(
    name="rootly",
    documents=(
        Document(name="status.json", path="api/v1/status.json"),
        Document(name="incidents.json", path="api/v1/incidents.json?per_page=100", required=False),
    ),
    recognise=recognise,
    parse=parse,
)
