"""A desk, notes and a clock, as small as the ports allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.commands.spec import Caller, Command, Option
from bot.domain.card import Card, Tone
from bot.domain.change import Change, News, Reason
from bot.domain.errors import StoreAway
from bot.domain.status import Incident, Kind, Phase
from bot.domain.subscription import Action, Claim, Delivery, Platform, Receipt, Target
from bot.domain.words import Language

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
TOKEN = "NDI0Mg.made.up"  # 4242
APPLICATION = 4242

COMMANDS = (
    Command(
        name="status",
        summary="How a tool is now",
        options=(
            Option(name="tool", summary="Which tool", services=True),
            Option(name="detail-level", summary="How much to tell", choices=("short", "long")),
        ),
    ),
    Command(
        name="follow",
        summary="Tell this channel about a tool",
        options=(Option(name="tool", summary="Which tool", required=True, services=True),),
        managers_only=True,
    ),
)
FRENCH = {
    "How a tool is now": "Comment va un outil",
    "Which tool": "Quel outil",
    "Which tools are down, and what to use instead": "Quels outils sont en panne, et que prendre à la place",
    "Warning": "Attention",
    "I cannot answer just now. Please ask again in a minute.": "pas maintenant",
}


@dataclass
class FakeDesk:
    """Answers every command with a card that repeats it."""

    commands: Sequence[Command] = COMMANDS
    asked: list[tuple[str, dict[str, str], Caller]] = field(default_factory=list)
    known: Sequence[tuple[str, str]] = (("Paper Mill", "paper-mill"), ("Paper Plane", "paper-plane"))

    async def answer_line(self, line: str, caller: Caller) -> Card:
        name, _, rest = line.partition(" ")
        return await self.answer(name, {"rest": rest}, caller)

    async def answer(self, command: str, options: Mapping[str, str], caller: Caller) -> Card:
        self.asked.append((command, dict(options), caller))
        if command == "follow" and not caller.may_manage:
            return Card(tone=Tone.WARNING, title="Only people who manage this channel can do that")
        return Card(tone=Tone.GOOD, title=f"{command} answered", lead=(options.get("tool", "everything"),))

    async def press(self, does: str, caller: Caller) -> Card:
        return await self.answer_line(f"pressed {does}", caller)

    def complete(self, typed: str, limit: int) -> Sequence[tuple[str, str]]:
        return [pair for pair in self.known if typed.lower() in pair[0].lower()][:limit]

    def translate(self, text: str, language: Language) -> str:
        return FRENCH.get(text, text) if language == "fr" else text


@dataclass
class FakeNotes:
    """What is remembered; `down` while the database is away."""

    kept: dict[str, str] = field(default_factory=dict)
    down: bool = False

    async def note(self, name: str) -> str | None:
        self._answers()
        return self.kept.get(name)

    async def set_note(self, name: str, value: str) -> None:
        self._answers()
        self.kept[name] = value

    def _answers(self) -> None:
        if self.down:
            raise StoreAway("gone")


@dataclass
class FakeLeases:
    """Who holds what until when, as the database has it; `down` while that is away."""

    held: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    down: bool = False

    async def hold(self, name: str, owner: str, now: datetime, lease: timedelta) -> int | None:
        self._answers()
        holder, until = self.held.get(name, (owner, now))
        if holder != owner and until > now:
            return None
        self.held[name] = (owner, now + lease)
        return 1

    async def let_go(self, name: str, owner: str, now: datetime) -> None:
        self._answers()
        if self.held.get(name, ("", now))[0] == owner:
            del self.held[name]

    def _answers(self) -> None:
        if self.down:
            raise StoreAway("gone")


@dataclass
class FakeSubscriptions:
    """Forgets servers, after the queued errors."""

    forgotten: list[tuple[Platform, str]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    async def forget_workspace(self, platform: Platform, workspace: str, now: datetime) -> int:
        if self.errors:
            raise self.errors.pop(0)
        self.forgotten.append((platform, workspace))
        return 2


@dataclass
class FakeClock:
    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def tick(self, **spans: float) -> None:
        self.time += timedelta(**spans)


def claim(
    number: int = 7,
    action: Action = Action.POST,
    *,
    channel: int = 3000,
    root: Receipt | None = None,
    title: str = "Presses are jammed",
    language: Language = "en",
) -> Claim:
    target = Target(platform=Platform.DISCORD, workspace="2000", channel=str(channel))
    incident = Incident(id="jam", kind=Kind.INCIDENT, title=title, phase=Phase.INVESTIGATING)
    change = Change(service="mill", feed="mill", news=News.OPENED, reason=Reason.NEW_INCIDENT, incident=incident)
    delivery = Delivery(key=f"k{number}", target=target, action=action, change=change, reason="test", language=language)
    return Claim(id=number, delivery=delivery, attempt=1, lease=1, root=root)


def card(title: str = "Presses are jammed", tone: Tone = Tone.CRITICAL) -> Card:
    return Card(tone=tone, title=title, lead=("Nothing is printed.",), quote="We look into it.")
