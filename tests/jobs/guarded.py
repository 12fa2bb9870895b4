"""The pipeline with its watchdog: pages that are all well, the canary, and a clock that a test moves."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core import canary
from bot.core.catalogue import Catalogue
from bot.core.pace import Pace
from bot.domain.card import Card
from bot.domain.errors import StoreAway, Unreachable
from bot.domain.service import Feed, Service
from bot.domain.subscription import Claim, Platform, Receipt, Target
from bot.feeds.formats.statuspage import FORMAT
from bot.feeds.selftest import SelfTest
from bot.jobs.alarm import Alarm
from bot.jobs.canary import Canary
from bot.jobs.compose import Composing
from bot.jobs.deliver import Delivering
from bot.jobs.loop import Bell
from bot.jobs.poll import Polling
from bot.jobs.watchdog import LOOK_S, POLLER, Beats, Probe, Watchdog, sender
from bot.library import Library
from bot.locale import languages
from bot.ports import Chat, Fetched, Fetcher
from bot.store.store import SqlStore
from tests.fakes import FakeChat, FakeClock, FakeFetcher
from tests.jobs.world import ELSEWHERE, saying
from tests.made import snapshot

SLACK = Target(platform=Platform.SLACK, workspace="T1", channel="C9")
PAGES = tuple(
    Service(slug=f"page{n}", name=f"Page {n}", page="", feeds=(Feed(id=f"page{n}", url="", format="elsewhere"),))
    for n in range(6)
)
BEGIN = datetime.fromisoformat("2026-11-20T12:00:00+00:00")


@dataclass
class EchoingChat(FakeChat):
    """Slack shows us what we posted, unless it is `mute`."""

    store: SqlStore | None = None
    mute: bool = False

    async def deliver(self, claim: Claim, card: Card) -> Receipt:
        receipt = await super().deliver(claim, card)
        if self.store and not self.mute:
            await self.store.echoed(claim.id, receipt, claim.promised_at or BEGIN)
        return receipt


@dataclass
class FakePing:
    """What the dead man's switch heard, and when; it can be out of reach."""

    clock: FakeClock
    heard: list[tuple[datetime, str]] = field(default_factory=list)
    reachable: bool = True

    async def __call__(self, *, failed: bool) -> str:
        if not self.reachable:
            return "ClientConnectorError"
        self.heard.append((self.clock.now(), "fail" if failed else "alive"))
        return ""


@dataclass
class Pages:
    """Every page says that all is well, as long as anybody can reach it."""

    clock: FakeClock
    reachable: bool = True

    async def fetch(self, feed: Feed, *_: object, **__: object) -> Fetched:
        if not self.reachable:
            raise Unreachable("no connection can be made")
        answer = FakeFetcher(self.clock)
        answer.say(feed.id, saying(snapshot()))
        return await answer.fetch(feed, ELSEWHERE, {}, everything=True)


@dataclass
class Guarded:
    """`poll`, `send` and `look` are what the loops do in their turn; a test stops them."""

    store: SqlStore
    chats: Mapping[Platform, Chat]
    target: Target | None = SLACK
    clock: FakeClock = field(default_factory=lambda: FakeClock(BEGIN))
    probes: dict[str, Probe] = field(default_factory=dict)
    addresses: dict[Platform, str] = field(default_factory=dict)
    polls: bool = True
    sends: bool = True

    def __post_init__(self) -> None:
        words = languages()["en"]
        self.ping = FakePing(self.clock)
        self.pages = Pages(self.clock)
        self.hidden = (canary.service(words),) if self.target else ()
        self.library = Library(Catalogue(PAGES), self.store, self.hidden)
        fetcher: Fetcher = SelfTest(fetcher=self.pages, clock=self.clock, words=words)
        self.polling = Polling(
            library=self.library,
            formats={"statuspage": FORMAT, "elsewhere": ELSEWHERE},
            fetcher=fetcher,
            store=self.store,
            clock=self.clock,
            luck=lambda: 0.5,
            outbox_bell=Bell(),
        )
        self.deliverings = [self._delivering(platform) for platform in self.chats]
        self.canary = Canary(
            target=self.target,
            store=self.store,
            signs=self.store,
            clock=self.clock,
            language="en",
            interval=timedelta(seconds=60),
        )
        beats = Beats(signs=self.store, clock=self.clock)
        self.take = beats.before(POLLER, self.polling.take)
        self.claims = [beats.before(sender(one.platform), one.take) for one in self.deliverings]
        self.watchdog = self.another()

    def another(self, owner: str = "one") -> Watchdog:
        """The watchdog of one process."""
        alarm = Alarm(
            owner=owner,
            addresses=self.addresses,
            chats=self.chats,
            notes=self.store,
            leases=self.store,
            words=languages()["en"],
            began=self.clock.now(),
        )
        return Watchdog(
            owner=owner,
            signs=self.store,
            leases=self.store,
            clock=self.clock,
            canary=self.canary,
            ping=self.ping,
            beats=(POLLER, *map(sender, self.chats), *self.probes),
            platforms=self.chats.keys(),
            probes=self.probes,
            tell=alarm,
        )

    def _delivering(self, platform: Platform) -> Delivering:
        return Delivering(
            platform=platform,
            pace=Pace(budgets={}),
            store=self.store,
            chats=self.chats,
            composing=Composing(
                store=self.store,
                library=self.library,
                plans=(),
                languages=languages(),
                clock=self.clock,
            ),
            clock=self.clock,
            luck=lambda: 1.0,
            bell=Bell(),
        )

    async def begin(self) -> None:
        await self.store.register_feeds(self.polling.feed_ids, self.clock.now())
        await self.canary.settle()

    async def poll(self) -> None:
        for state in await self.take(50):
            await self.polling.work(state)
        await self.polling.save_quiet()

    async def send(self) -> None:
        for claim_due, delivering in zip(self.claims, self.deliverings, strict=True):
            while claims := await claim_due(50):
                for claim in claims:
                    await delivering.work(claim)

    async def round(self) -> None:
        """Twenty seconds later: every loop that is not stopped has its turn."""
        self.clock.tick(seconds=LOOK_S)
        for loop, turns in ((self.poll, self.polls), (self.send, self.sends)):
            if turns:
                with suppress(StoreAway):  # a pump tries again
                    await loop()
        await self.watchdog.look()

    async def minutes(self, count: float) -> None:
        for _ in range(round(count * 60 / LOOK_S)):
            await self.round()

    @property
    def alive(self) -> list[float]:
        return [(at - BEGIN) / timedelta(minutes=1) for at, what in self.ping.heard if what == "alive"]

    @property
    def failed(self) -> list[float]:
        return [(at - BEGIN) / timedelta(minutes=1) for at, what in self.ping.heard if what == "fail"]


def guarded(store: SqlStore, **more: object) -> Guarded:
    """With a Slack that shows us our messages."""
    chat = EchoingChat(store=store)
    return Guarded(store=store, chats={Platform.SLACK: chat}, **more)  # type: ignore[arg-type] # by name
