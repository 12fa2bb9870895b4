"""The whole pipeline on a real store, with a page, a chat and a clock that do what a test says."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.core.catalogue import Catalogue
from bot.core.pace import Pace
from bot.domain.continuity import Plan
from bot.domain.service import Service
from bot.domain.status import Snapshot
from bot.domain.subscription import Claim, Platform, Subscription
from bot.jobs.compose import Composing
from bot.jobs.deliver import Delivering
from bot.jobs.loop import Bell
from bot.jobs.poll import Polling
from bot.library import Library
from bot.locale import languages
from bot.ports import Document, Documents, Format
from bot.store.codec import decode, encode
from bot.store.store import SqlStore
from tests.fakes import FakeChat, FakeClock, FakeFetcher, FakeProber
from tests.made import LAMP, PLAN, TORCH

PLAINLY = Format(
    name="statuspage",
    documents=(Document(name="page.json", path=""),),
    recognise=bool,
    parse=lambda documents, _base: decode(Snapshot, documents["page.json"].decode()),
)
"""A format that says a snapshot as it is: what formats do is tested with them."""
ELSEWHERE = replace(PLAINLY, name="elsewhere")


def saying(page: Snapshot) -> Documents:
    return {"page.json": encode(Snapshot, page).encode()}


def nonsense() -> Documents:
    return {"page.json": json.dumps({"no": "snapshot"}).encode()}


@dataclass
class World:
    store: SqlStore
    services: Sequence[Service] = (LAMP, TORCH)
    plans: Sequence[Plan] = (PLAN,)
    clock: FakeClock = field(default_factory=FakeClock)
    chat: FakeChat = field(default_factory=FakeChat)
    bell: Bell = field(default_factory=Bell)

    prober: FakeProber = field(default_factory=FakeProber)

    def __post_init__(self) -> None:
        self.fetcher = FakeFetcher(self.clock)
        library = Library(Catalogue(tuple(self.services)), self.store)
        self.polling = Polling(
            library=library,
            formats={"statuspage": PLAINLY, "elsewhere": ELSEWHERE},
            fetcher=self.fetcher,
            store=self.store,
            clock=self.clock,
            luck=lambda: 0.5,
            outbox_bell=self.bell,
            prober=self.prober,
        )
        self.delivering = Delivering(
            platform=self.chat.platform,
            rest=timedelta(),
            pace=Pace(budgets={}),
            store=self.store,
            chats={self.chat.platform: self.chat},
            composing=Composing(
                store=self.store,
                library=library,
                plans=self.plans,
                languages=languages(),
                clock=self.clock,
            ),
            clock=self.clock,
            luck=lambda: 1.0,
            bell=self.bell,
        )

    async def begin(self, *subscriptions: Subscription) -> None:
        await self.store.register_feeds(self.polling.feed_ids, self.clock.now())
        for subscription in subscriptions:
            await self.store.subscribe(subscription, self.clock.now())

    async def poll(self) -> int:
        """One round: everything that is due, saved."""
        states = await self.polling.take(50)
        for state in states:
            await self.polling.work(state)
        await self.polling.save_quiet()
        return len(states)

    async def deliver(self) -> list[Claim]:
        """Until nothing is due any more."""
        done: list[Claim] = []
        while claims := await self.delivering.take(50):
            for claim in claims:
                await self.delivering.work(claim)
            done.extend(claims)
        return done

    async def round(self, minutes: float = 1) -> list[str]:
        """A minute later: poll, deliver, and what reached the chat."""
        self.clock.tick(minutes=minutes)
        before = len(self.chat.delivered)
        await self.poll()
        await self.deliver()
        return [f"{claim.delivery.action}: {card.title}" for claim, card in self.chat.delivered[before:]]

    def use(self, platform: Platform, chat: FakeChat) -> None:
        self.delivering.chats = {**self.delivering.chats, platform: chat}
