"""`planb services`: the catalogue."""

from rich.console import Console
from rich.table import Table

from bot.prepare import read_files
from bot.settings import read_settings


def services(query: str) -> None:
    """Print what is known, or what matches."""
    catalogue = read_files(read_settings()).catalogue
    table = Table("what to type", "name", "category", "format", "parts", title=None)
    found = catalogue.search(query)
    for one in found:
        parts = ", ".join(part.slug for part in one.service.parts) if one.part is None else ""
        format_ = one.service.feeds[0].format
        table.add_row(one.value, one.label, one.service.category, format_, parts)
    out = Console()
    near = ", ".join(catalogue.suggest(query)) or "nothing"
    out.print(table if found else f"Nothing is called {query!r}. Close to it: {near}.")
