"""compose: a delivery as a card, rendered when it goes out, with the team's alternatives as they are then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core import render
from bot.core.aftermath import Aftermath
from bot.core.alternatives import Counsel, parts_concerned, plans_concerned
from bot.core.drill import real_slug
from bot.core.overview import counsels, feeds_of, watched
from bot.core.playbooks import NO_PLAYBOOKS, Playbooks, what_fails, with_last_resort
from bot.core.recovery import HOLD_DOWN, Recovery, Stage, recovers, relapsed
from bot.core.render_playbook import playbook_button
from bot.core.render_sight import sight
from bot.domain.card import Card
from bot.domain.change import Change, Reason
from bot.domain.continuity import Plan
from bot.domain.errors import SendError
from bot.domain.move import Move
from bot.domain.polling import FeedState
from bot.domain.service import Service
from bot.domain.status import Component
from bot.domain.subscription import Action, Claim
from bot.domain.words import Language, Words
from bot.jobs.recovery import judged, key, remembered
from bot.library import Library
from bot.ports import Clock, Store


@dataclass(slots=True, kw_only=True)
class Composing:
    """Everything a card needs."""

    store: Store
    library: Library
    plans: Sequence[Plan]
    playbooks: Playbooks = NO_PLAYBOOKS
    languages: Mapping[Language, Words]
    clock: Clock
    hold: timedelta = HOLD_DOWN

    async def card(self, claim: Claim) -> Card:
        """The delivery as of now. Raise SendError for a service that nobody knows any more, StoreAway."""
        change, words = claim.delivery.change, self.languages[claim.delivery.language]
        if change.incident.is_sight:
            return sight(change.incident, words)
        service = await self._service(change.service)
        if claim.delivery.action is Action.REPLY and claim.root:
            return await self._reply(claim, service, words)
        state, aftermath = await self._aftermath(service, change, words)
        components = _components(state)
        said = render.headline(change, service, components, aftermath.counsels, words)
        first = aftermath.first(said, *await self._lately(claim, state), claim.id)
        return replace(first, buttons=(*first.buttons, *playbook_button(claim.id, change, words)))

    async def _reply(self, claim: Claim, service: Service, words: Words) -> Card:
        """Most need no advice, so nothing is read for it."""
        change = claim.delivery.change
        said = render.reply(change, service, words, merged=claim.merged)
        if change.reason is Reason.HELD:
            state, aftermath = await self._aftermath(service, change, words)
            return aftermath.can_go_back(*await self._lately(claim, state))
        if relapsed(change.incident, change.update):
            _, aftermath = await self._aftermath(service, change, words)
            return aftermath.again(said)
        return said

    async def _aftermath(self, service: Service, change: Change, words: Words) -> tuple[FeedState | None, Aftermath]:
        feed = service.feeds[0].id
        state = (await self.store.states([feed])).get(feed)
        advice = await self._counsels(service, change, _components(state), words.language)
        return state, Aftermath(service=service, change=change, counsels=advice, words=words)

    async def _lately(self, claim: Claim, state: FeedState | None) -> tuple[Sequence[Move], Recovery]:
        """Who moved, and how far the recovery is."""
        incident, thread = claim.delivery.change.incident, claim.delivery.thread_key
        if state is None or not recovers(incident):
            return (), Recovery(stage=Stage.PAST)
        seen = (await remembered(self.store)).get(key(state.feed, incident))
        return await self.store.moves(thread), judged(incident, state, seen, self.clock.now(), self.hold)

    async def _service(self, slug: str) -> Service:
        """The service of that slug, though another process may have added its page just now. Raise SendError."""
        if self.library.everything.get(slug) is None:
            await self.library.refresh(self.clock.now(), at_once=True)
        service = self.library.everything.get(slug)
        if service is None:
            raise SendError(f"{slug} is no longer in the catalogue")
        return replace(service, slug=real_slug(service.slug))  # a drill's advice is the real one's

    async def _counsels(
        self, service: Service, change: Change, components: Sequence[Component], language: Language
    ) -> tuple[Counsel, ...]:
        catalogue = self.library.everything
        plans = plans_concerned(self.plans, service, change.incident, components, catalogue)
        states = await self.store.states(feeds_of(watched(catalogue, plans).values())) if plans else {}
        parts = parts_concerned(service, change.incident, components)
        known = counsels(catalogue, plans, parts, states, self.clock.now())
        fails = what_fails(service, change.incident, components) if change.incident.phase.is_open else None
        return with_last_resort(known, fails, self.playbooks, catalogue, language)


def _components(state: FeedState | None) -> Sequence[Component]:
    return state.snapshot.components if state and state.snapshot else ()
