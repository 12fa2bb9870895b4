"""rehearse: the messages of a drill as cards, each marked before anything else is read of it."""

from dataclasses import dataclass, replace

from bot.core.drill import hold_down, number_of
from bot.core.drill_told import PLANNED, is_report
from bot.core.recovery import Recovery, Stage
from bot.core.render_drill import addressed, announcement, marked, result
from bot.domain.card import Card
from bot.domain.change import Reason
from bot.domain.drill import Drill, End
from bot.domain.polling import FeedState
from bot.domain.status import Incident
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
        drill = await self.store.drill(number)
        in_earnest = _is_word(claim) or (drill is not None and drill.course.end is End.REAL)
        return marked(await self._rehearsed(drill, claim, words), words, in_earnest=in_earnest)

    async def _rehearsed(self, drill: Drill | None, claim: Claim, words: Words) -> Card:
        change = claim.delivery.change
        if drill and drill.course.report and is_report(change):
            return result(drill.course.report, change.incident.title, words)
        card = await Composing.card(self, replace(claim, merged=0))  # no page has what it would point to
        if _is_word(claim):
            return replace(card, lead=(words("This is no part of the drill: it happens in earnest."),))
        return addressed(card, drill.mention, words) if drill and claim.delivery.action is not Action.REPLY else card

    async def recovery(self, incident: Incident, state: FeedState) -> Recovery:
        """In a drill there is less time. Once it is over nobody waits for anything any more, nor says anything."""
        number = number_of(state.feed)
        drill = await self.store.drill(number) if number is not None else None
        if drill and drill.ended_at is not None:
            return Recovery(stage=Stage.PAST)
        return await self.judged(incident, state, hold_down(drill) if drill else self.hold)


def _is_word(claim: Claim) -> bool:
    """Whether it says that what was recommended fails: that is so in a drill too."""
    return claim.delivery.action is Action.REPLY and claim.delivery.change.reason is Reason.ADVICE
