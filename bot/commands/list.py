"""list: what this channel follows, with its filters."""

from bot.commands.office import Office
from bot.commands.spec import Command, Request
from bot.commands.subscribe import MAINTENANCE, part_names
from bot.core.glossary import IMPACTS
from bot.domain.card import Bold, Card, Code, Item, Listing, Tone
from bot.domain.status import Impact
from bot.domain.subscription import MaintenanceWish, Subscription
from bot.domain.words import Words, mark

COMMAND = Command(name="list", summary=mark("What this channel follows"), aliases=("liste",))


async def run(request: Request, office: Office) -> Card:
    """One line for each subscription."""
    words = office.words(request)
    found = await office.store.subscriptions_of(request.caller.target)
    subscriptions = [one for one in found if not office.library.hides(one.service)]
    if not subscriptions:
        return Card(
            tone=Tone.INFO,
            title=words("This channel follows nothing yet"),
            footer=(words("To be told here:"), " ", Code("/outage subscribe chatgpt")),
        )
    items = tuple(_item(one, office, words) for one in subscriptions)
    title = words.plural("This channel follows {n} tool", "This channel follows {n} tools", len(items))
    return Card(tone=Tone.INFO, title=title, listings=(Listing("", items),))


def _item(subscription: Subscription, office: Office, words: Words) -> Item:
    service = office.catalogue.get(subscription.service)
    filters = [part_names(subscription, office)]
    if subscription.min_impact is not Impact.NONE:
        filters.append(words("from impact {impact}", impact=words(IMPACTS[subscription.min_impact])))
    if subscription.maintenance is not MaintenanceWish.OFF:
        filters.append(words("planned work {wish}", wish=words(MAINTENANCE[subscription.maintenance])))
    said = "; ".join(one for one in filters if one)
    name = service.name if service else subscription.service
    return Item((Bold(name), f" – {said}" if said else ""))
