"""Atlassian Statuspage, and the many pages that speak its v2 JSON. See https://<page>/api"""

from bot.domain.errors import NotTheFormat
from bot.domain.status import Snapshot
from bot.feeds.ids import is_ulid
from bot.feeds.statuspage_reading import read
from bot.feeds.statuspage_shape import sheets
from bot.ports import Document, Documents, Format


def recognise(documents: Documents) -> bool:
    """Whether all of it is this JSON and its ids are not incident.io's."""
    try:
        return not any(is_ulid(sheet.identity) for sheet in sheets(documents))
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:
    """Any one or more of the page's documents. Raise NotTheFormat."""
    return read(documents, base_url, FORMAT.name)


FORMAT = Format(
    name="statuspage",
    documents=(
        Document(name="summary.json", path="api/v2/summary.json"),
        # The closing update is nowhere else: a resolved incident just leaves the summary.
        Document(name="incidents.json", path="api/v2/incidents.json", required=False),
        Document(name="scheduled-maintenances.json", path="api/v2/scheduled-maintenances.json", required=False),
    ),
    recognise=recognise,
    parse=parse,
)
