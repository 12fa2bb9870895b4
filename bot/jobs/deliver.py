"""deliver: send what is due on one platform. Reads like the second half of the pipeline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.core.breaker import Breaker
from bot.core.pace import Pace
from bot.core.render_sight import closed_channel
from bot.core.schedule import next_attempt
from bot.domain.card import Card
from bot.domain.errors import Scope, SendError, Verdict
from bot.domain.subscription import Action, Claim, Delivery, Platform, Receipt, Target
from bot.jobs.compose import Composing
from bot.jobs.goback import says_so, tell_people
from bot.jobs.loop import Bell
from bot.jobs.turn import NotYet, turn
from bot.ports import Chat, Clock, Store
from bot.ports.meter import Count, Level, Meter, Silent, Span

log = structlog.stdlib.get_logger(__name__)

LEASE = timedelta(seconds=60)
"""Longer than any send may take; a process that died is taken over after this."""
REST = timedelta(seconds=30)
NO_CHAT = timedelta(minutes=5)
LATE = 0.75
"""Of a lease. No call begins after that: it would end, and its echo come, when another process has the delivery."""
PATIENCE = timedelta(seconds=2)
"""So long a delivery waits for its turn in hand, and a quarter of its lease at most; else it goes back to the table."""
TELL_PATIENCE = timedelta(seconds=20)
"""A message to a person is in no table: longer than this it is not waited for, and never sent."""
MOST_AT_ONCE = 50
CLOSED, TRYING, OPEN = 0, 1, 2


@dataclass(slots=True, kw_only=True)
class Delivering:
    """Everything that the deliveries of one platform need. One platform's trouble holds up no other's messages."""

    platform: Platform
    store: Store
    chats: Mapping[Platform, Chat]
    composing: Composing
    clock: Clock
    luck: Callable[[], float]
    bell: Bell
    lease: timedelta = LEASE
    rest: timedelta = REST
    pace: Pace = field(default_factory=Pace)
    breaker: Breaker = field(default_factory=Breaker)
    meter: Meter = field(default_factory=Silent)

    async def take(self, room: int) -> Sequence[Claim]:
        """Lease deliveries that are due; a look first, so that an idle outbox costs one read."""
        now = self.clock.now()
        if self.breaker.asks(now):
            await self._ask()
        chat = self.chats.get(self.platform)
        room = 0 if chat and not chat.may_speak() else self.breaker.room(room)
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
            self.meter.level(Level.BREAKER, TRYING, platform=self.platform)

    async def work(self, claim: Claim) -> None:
        """Bring one delivery to an end, or set its next attempt. Raises StoreAway only."""
        chat = self.chats.get(self.platform)
        if chat is None:
            await self._again(claim, f"no {self.platform} is set up", self._next(claim, NO_CHAT))
            return
        try:
            receipt = await self._found(chat, claim) or await self._send(chat, claim)
        except NotYet as wait:
            await self.store.defer(claim, self.clock.now() + wait.wait)
        except SendError as error:
            await self._failed(chat, claim, error)
        except Exception as error:
            log.exception("a delivery failed for a reason of our own", delivery=claim.id)
            await self._again(claim, f"{type(error).__name__}: {error}", self._next(claim))
        else:
            is_ours = await self._sent(claim, receipt)
            # Where another process took it over meanwhile, that one tells them. On a console it was printed for all.
            if is_ours and says_so(claim) and self.platform is not Platform.CONSOLE:
                words = self.composing.languages[claim.delivery.language]
                tell = partial(self._tell, chat, claim.delivery)
                await tell_people(claim, await self.composing.card(claim), tell, self.store, words)

    async def _send(self, chat: Chat, claim: Claim) -> Receipt:
        """When it is its turn. Raise NotYet when that is too far away."""
        card = await self.composing.card(claim)
        target, action = claim.delivery.target, claim.delivery.action
        await turn(self.pace, self.clock, target, action, min(PATIENCE, self.lease / 4))
        if claim.until and self.clock.now() >= claim.until - self.lease * (1 - LATE):
            # We were stopped for long: another process has it, or soon will, and may have said more since.
            raise NotYet(timedelta())
        receipt = await chat.deliver(claim, card)
        self._worked()
        return receipt

    async def _tell(self, chat: Chat, delivery: Delivery, person: str, card: Card) -> bool:
        """One person, when it is their turn. False where that is too far away. Raise SendError."""
        target = replace(delivery.target, channel=person)
        try:
            await turn(self.pace, self.clock, target, Action.TELL, TELL_PATIENCE)
            await chat.tell(person, card, target.workspace, delivery.language)
        except NotYet:
            return False
        except SendError as error:
            self._learn(target, Action.TELL, error.verdict)
            raise
        return True

    def _worked(self) -> None:
        if self.breaker.worked():
            log.warning("the platform works again", platform=self.platform)
            self.meter.level(Level.BREAKER, CLOSED, platform=self.platform)

    async def _found(self, chat: Chat, claim: Claim) -> Receipt | None:
        """Where it is already; if it has come to say more since it was posted, it is made to."""
        receipt = await self._settled(chat, claim)
        if receipt and claim.merged:
            edit = replace(claim, delivery=replace(claim.delivery, action=Action.EDIT), root=receipt)
            await self._send(chat, edit)
        return receipt

    async def _sent(self, claim: Claim, receipt: Receipt) -> bool:
        """Whether it was still ours to say so."""
        now, delivery = self.clock.now(), claim.delivery
        is_ours = await self.store.sent(claim, receipt, now)
        self.bell.ring()  # the next of its thread may go now
        if not is_ours:
            log.info("delivered late, another process has it", delivery=claim.id, attempt=claim.attempt)
            return False
        took = (now - claim.promised_at).total_seconds() if claim.promised_at else 0
        self.meter.count(Count.DELIVERIES, platform=self.platform, result="sent")
        if delivery.action in {Action.POST, Action.REPLY}:
            self.meter.observe(Span.INGEST_TO_POST, took, platform=self.platform)
        log.info(
            "delivered",
            delivery=claim.id,
            action=delivery.action,
            thread=delivery.thread_key,
            attempt=claim.attempt,
            merged=claim.merged,
            seconds=round(took, 1),
        )
        return True

    async def _settled(self, chat: Chat, claim: Claim) -> Receipt | None:
        """Where an earlier attempt put it, if it did; edits may simply be repeated."""
        if claim.unsettled_since is None or claim.delivery.action is Action.EDIT:
            return None
        settled = await chat.settle(claim, self.clock.now())
        outcome = "waiting" if settled.wait else "there" if settled.receipt else "not_there"
        self.meter.count(Count.AMBIGUOUS, platform=self.platform, outcome=outcome)
        if settled.wait:
            raise NotYet(settled.wait)
        if settled.receipt:
            self.meter.count(Count.DUPLICATES_SUPPRESSED, platform=self.platform)
        return settled.receipt

    async def _failed(self, chat: Chat, claim: Claim, error: SendError) -> None:
        verdict = error.verdict
        self._learn(claim.delivery.target, claim.delivery.action, verdict)
        if verdict.permanent:
            await self._give_up(chat, claim, str(error))
        elif verdict.hopeless:
            await self._again(claim, str(error), None)
        else:
            again = self._next(claim, verdict.retry_after)
            await self._again(claim, str(error), again, unsettled=verdict.ambiguous)

    def _learn(self, target: Target, action: Action, verdict: Verdict) -> None:
        """What the answer says of others: who must wait too, and whether the platform works at all."""
        now, wait = self.clock.now(), verdict.retry_after
        if wait and verdict.scope is Scope.PLATFORM:
            opens = self.breaker.shut(now, now + wait)
        elif wait:
            self.pace.hold(target, action, verdict.scope, now + wait)
            opens = False
        elif verdict.ambiguous or verdict.scope is Scope.PLATFORM:
            opens = self.breaker.failed(now)
        else:
            self._worked()
            opens = False
        if verdict.limited:
            self.meter.count(Count.HTTP_429, platform=self.platform)
        if opens:
            self.meter.level(Level.BREAKER, OPEN, platform=self.platform)
            log.error("the platform does not work, it is tried now and then", platform=self.platform)

    def _next(self, claim: Claim, retry_after: timedelta | None = None) -> datetime | None:
        now = self.clock.now()
        promised = claim.promised_at or now
        return next_attempt(now, claim.attempt, self.luck(), promised=promised, retry_after=retry_after)

    async def _again(self, claim: Claim, error: str, again: datetime | None, *, unsettled: bool = False) -> None:
        self.meter.count(Count.DELIVERIES, platform=self.platform, result="again" if again else "dead")
        say, what = (log.error, "given up") if again is None else (log.warning, "not delivered")
        say(what, delivery=claim.id, attempt=claim.attempt, error=error, again=str(again))
        await self.store.failed(claim, error, again=again, unsettled=unsettled, now=self.clock.now())

    async def _give_up(self, chat: Chat, claim: Claim, error: str) -> None:
        """The channel is closed to us: stop telling it anything, and tell those who subscribed it, once."""
        target, now = claim.delivery.target, self.clock.now()
        self.meter.count(Count.DELIVERIES, platform=self.platform, result="dead")
        await self.store.failed(claim, error, again=None, unsettled=False, now=now)
        owners = await self.store.disable(target, error, now)
        log.warning("channel closed to us", target=target.key, error=error, owners=len(owners))
        words = self.composing.languages[claim.delivery.language]
        for owner in owners:
            try:
                await chat.tell(owner, closed_channel(target, error, words), target.workspace, words.language)
            except SendError as failure:
                log.warning("could not tell the owner", target=target.key, error=str(failure))
                self._learn(replace(target, channel=owner), Action.TELL, failure.verdict)
