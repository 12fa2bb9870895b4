"""Real classes that implement the ports; mypy checks them against the Protocols."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.card import Card
from bot.domain.errors import FeedError, Unreachable
from bot.domain.polling import Validator
from bot.domain.service import Feed
from bot.domain.subscription import Claim, Platform, Receipt
from bot.domain.words import Language
from bot.ports import Chat, Clock, Documents, Fetched, Fetcher, Format, Probed, Prober, Settled

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class FakeClock:
    """Stands still until it is told to tick."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def tick(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@dataclass
class FakeFetcher:
    """Answers each feed with the documents given for it, one lot per call; "not modified" after the last."""

    clock: FakeClock
    answers: dict[str, list[Documents | Exception]] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    wish: timedelta | None = None

    async def fetch(
        self, feed: Feed, format_: Format, validators: Mapping[str, Validator], *, everything: bool
    ) -> Fetched:
        self.asked.append((feed.id, everything))
        answers = self.answers.get(feed.id, [])
        answer = answers.pop(0) if answers else None
        if isinstance(answer, Exception):
            raise answer
        seen = {document.name: Validator(asked_at=self.clock.now(), etag="e") for document in format_.documents}
        return Fetched(documents=answer, validators=seen, wish=self.wish)

    def say(self, feed: str, *answers: Documents | FeedError | Exception) -> None:
        self.answers.setdefault(feed, []).extend(answers)


@dataclass
class FakeChat:
    """Keeps what it was given; raises the queued errors first; answers `settle` with the queued answers."""

    platform: Platform = Platform.SLACK
    delivered: list[tuple[Claim, Card]] = field(default_factory=list)
    told: list[tuple[str, Card]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    tell_errors: list[Exception] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    asked: list[Claim] = field(default_factory=list)
    mute: bool = False

    def may_speak(self) -> bool:
        return not self.mute

    async def deliver(self, claim: Claim, card: Card) -> Receipt:
        if self.errors:
            raise self.errors.pop(0)
        self.delivered.append((claim, card))
        return Receipt(message=f"m{claim.id}", channel=claim.delivery.target.channel)

    async def settle(self, claim: Claim, now: datetime) -> Settled:
        self.asked.append(claim)
        return self.settled.pop(0)

    async def alive(self) -> None:
        if self.errors:
            raise self.errors.pop(0)

    async def tell(self, owner: str, card: Card, workspace: str = "", language: Language | None = None) -> None:
        if self.tell_errors:
            raise self.tell_errors.pop(0)
        self.told.append((owner, card))


@dataclass
class FakeProber:
    """Finds what it was told is there; anything else cannot be reached."""

    found: dict[str, Probed | FeedError] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)

    async def probe(self, url: str, *, trusted: bool) -> Probed:
        self.asked.append((url, trusted))
        found = self.found.get(url, Unreachable(f"{url}: its host name is not known"))
        if isinstance(found, FeedError):
            raise found
        return found


def _they_implement_the_ports(
    clock: FakeClock, fetcher: FakeFetcher, chat: FakeChat, prober: FakeProber
) -> tuple[Clock, Fetcher, Chat, Prober]:
    return clock, fetcher, chat, prober
