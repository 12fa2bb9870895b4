"""deliver: send what is due on one platform. Reads like the second half of the pipeline."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.core import render
from bot.core.alternatives import Counsel, plans_concerned
from bot.core.breaker import Breaker
from bot.core.overview import counsels, feeds_of, watched
from bot.core.pace import Pace
from bot.core.render_sight import sight
from bot.core.schedule import next_attempt
from bot.domain.card import Card, Tone
from bot.domain.change import Change
from bot.domain.continuity import Plan
from bot.domain.errors import Scope, SendError, Verdict
from bot.domain.service import Service
from bot.domain.status import Component
from bot.domain.subscription import Action, Claim, Platform, Receipt, Target
from bot.domain.words import Language, Words
from bot.jobs.loop import Bell
from bot.library import Library
from bot.ports import Chat, Clock, Store

log = structlog.stdlib.get_logger(__name__)

LEASE = timedelta(seconds=60)
"""Longer than any send may take; a process that died is taken over after this."""
REST = timedelta(seconds=30)
NO_CHAT = timedelta(minutes=5)
PATIENCE = timedelta(seconds=2)
"""So long a delivery waits for its turn in hand; it goes back to the table for a longer time."""
MOST_AT_ONCE = 50


@dataclass(slots=True, kw_only=True)
class Delivering:
    """Everything that the deliveries of one platform need. One platform's trouble holds up no other's messages."""

    platform: Platform
    store: Store
    chats: Mapping[Platform, Chat]
    library: Library
    plans: Sequence[Plan]
    languages: Mapping[Language, Words]
    clock: Clock
    luck: Callable[[], float]
    bell: Bell
    lease: timedelta = LEASE
    rest: timedelta = REST
    pace: Pace = field(default_factory=Pace)
    breaker: Breaker = field(default_factory=Breaker)

    async def take(self, room: int) -> Sequence[Claim]:
        """Lease deliveries that are due; a look first, so that an idle outbox costs one read."""
        now = self.clock.now()
        if self.breaker.asks(now):
            await self._ask()
        room = self.breaker.room(room)
        due = await self.store.next_due(self.platform) if room else None
        if due is None or due > now:
            return ()
        claims = await self.store.claim_due(self.platform, now, self.lease, room, self.rest)
        if claims:
            self.breaker.took()
        return claims

    async def _ask(self) -> None:
        chat = self.chats.get(self.platform)
        try:
            if chat:
                await chat.alive()
        except SendError as error:
            log.debug("the platform does not answer yet", platform=self.platform, error=str(error))
        else:
            self.breaker.answered()

    async def work(self, claim: Claim) -> None:
        """Bring one delivery to an end, or set its next attempt. Raises StoreAway only."""
        chat = self.chats.get(self.platform)
        if chat is None:
            await self._again(claim, f"no {self.platform} is set up", self.clock.now() + NO_CHAT)
            return
        try:
            receipt = await self._found(chat, claim) or await self._send(chat, claim)
        except _NotYet as wait:
            await self.store.defer(claim, self.clock.now() + wait.wait)
        except SendError as error:
            await self._failed(chat, claim, error)
        except Exception as error:
            log.exception("a delivery failed for a reason of our own", delivery=claim.id)
            await self._again(claim, f"{type(error).__name__}: {error}", self._next(claim))
        else:
            await self._sent(claim, receipt)

    async def _send(self, chat: Chat, claim: Claim) -> Receipt:
        """When it is its turn. Raise _NotYet when that is too far away."""
        card = await self.compose(claim)
        delivery, now = claim.delivery, self.clock.now()
        wait = self.pace.reserve(delivery.target, delivery.action, now, PATIENCE)
        if wait > PATIENCE:
            raise _NotYet(wait)
        if wait:
            await asyncio.sleep(wait.total_seconds())
        receipt = await chat.deliver(claim, card)
        if self.breaker.worked():
            log.warning("the platform works again", platform=self.platform)
        return receipt

    async def _found(self, chat: Chat, claim: Claim) -> Receipt | None:
        """Where it is already; if it has come to say more since it was posted, it is made to."""
        receipt = await self._settled(chat, claim)
        if receipt and claim.merged:
            edit = replace(claim, delivery=replace(claim.delivery, action=Action.EDIT), root=receipt)
            await self._send(chat, edit)
        return receipt

    async def _sent(self, claim: Claim, receipt: Receipt) -> None:
        now, delivery = self.clock.now(), claim.delivery
        await self.store.sent(claim, receipt, now)
        self.bell.ring()  # the next of its thread may go now
        took = (now - claim.promised_at).total_seconds() if claim.promised_at else 0
        log.info(
            "delivered",
            delivery=claim.id,
            action=delivery.action,
            thread=delivery.thread_key,
            attempt=claim.attempt,
            merged=claim.merged,
            seconds=round(took, 1),
        )

    async def compose(self, claim: Claim) -> Card:
        """Render the delivery's card as of now."""
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
        return service

    async def _settled(self, chat: Chat, claim: Claim) -> Receipt | None:
        """Where an earlier attempt put it, if it did; edits may simply be repeated."""
        if claim.unsettled_since is None or claim.delivery.action is Action.EDIT:
            return None
        settled = await chat.settle(claim, self.clock.now())
        if settled.wait:
            raise _NotYet(settled.wait)
        return settled.receipt

    async def _components(self, service: Service) -> Sequence[Component]:
        states = await self.store.states([service.feeds[0].id])
        snapshots = [state.snapshot for state in states.values() if state.snapshot]
        return snapshots[0].components if snapshots else ()

    async def _counsels(self, service: Service, change: Change, components: Sequence[Component]) -> tuple[Counsel, ...]:
        plans = plans_concerned(self.plans, service, change.incident, components)
        catalogue = self.library.everything
        states = await self.store.states(feeds_of(watched(catalogue, plans).values())) if plans else {}
        return counsels(catalogue, plans, states, self.clock.now())

    async def _failed(self, chat: Chat, claim: Claim, error: SendError) -> None:
        verdict = error.verdict
        self._learn(claim, verdict)
        if verdict.permanent:
            await self._give_up(chat, claim, str(error))
        elif verdict.hopeless:
            await self._again(claim, str(error), None)
        else:
            again = self._next(claim, verdict.retry_after)
            await self._again(claim, str(error), again, unsettled=verdict.ambiguous)

    def _learn(self, claim: Claim, verdict: Verdict) -> None:
        """What the answer says of others: who must wait too, and whether the platform works at all."""
        delivery, now = claim.delivery, self.clock.now()
        wait = verdict.retry_after
        if wait and verdict.scope is Scope.PLATFORM:
            opens = self.breaker.shut(now, now + wait)
        elif wait:
            self.pace.hold(delivery.target, delivery.action, verdict.scope, now + wait)
            opens = False
        elif verdict.ambiguous:
            opens = self.breaker.failed(now)
        else:
            self.breaker.worked()
            opens = False
        if opens:
            log.error("the platform does not work, it is tried now and then", platform=self.platform)

    def _next(self, claim: Claim, retry_after: timedelta | None = None) -> datetime | None:
        now = self.clock.now()
        promised = claim.promised_at or now
        return next_attempt(now, claim.attempt, self.luck(), promised=promised, retry_after=retry_after)

    async def _again(self, claim: Claim, error: str, again: datetime | None, *, unsettled: bool = False) -> None:
        say, what = (log.error, "given up") if again is None else (log.warning, "not delivered")
        say(what, delivery=claim.id, attempt=claim.attempt, error=error, again=str(again))
        await self.store.failed(claim, error, again=again, unsettled=unsettled, now=self.clock.now())

    async def _give_up(self, chat: Chat, claim: Claim, error: str) -> None:
        """The channel is closed to us: stop telling it anything, and tell those who subscribed it, once."""
        target, now = claim.delivery.target, self.clock.now()
        await self.store.failed(claim, error, again=None, unsettled=False, now=now)
        owners = await self.store.disable(target, error, now)
        log.warning("channel closed to us", target=target.key, error=error, owners=len(owners))
        words = self.languages[claim.delivery.language]
        for owner in owners:
            try:
                await chat.tell(owner, closed_channel(target, error, words))
            except SendError as failure:
                log.warning("could not tell the owner", target=target.key, error=str(failure))


class _NotYet(Exception):
    """Whether it was posted cannot be known yet, or others go first: the platform takes only so much at a time."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


def closed_channel(target: Target, error: str, words: Words) -> Card:
    """What an owner reads when a channel no longer takes our messages."""
    return Card(
        tone=Tone.WARNING,
        title=words("I can no longer post in a channel you subscribed"),
        lead=(words("Channel {channel}: {error}.", channel=target.channel, error=error),),
        footer=(words("Invite me there again and subscribe once more; until then I stay silent in it."),),
    )
