"""compose: a delivery as a card, rendered when it goes out, with the team's alternatives as they are then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core import render, rewatch
from bot.core.alternatives import Counsel, parts_concerned, plans_concerned
from bot.core.choosing import TeamPlans, of_team, tried
from bot.core.overview import counsels, feeds_of, watched
from bot.core.render_sight import sight
from bot.core.spread import spread
from bot.domain.card import Card
from bot.domain.change import Change, News, Reason
from bot.domain.continuity import Plan
from bot.domain.errors import SendError
from bot.domain.service import Service
from bot.domain.status import Component, Incident, Snapshot
from bot.domain.subscription import Action, Claim, Target
from bot.domain.words import Language, Words
from bot.library import Library
from bot.living import Living
from bot.ports import Clock, Store


@dataclass(slots=True, kw_only=True)
class Composing:
    """Everything a card needs."""

    store: Store
    library: Library
    plans: Sequence[Plan]
    languages: Mapping[Language, Words]
    clock: Clock
    file: Living = field(default_factory=Living)

    async def card(self, claim: Claim) -> Card:
        """The delivery as of now. Raise SendError for a service that nobody knows any more, StoreAway."""
        change, words = claim.delivery.change, self.languages[claim.delivery.language]
        if change.incident.is_sight:
            return sight(change.incident, words)
        service = await self._service(change.service)
        if claim.delivery.action is Action.REPLY and change.reason is Reason.ADVICE:
            return render.told(change, service, words)
        if claim.delivery.action is Action.REPLY and claim.root:
            return render.reply(change, service, words, merged=claim.merged)
        snapshot = await self._snapshot(service, change.feed)
        change = newest(change, snapshot)
        components = snapshot.components if snapshot else ()
        team = await self.of_team(claim.delivery.target.team)
        advice, watched = await self.advice(team, service, change.incident, components, claim.delivery.target)
        if claim.delivery.action is Action.POST and change.incident.phase.is_open and advice:
            row = rewatch.begin(advice, watched)
            await self.store.note_advised(claim.delivery.thread_key, row, self.clock.now())
        return render.headline(change, service, components, advice, words)

    async def _service(self, slug: str) -> Service:
        """The service of that slug, though another process may have added its page just now. Raise SendError."""
        if self.library.everything.get(slug) is None:
            await self.library.refresh(self.clock.now(), at_once=True)
        service = self.library.everything.get(slug)
        if service is None:
            raise SendError(f"{slug} is no longer in the catalogue")
        return service

    async def _snapshot(self, service: Service, feed: str) -> Snapshot | None:
        """What the page said last; the service's own where what is told comes from elsewhere."""
        own = [one.id for one in service.feeds]
        wanted = feed if feed in own else own[0]
        state = (await self.store.states([wanted])).get(wanted)
        return state.snapshot if state else None

    async def of_team(self, team: str) -> TeamPlans:
        """The plans of the file and of this team alone."""
        return of_team(self.plans, await self.store.choices_of(team), await self.store.of(team))

    async def advice(
        self, team: TeamPlans, service: Service, incident: Incident, components: Sequence[Component], target: Target
    ) -> tuple[tuple[Counsel, ...], tuple[str, ...]]:
        """What to use instead in this channel, and the services on which that depends."""
        catalogue = self.library.of(target.team)
        plans = tried(plans_concerned(team.plans, service, incident, components, catalogue), team.trials)
        seen = watched(catalogue, plans)
        states = await self.store.states(feeds_of(seen.values())) if plans else {}
        parts = parts_concerned(service, incident, components)
        advice = counsels(catalogue, plans, parts, states, self.clock.now())
        slugs = tuple(sorted({found.service.slug for found in seen.values()}))
        return spread(advice, target.key) if self.file.spreads else advice, slugs


def newest(change: Change, snapshot: Snapshot | None) -> Change:
    """A card that is shown again for its advice shows its incident as it is by now, however long that waited."""
    if change.reason is not Reason.ADVICE or snapshot is None:
        return change
    listed = next((one for one in snapshot.incidents if one.id == change.incident.id), None)
    if listed:
        return replace(change, incident=listed)
    absent = next((one for one in snapshot.absent if one.incident.id == change.incident.id), None)
    if absent is None:
        return change
    news = News.UNLISTED if absent.told else change.news
    return replace(change, incident=absent.incident, news=news)
