"""A clock, a desk and an outbox, and short ways to make claims."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.commands.spec import Caller, Command
from bot.domain.card import Card, Tone
from bot.domain.change import Change, News, Reason
from bot.domain.errors import StoreAway
from bot.domain.status import Incident, Kind, Phase
from bot.domain.subscription import Action, Claim, Delivery, Platform, Receipt, Target
from bot.domain.words import Language
from tests.chat.slack.front import TEAM

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
CARD = Card(
    tone=Tone.BAD, title="Parrot: logins fail", url="https://status.parrot.example/i/1", quote="We look into it."
)


class FakeClock:
    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def passes(self, **time: float) -> None:
        self.at += timedelta(**time)


class FakeDesk:
    """Answers every line with a card that repeats it."""

    commands: Sequence[Command] = ()

    def __init__(self) -> None:
        self.asked: list[tuple[str, Caller]] = []

    async def answer_line(self, line: str, caller: Caller) -> Card:
        self.asked.append((line, caller))
        return Card(tone=Tone.INFO, title=f"You asked: {line}")

    async def answer(self, command: str, options: Mapping[str, str], caller: Caller) -> Card:
        return await self.answer_line(command, caller)

    async def press(self, does: str, caller: Caller) -> Card:
        return await self.answer_line(f"pressed {does}", caller)

    def complete(self, typed: str, limit: int) -> Sequence[tuple[str, str]]:
        return ()

    def translate(self, text: str, language: Language) -> str:
        return text


class FakeOutbox:
    """Remembers echoes, and whether there were any before. While `away`, the database is."""

    def __init__(self) -> None:
        self.echoes: dict[int, Receipt] = {}
        self.before = True
        self.away = False

    async def echoed(self, delivery: int, receipt: Receipt, now: datetime) -> None:
        if self.away:
            raise StoreAway("the database is away")
        self.echoes[delivery] = receipt

    async def delivery(self, number: int) -> Delivery | None:
        return None

    async def echo(self, delivery: int) -> Receipt | None:
        return self.echoes.get(delivery)

    async def is_echoed(self) -> bool:
        return self.before or bool(self.echoes)

    async def promise(self, deliveries: Sequence[Delivery], now: datetime) -> int:
        return len(deliveries)

    async def rooted(self, threads: Iterable[str]) -> frozenset[str]:
        return frozenset()

    async def claim_due(
        self, platform: Platform, now: datetime, lease: timedelta, limit: int, rest: timedelta = timedelta()
    ) -> Sequence[Claim]:
        return ()

    async def next_due(self, platform: Platform) -> datetime | None:
        return None

    async def defer(self, claim: Claim, until: datetime) -> None:
        return None

    async def sent(self, claim: Claim, receipt: Receipt, now: datetime) -> bool:
        return True

    async def failed(self, claim: Claim, error: str, *, again: datetime | None, unsettled: bool, now: datetime) -> None:
        return None


def claim(
    action: Action = Action.POST,
    *,
    number: int = 7,
    root: Receipt | None = None,
    channel: str = "C0OPS",
    workspace: str = TEAM,
    unsettled_since: datetime | None = None,
) -> Claim:
    incident = Incident(id="i1", kind=Kind.INCIDENT, title="Logins fail", phase=Phase.INVESTIGATING)
    change = Change(service="parrot", feed="parrot", news=News.OPENED, reason=Reason.NEW_INCIDENT, incident=incident)
    delivery = Delivery(
        key=f"key-{number}",
        target=Target(platform=Platform.SLACK, workspace=workspace, channel=channel),
        action=action,
        change=change,
        reason="because",
    )
    return Claim(id=number, delivery=delivery, attempt=1, lease=1, root=root, unsettled_since=unsettled_since)
