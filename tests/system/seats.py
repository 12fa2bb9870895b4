"""Where people sit during a drill: each chat as they see it and use it, with its own buttons."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.app import App
from bot.chat.console.draw import plain
from tests.chat.discord.front import buttons_of, member, user
from tests.chat.slack.front import TEAM
from tests.system.stage import Stage, text


class Seat(Protocol):
    """A channel as people see it. `mark` is what every message of a drill says there; `heard` is all they read."""

    mark: str
    heard: list[str]

    async def types(self, line: str) -> str: ...

    async def presses(self, does: str, person: int = 1) -> str:
        """Press the button that does that, wherever it is shown now; what they alone read."""
        ...

    def first(self) -> str:
        """The first message, as it is shown now."""
        ...

    def thread(self) -> list[str]:
        """What was said under it, oldest first."""
        ...


@dataclass
class SlackSeat:
    play: Stage
    mark: str = "DRILL – "
    heard: list[str] = field(default_factory=list)
    _last: dict[str, Any] = field(default_factory=dict)

    async def types(self, line: str) -> str:
        await self.play.slack.slash(line, channel_id="C1", user_id="U1")
        return await self._read()

    async def presses(self, does: str, person: int = 1) -> str:
        shown = [*self.play.slack.posts.values(), self._last]
        values = [e.get("value", "") for one in shown for b in one["blocks"] for e in b.get("elements", ())]
        value = next(one for one in reversed(values) if does in one)
        await self.play.slack.press(value, user={"id": f"UANN{person}", "team_id": TEAM}, channel={"id": "C1"})
        return await self._read()

    async def _read(self) -> str:
        self._last = await self.play.slack.response()
        self.heard.append(text(self._last))
        return self.heard[-1]

    def first(self) -> str:
        return text(self.play.slack_posts()[0]) if self.play.slack_posts() else ""

    def thread(self) -> list[str]:
        return [text(one) for one in self.play.slack_replies()]


@dataclass
class DiscordSeat:
    """Here they read French."""

    play: Stage
    mark: str = "EXERCICE – "
    heard: list[str] = field(default_factory=list)
    _last: dict[str, Any] = field(default_factory=dict)

    async def types(self, line: str) -> str:
        command, *words = line.split()
        names = iter(("action", "service", "minutes") if command == "drill" else ("service",))
        options = {
            name: value
            for name, _, value in (one.partition("=") if "=" in one else (next(names), "", one) for one in words)
        }
        embed = await self.play.discord.ask(command, options=options, locale="fr")
        self.heard.append(text(embed))
        return self.heard[-1]

    async def presses(self, does: str, person: int = 1) -> str:
        shown = [*self.play.discord.messages.values(), self._last]
        buttons = [button for one in shown if one.get("components") for button in buttons_of(one)]
        button = next(one for one in reversed(buttons) if does in one)
        who = {**member("0"), "user": user(7000 + person, f"ann{person}")}
        self._last = await self.play.discord.press(button, member=who, locale="fr")
        self.heard.append(text(self._last))
        return self.heard[-1]

    def first(self) -> str:
        return text(self.play.discord_posts()[0]) if self.play.discord_posts() else ""

    def thread(self) -> list[str]:
        return [text(one) for one in self.play.discord_replies() if one["channel_id"] != "0"]


@dataclass
class ConsoleSeat:
    """Nothing can be pressed here: what a card offers is typed. Whoever sits there is one person."""

    play: Stage
    app: App
    mark: str = "DRILL – "
    heard: list[str] = field(default_factory=list)

    async def types(self, line: str) -> str:
        self.heard.append(plain(await self.app.console.answer(line), self.app.clock.now()))
        return self.heard[-1]

    async def presses(self, does: str, person: int = 1) -> str:
        verb = does.partition(":")[0]
        return await self.types(f"/outage {_TYPED.get(verb, verb)}")

    def first(self) -> str:
        return self.play.out.getvalue()

    def thread(self) -> list[str]:
        return self.play.out.getvalue().split("╭")[2:]


_TYPED = {"switched": "switched Claude", "playbook": "playbook chatgpt", "claim": "playbook chatgpt claim=1"}
