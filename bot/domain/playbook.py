"""What a team does by hand while a tool fails: a checklist with owners, and a template that needs no tool."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.words import LANGUAGES, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same in two languages, as a person wrote it. Where one is missing, the other is better than nothing."""

    en: str = ""
    fr: str = ""

    def of(self, language: Language) -> str:
        """In that language, else in the other."""
        wanted = {"en": self.en, "fr": self.fr}
        return wanted[language] or next((wanted[other] for other in LANGUAGES if wanted[other]), "")


NOTHING = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do. `owner` is who usually does it."""

    do: Text
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """`wanted` as in a Plan: `openai:chatgpt`, `openai`, `capability:chat`; `capability:any` is for every tool.

    `template` is Markdown to copy, `link` where the team keeps it. `chosen` is False for one that comes with Plan B.
    """

    wanted: str
    title: Text = NOTHING
    steps: tuple[Step, ...] = ()
    template: Text = NOTHING
    link: Text = NOTHING
    chosen: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nobody has written anything in it."""
        return not self.steps and self.template == self.link == NOTHING


class MarkState(StrEnum):
    """What became of a step."""

    CLAIMED = "claimed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Somebody took or did a step; marking it is choosing to be named."""

    step: int
    state: MarkState
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The marks of one playbook for one incident in one channel: `delivery` is the incident's newest message there."""

    delivery: int
    thread: str
    marks: Mapping[int, Mark] = field(default_factory=dict)
