"""compose: a delivery as a card, rendered when it goes out, with the team's alternatives as they are then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core import render
from bot.core.alternatives import Counsel, parts_concerned, plans_concerned
from bot.core.drill import real_slug
from bot.core.overview import counsels, feeds_of, watched
from bot.core.render_sight import sight
from bot.domain.card import Card
from bot.domain.change import Change
from bot.domain.continuity import Plan
from bot.domain.errors import SendError
from bot.domain.service import Service
from bot.domain.status import Component
from bot.domain.subscription import Action, Claim
from bot.domain.words import Language, Words
from bot.library import Library
from bot.ports import Clock, Feeds


@dataclass(slots=True, kw_only=True)
class Composing:
    """Everything a card needs."""

    store: Feeds
    library: Library
    plans: Sequence[Plan]
    languages: Mapping[Language, Words]
    clock: Clock

    async def card(self, claim: Claim) -> Card:
        """The delivery as of now. Raise SendError for a service that nobody knows any more, StoreAway."""
        change, words = claim.delivery.change, self.languages[claim.delivery.language]
        if change.incident.is_sight:
            return sight(change.incident, words)
        service = await self._service(change.service)
        if claim.delivery.action is Action.REPLY and claim.root:
            return render.reply(change, service, words, merged=claim.merged)
        components = await self._components(service)
        return render.headline(change, service, components, await self._counsels(service, change, components), words)

    async def _service(self, slug: str) -> Service:
        """The service of that slug, though another process may have added its page just now. Raise SendError."""
        if self.library.everything.get(slug) is None:
            await self.library.refresh(self.clock.now(), at_once=True)
        service = self.library.everything.get(slug)
        if service is None:
            raise SendError(f"{slug} is no longer in the catalogue")
        return replace(service, slug=real_slug(service.slug))  # a drill's advice is the real one's

    async def _components(self, service: Service) -> Sequence[Component]:
        states = await self.store.states([service.feeds[0].id])
        snapshots = [state.snapshot for state in states.values() if state.snapshot]
        return snapshots[0].components if snapshots else ()

    async def _counsels(self, service: Service, change: Change, components: Sequence[Component]) -> tuple[Counsel, ...]:
        catalogue = self.library.everything
        plans = plans_concerned(self.plans, service, change.incident, components, catalogue)
        states = await self.store.states(feeds_of(watched(catalogue, plans).values())) if plans else {}
        parts = parts_concerned(service, change.incident, components)
        return counsels(catalogue, plans, parts, states, self.clock.now())
