"""`planb services`: the catalogue."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.core.catalogue import Found
from bot.domain.service import Service
from bot.prepare import read_files
from bot.settings import read_settings


def services(query: str) -> None:
    """Print what is known, or what matches."""
    catalogue = read_files(read_settings()).catalogue
    found = catalogue.browse(query)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("what to type", "name", "category", "for"):
        table.add_column(heading, overflow="fold")  # a terminal of 80 columns loses no letter
    table.add_column("parts")
    whole = [one for one in found if one.part is None]
    for one in found:
        parts = _parts(one.service, all_of_them=len(whole) == 1) if one.part is None else ""
        table.add_row(one.value, one.label, one.service.category, _uses(one), parts)
    out = Console()
    near = ", ".join(catalogue.suggest(query)) or "nothing"
    out.print(table if found else f"Nothing is called {query!r}. Close to it: {near}.")


def _uses(found: Found) -> str:
    """What `[capabilities.…]` and `/outage choose` know it by."""
    return ", ".join((found.part.capabilities if found.part else ()) or found.service.capabilities)


def _parts(service: Service, *, all_of_them: bool) -> str:
    """How many there are; their names where one service alone is meant."""
    if all_of_them or not service.parts:
        return ", ".join(part.slug for part in service.parts)
    return f"{len(service.parts)}"
