"""rehearse: the messages of a drill as cards, each marked before anything else is read of it."""

from dataclasses import dataclass

from bot.core.drill import PLANNED, is_report, number_of
from bot.core.render_drill import addressed, announcement, marked, result
from bot.domain.card import Card
from bot.domain.subscription import Action, Claim
from bot.domain.words import Words
from bot.jobs.compose import Composing
from bot.ports import Store


@dataclass(slots=True, kw_only=True)
class Rehearsing(Composing):
    """Composing where drills are: whatever makes the card, no message of a drill can miss its mark."""

    store: Store

    async def card(self, claim: Claim) -> Card:
        """The card. Raise SendError, StoreAway."""
        change, words = claim.delivery.change, self.languages[claim.delivery.language]
        if change.feed == PLANNED:
            return announcement(change.incident, words)
        number = number_of(change.service)
        if number is None:
            return await Composing.card(self, claim)  # `super()` knows another class: `slots` makes a new one
        return marked(await self._rehearsed(number, claim, words), words)

    async def _rehearsed(self, number: int, claim: Claim, words: Words) -> Card:
        drill, change = await self.store.drill(number), claim.delivery.change
        if drill and drill.course.report and is_report(change):
            return result(drill.course.report, change.incident.title, words)
        card = await Composing.card(self, claim)
        is_reply = claim.delivery.action is Action.REPLY
        return addressed(card, drill.mention, words) if drill and not is_reply else card
