"""rehearse: the messages of a drill as cards, each marked before anything else is read of it."""

from collections.abc import Awaitable, Callable

from bot.core.drill import PLANNED, is_report, number_of
from bot.core.render_drill import addressed, announcement, marked, result
from bot.domain.card import Card
from bot.domain.subscription import Action, Claim
from bot.domain.words import Words
from bot.ports import Drills


async def rehearsed(
    claim: Claim, drills: Drills, words: Words, usual: Callable[[Claim, Words], Awaitable[Card]]
) -> Card | None:
    """The card of a drill's message; None for any other one. `usual` makes that of a real outage. Raise StoreAway."""
    change, first = claim.delivery.change, claim.delivery.action is not Action.REPLY
    if change.feed == PLANNED:
        return marked(announcement(change.incident, words), words)
    number = number_of(change.service)
    if number is None:
        return None
    drill = await drills.drill(number)
    if drill and drill.course.report and is_report(change):
        return marked(result(drill.course.report, change.incident.title, words), words)
    card = await usual(claim, words)
    return marked(addressed(card, drill.mention if drill and first else "", words), words)
