"""desk: answers a command for whichever platform it came from. A refusal is a card too."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from bot.commands.limits import commands_allowed, see_pace
from bot.commands.office import Office
from bot.commands.parse import MOST_TYPED, check, parse
from bot.commands.spec import Caller, Command, Pressed, Request
from bot.domain.card import Card, Tone
from bot.domain.errors import StoreAway, UserError
from bot.domain.words import Language, Words

log = structlog.stdlib.get_logger(__name__)

Run = Callable[[Request, Office], Awaitable[Card]]
Press = Callable[[Pressed, Office], Awaitable[Card]]


class Desk:
    """Implements `FrontDesk` over the list of commands."""

    def __init__(
        self, office: Office, commands: Sequence[tuple[Command, Run]], presses: Mapping[str, Press] | None = None
    ) -> None:
        self._office = office
        self._allowance = commands_allowed()
        self._presses = presses or {}
        self._runs = {command.name: (command, run) for command, run in commands}

    @property
    def commands(self) -> Sequence[Command]:
        """All commands, in the order of the help."""
        return [command for command, _ in self._runs.values()]

    async def answer_line(self, line: str, caller: Caller) -> Card:
        """Answer what was typed after `/outage`."""
        words = self._office.languages[caller.language]
        try:
            see_pace(caller, self._allowance, self._office, words)
            command, options = parse(line, self.commands, words)
        except UserError as error:
            return refusal(str(error))
        return await self._run(command, options, caller, words)

    async def answer(self, command: str, options: Mapping[str, str], caller: Caller) -> Card:
        """Answer a command whose options the platform has already taken apart."""
        words = self._office.languages[caller.language]
        known, _ = self._runs[command]
        try:
            see_pace(caller, self._allowance, self._office, words)
            checked = check(known, options, words)
        except UserError as error:
            return refusal(str(error))
        return await self._run(known, checked, caller, words)

    def complete(self, typed: str, limit: int) -> Sequence[tuple[str, str]]:
        """Services and parts that begin with or contain what was typed."""
        return self._office.library.of("").complete(typed[:MOST_TYPED], limit)

    def translate(self, text: str, language: Language) -> str:
        """A marked text in a language."""
        return self._office.languages[language](text)

    async def press(self, does: str, caller: Caller) -> Card:
        """Answer a pressed button: `verb:delivery:argument`."""
        words = self._office.languages[caller.language]
        verb, _, rest = does.partition(":")
        delivery, _, argument = rest.partition(":")
        press = self._presses.get(verb)
        if press is None or not delivery.isdecimal():
            return refusal(words("I do not know this button any more. Please type the command instead."))
        try:
            see_pace(caller, self._allowance, self._office, words)
        except UserError as error:
            return refusal(str(error))
        pressed = Pressed(caller=caller, delivery=int(delivery), argument=argument)
        return await self._answered(verb, lambda office: press(pressed, office), caller, words)

    async def _run(self, command: Command, options: Mapping[str, str], caller: Caller, words: Words) -> Card:
        if command.managers_only and not caller.may_manage:
            return refusal(words("Only people who may manage this channel can do that."))
        request, run = Request(caller=caller, options=options), self._runs[command.name][1]
        return await self._answered(command.name, lambda office: run(request, office), caller, words)

    async def _answered(
        self, name: str, answer: Callable[[Office], Awaitable[Card]], caller: Caller, words: Words
    ) -> Card:
        try:
            return await answer(await self._office.of(caller.target.team))
        except UserError as error:
            return refusal(str(error))
        except StoreAway:
            return refusal(words("I cannot reach my memory just now. Please ask again in a minute."))
        except Exception:
            log.exception("a command failed", command=name)
            return refusal(words("Something went wrong on my side. It is in my log; please ask again."))


def refusal(text: str) -> Card:
    """A kind no."""
    return Card(tone=Tone.WARNING, title=text)
