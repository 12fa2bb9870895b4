"""services: what can be followed."""

from itertools import groupby

from bot.commands.office import Office, unknown_service
from bot.commands.spec import Command, Option, Request
from bot.core.catalogue import Found
from bot.domain.card import Bold, Card, Code, Item, Listing, Tone
from bot.domain.errors import UserError
from bot.domain.words import Words, mark

CATEGORIES = {
    "ai": mark("AI"),
    "chat": mark("Chat and calls"),
    "cloud": mark("Cloud and hosting"),
    "developer": mark("For developers"),
    "marketing": mark("Marketing and customers"),
    "messaging": mark("Messages sent to customers"),
    "monitoring": mark("Data and monitoring"),
    "office": mark("Office and planning"),
    "payment": mark("Shops and payments"),
    "security": mark("Passwords and security"),
    "social": mark("Social networks and media"),
    "added": mark("Added here"),
}
"""What people read above those of a category; behind it stands what to type to get it alone."""

MOST = 40
"""Lines of one answer: a whole category fits."""
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
    found = office.catalogue.browse(query)
    if not found:
        raise UserError(unknown_service(query, office.catalogue.suggest(query), words))
    items = tuple(_item(one) for one in found[:MOST])
    return Card(tone=Tone.INFO, title=words("Tools like “{query}”", query=query), listings=(Listing("", items),))


def _all(office: Office, words: Words) -> Card:
    services = sorted(office.catalogue.services, key=lambda service: (service.category, service.name.casefold()))
    listings = tuple(
        Listing(_heading(category, words), (Item((", ".join(service.name for service in group),)),))
        for category, group in groupby(services, key=lambda service: service.category)
    )
    title = words.plural("I watch {n} tool", "I watch {n} tools", len(services))
    return Card(tone=Tone.INFO, title=title, listings=listings, footer=(Code("/outage services github"),))


def _heading(category: str, words: Words) -> str:
    known = CATEGORIES.get(category)
    return f"{words(known)} ({category})" if known else category or words("other")


def _item(found: Found) -> Item:
    parts = ", ".join(part.name for part in found.service.parts) if found.part is None else ""
    return Item((Bold(found.label), " – ", Code(found.value), f" – {parts}" if parts else ""))
