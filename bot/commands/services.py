"""services: what can be followed."""

from itertools import groupby

from bot.commands.office import Office, unknown_service
from bot.commands.spec import Command, Option, Request
from bot.core.catalogue import Found
from bot.domain.card import Bold, Card, Code, Item, Listing, Tone
from bot.domain.errors import UserError
from bot.domain.words import Words, mark

COMMAND = Command(
    name="services",
    summary=mark("The tools I watch, and their parts"),
    options=(Option(name="query", summary=mark("Part of a name or a category")),),
)


async def run(request: Request, office: Office) -> Card:
    """All by category, or those that match, with their parts."""
    words = office.words(request)
    query = request.options.get("query", "")
    if not query:
        return _all(office, words)
    found = office.catalogue.search(query)
    if not found:
        raise UserError(unknown_service(query, office.catalogue.suggest(query), words))
    items = tuple(_item(one) for one in found[:25])
    return Card(tone=Tone.INFO, title=words("Tools like “{query}”", query=query), listings=(Listing("", items),))


def _all(office: Office, words: Words) -> Card:
    services = sorted(office.catalogue.services, key=lambda service: (service.category, service.name.casefold()))
    listings = tuple(
        Listing(category or words("other"), (Item((", ".join(service.name for service in group),)),))
        for category, group in groupby(services, key=lambda service: service.category)
    )
    title = words.plural("I watch {n} tool", "I watch {n} tools", len(services))
    return Card(tone=Tone.INFO, title=title, listings=listings, footer=(Code("/outage services github"),))


def _item(found: Found) -> Item:
    parts = ", ".join(part.name for part in found.service.parts) if found.part is None else ""
    return Item((Bold(found.label), " – ", Code(found.value), f" – {parts}" if parts else ""))
