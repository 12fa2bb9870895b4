"""incident.io's pages, through the Statuspage-compatible API that they serve. https://incident.io/status-pages"""

from bot.domain.errors import NotTheFormat
from bot.domain.status import Snapshot
from bot.feeds.ids import is_ulid
from bot.feeds.statuspage_reading import read
from bot.feeds.statuspage_shape import sheets
from bot.ports import Document, Documents, Format


def recognise(documents: Documents) -> bool:
    """Whether all of it is this JSON, with ULIDs (26 characters, where Atlassian's ids have 12)."""
    try:
        return any(is_ulid(sheet.identity) for sheet in sheets(documents))
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:
    """Any one or more of the page's documents. Raise NotTheFormat."""
    return read(documents, base_url, FORMAT.name)


FORMAT = Format(
    name="incidentio",
    documents=(
        Document(name="summary.json", path="api/v2/summary.json"),
        # The summary stops at 25 components. Planned work is in it; its own addresses answer 404.
        Document(name="components.json", path="api/v2/components.json", required=False),
        Document(name="incidents.json", path="api/v2/incidents.json", required=False),
    ),
    recognise=recognise,
    parse=parse,
)
