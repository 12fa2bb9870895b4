"""compose: a delivery as a card, rendered when it goes out, with the team's alternatives as they are then."""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime, timedelta

from bot.core import render, rewatch
from bot.core.aftermath import Aftermath
from bot.core.alternatives import Counsel
from bot.core.choosing import TeamPlans
from bot.core.drill import real_slug
from bot.core.playbooks import what_fails, with_last_resort
from bot.core.recovery import HOLD_DOWN, Recovery, Seen, Stage, recovers, relapsed
from bot.core.render_playbook import playbook_button
from bot.core.render_sight import sight
from bot.core.spread import spread
from bot.domain.card import Card
from bot.domain.change import Change, News, Reason
from bot.domain.continuity import Plan
from bot.domain.errors import SendError
from bot.domain.move import Move
from bot.domain.polling import FeedState
from bot.domain.service import Service
from bot.domain.status import Component, Incident, Snapshot
from bot.domain.subscription import Action, Claim, Target
from bot.domain.words import Language, Words
from bot.jobs.counselling import KEPT, Advice, Counselling
from bot.jobs.lately import Lately
from bot.jobs.recovery import judged, key, remembered
from bot.library import Library
from bot.living import Living
from bot.ports import Clock, Store


@dataclass(slots=True, kw_only=True)
class Composing:
    """Everything a card needs."""

    store: Store
    library: Library
    plans: InitVar[Sequence[Plan]]
    languages: Mapping[Language, Words]
    clock: Clock
    file: Living = field(default_factory=Living)
    hold: timedelta = HOLD_DOWN
    lately_s: float = 0.0
    counselling: Counselling = field(init=False)
    _seen: Lately[None, Mapping[str, Seen]] = field(init=False)
    _pages: Lately[tuple[datetime | None, str], Mapping[str, FeedState]] = field(init=False)

    def __post_init__(self, plans: Sequence[Plan]) -> None:
        """What the last look saw, and all that advice depends on, may be `lately_s` old."""
        self.counselling = Counselling(
            store=self.store, library=self.library, plans=plans, clock=self.clock, lately_s=self.lately_s
        )
        self._seen = Lately(lambda _: remembered(self.store), self.lately_s)
        self._pages = Lately(lambda asked: self.store.states([asked[1]]), self.lately_s, most=KEPT)

    async def card(self, claim: Claim) -> Card:
        """The delivery as of now. Raise SendError for a service that nobody knows any more, StoreAway."""
        change, words = claim.delivery.change, self.languages[claim.delivery.language]
        if change.incident.is_sight:
            return sight(change.incident, words)
        service = await self._service(change.service)
        if claim.delivery.action is Action.REPLY and change.reason is Reason.ADVICE:
            return render.told(change, service, words)
        if claim.delivery.action is Action.REPLY and claim.root:
            return await self._reply(claim, service, words)
        return await self._first(claim, service, words)

    async def _first(self, claim: Claim, service: Service, words: Words) -> Card:
        """The message that stands for the incident. What it recommends is remembered, so that it can be watched."""
        state = await self._state(service, claim)
        change = newest(claim.delivery.change, state.snapshot if state else None)
        aftermath, known, seen = await self._aftermath(claim, service, change, state, words)
        if claim.delivery.action is Action.POST and change.incident.phase.is_open and known:
            await self.store.note_advised(claim.delivery.thread_key, rewatch.begin(known, seen), self.clock.now())
        said = render.headline(change, service, _components(state), aftermath.counsels, words)
        first = aftermath.first(said, *await self._lately(claim, state), claim.id)
        return replace(first, buttons=(*first.buttons, *playbook_button(claim.id, change, words)))

    async def _reply(self, claim: Claim, service: Service, words: Words) -> Card:
        """Most need no advice, so nothing is read for it."""
        change = claim.delivery.change
        said = render.reply(change, service, words, merged=claim.merged)
        again = relapsed(change.incident, change.update)
        if change.reason is not Reason.HELD and not again:
            return said
        state = await self._state(service, claim)
        aftermath, _, _ = await self._aftermath(claim, service, change, state, words)
        if change.reason is Reason.HELD:
            return aftermath.can_go_back(*await self._lately(claim, state))
        return aftermath.again(said)

    async def _aftermath(
        self, claim: Claim, service: Service, change: Change, state: FeedState | None, words: Words
    ) -> tuple[Aftermath, tuple[Counsel, ...], tuple[str, ...]]:
        """What people can do, as it is shown; the advice alone, and the services on which it depends."""
        target, components = claim.delivery.target, _components(state)
        team = await self.counselling.of_team(target.team)
        known, seen = await self.advice(team, service, change.incident, components, target)
        fails = what_fails(service, change.incident, components) if change.incident.phase.is_open else None
        shown = with_last_resort(known, fails, self.file.playbooks, self.library.everything, words.language)
        return Aftermath(service=service, change=change, counsels=shown, words=words), known, seen

    async def _lately(self, claim: Claim, state: FeedState | None) -> tuple[Sequence[Move], Recovery]:
        """Who moved, and how far the recovery is."""
        incident, thread = claim.delivery.change.incident, claim.delivery.thread_key
        if state is None or not recovers(incident):
            return (), Recovery(stage=Stage.PAST)
        moves = () if claim.delivery.action is Action.POST else await self.store.moves(thread)  # nobody has seen it yet
        return moves, await self.recovery(incident, state)

    async def recovery(self, incident: Incident, state: FeedState) -> Recovery:
        """How far it is."""
        return await self.judged(incident, state, self.hold)

    async def judged(self, incident: Incident, state: FeedState, hold: timedelta) -> Recovery:
        """How far it is, where it has to hold for so long."""
        seen = (await self._seen(None)).get(key(state.feed, incident))
        return judged(incident, state, seen, self.clock.now(), hold)

    async def _service(self, slug: str) -> Service:
        """The service of that slug, though another process may have added its page just now. Raise SendError."""
        if self.library.everything.get(slug) is None:
            await self.library.refresh(self.clock.now(), at_once=True)
        service = self.library.everything.get(slug)
        if service is None:
            raise SendError(f"{slug} is no longer in the catalogue")
        return replace(service, slug=real_slug(service.slug))  # a drill's advice is the real one's

    async def _state(self, service: Service, claim: Claim) -> FeedState | None:
        """What is known of the page; of the service's own where what is told comes from elsewhere.

        It is read for all that was claimed at once, after that: so it is as new as what made us promise any of these.
        """
        own, feed = [one.id for one in service.feeds], claim.delivery.change.feed
        wanted = feed if feed in own else own[0]
        return (await self._pages((claim.until, wanted))).get(wanted)

    async def advice(
        self, team: TeamPlans, service: Service, incident: Incident, components: Sequence[Component], target: Target
    ) -> Advice:
        """What to use instead in this channel, and the services on which that depends."""
        catalogue = self.library.of(target.team)
        advice, slugs = await self.counselling.advice(team, catalogue, service, incident, components)
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


def _components(state: FeedState | None) -> Sequence[Component]:
    return state.snapshot.components if state and state.snapshot else ()
