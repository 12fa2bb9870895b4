"""canary: its channel follows it, and no other. Whether its messages arrive."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.core.canary import SLUG, Arrival, judge, patience, steps
from bot.domain.subscription import Subscription, Target
from bot.domain.words import Language
from bot.ports import Clock, Store
from bot.ports.vitals import VitalSigns

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """`target` is its channel, None where the operator wants no canary.

    `interval` is how often it is polled, `rest` how long a thread is quiet between two messages.
    """

    target: Target | None
    store: Store
    signs: VitalSigns
    clock: Clock
    language: Language
    interval: timedelta
    rest: timedelta = timedelta()

    async def settle(self) -> None:
        """Let its channel follow it and nobody else, as the setting says now. Raise StoreAway."""
        now = self.clock.now()
        others = [one.target for one in await self.store.subscriptions(SLUG) if one.target != self.target]
        for target in others:
            await self.store.unsubscribe(target, SLUG)
        if others and self.target is None:
            await self.signs.withdraw(SLUG, "the self-test was switched off", now)
        if self.target:
            follow = Subscription(target=self.target, service=SLUG, language=self.language)
            await self.store.subscribe(follow, now)
            await self.store.hasten([SLUG], now)

    async def arrival(self) -> Arrival | None:
        """Whether its messages arrive; None where there is no canary. Raise StoreAway."""
        if self.target is None:
            return None
        now = self.clock.now()
        if not any(one.target == self.target for one in await self.store.subscriptions(SLUG)):
            return Arrival.FAILED  # its channel was closed to us
        sent = await self.signs.fates(key for step in steps(now) for key in step.keys(self.target))
        arrival = judge(sent, self.target, now, late=patience(self.interval, self.rest))
        if arrival is not Arrival.WELL:
            # An older copy of the program, still running beside us, does not know this page and puts it off for a day.
            await self.store.hasten([SLUG], now)
        return arrival
