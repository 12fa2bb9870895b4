"""What a slash command is, before any platform builds its own form of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.card import Card
from bot.domain.subscription import Target
from bot.domain.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option. `summary` is a marked text, translated where it is shown.

    `choices` are the only values allowed; empty means free text. `services` offers the catalogue as completion.
    """

    name: str
    summary: str
    required: bool = False
    choices: tuple[str, ...] = ()
    services: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, and where. `may_manage` is the platform's answer to "may this person manage this channel?"."""

    target: Target
    user: str
    may_manage: bool
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command that was typed: option values as text, those not given left out."""

    caller: Caller
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button under one of our messages was pressed: `delivery` is that message's, `argument` what the button adds."""

    caller: Caller
    delivery: int
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One slash command. In a typed line the first options may stand without their names, in this order.

    `managers_only` commands change what a channel is told; the desk refuses them to everybody else. `aliases` are
    other words for it in a typed line.
    """

    name: str
    summary: str
    aliases: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    managers_only: bool = False


class FrontDesk(Protocol):
    """What a chat platform needs to answer commands. None of these raises: a refusal is a card too."""

    @property
    def commands(self) -> Sequence[Command]:
        """All commands, in the order of the help."""
        ...

    async def answer_line(self, line: str, caller: Caller) -> Card:
        """Answer what was typed after `/outage`, for instance `status chatgpt`."""
        ...

    async def answer(self, command: str, options: Mapping[str, str], caller: Caller) -> Card:
        """Answer a command whose options the platform has already taken apart."""
        ...

    async def press(self, does: str, caller: Caller) -> Card:
        """Answer a pressed button, by what its `does` says; only who pressed it sees the answer."""
        ...

    def complete(self, typed: str, limit: int) -> Sequence[tuple[str, str]]:
        """Services and parts that begin with or contain what was typed, as (what people see, value)."""
        ...

    def translate(self, text: str, language: Language) -> str:
        """A marked text (a summary) in a language."""
        ...
