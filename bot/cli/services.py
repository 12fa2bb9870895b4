"""`planb services`: the catalogue."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.domain.service import Service
from bot.prepare import read_files
from bot.settings import read_settings


MOST_PARTS = 4


def services(query: str) -> None:
    """Print what is known, or what matches."""
    catalogue = read_files(read_settings()).catalogue
    found = catalogue.search(query)
    most = len(max((one.service.parts for one in found), key=len, default=())) if len(found) == 1 else MOST_PARTS
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("what to type", "name", "category", "format", "parts"):
        table.add_column(heading, no_wrap=heading == "what to type")
    for one in found:
        parts = _parts(one.service, most) if one.part is None else ""
        table.add_row(one.value, one.label, one.service.category, one.service.feeds[0].format, parts)
    out = Console()
    near = ", ".join(catalogue.suggest(query)) or "nothing"
    out.print(table if found else f"Nothing is called {query!r}. Close to it: {near}.")


def _parts(service: Service, most: int) -> str:
    """The first of them, and how many more there are."""
    named = ", ".join(part.slug for part in service.parts[:most])
    more = len(service.parts) - most
    return f"{named} and {more} more" if more > 0 else named
