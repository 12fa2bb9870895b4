"""A message before any platform touched it. All text here is plain: each platform escapes every word of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """The colour of a card; a word always says the same beside it."""

    GOOD = "good"
    INFO = "info"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"
    WARNING = "warning"
    BAD = "bad"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Bold:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type, shown as typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere. Only http(s) addresses are linked; others are shown as words alone."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the team, by the platform's own id, shown by name where the platform can.

    For answers that one person sees: in a message to all, Slack would call them.
    """

    text: str


class Shape(StrEnum):
    """How a moment is shown."""

    TIME = "time"
    DATETIME = "datetime"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time (aware UTC), shown in each reader's own time zone where the platform can."""

    at: datetime
    shape: Shape = Shape.DATETIME


Rich = tuple[str | Bold | Code | Link | Moment | Person, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it says."""

    name: str
    value: Rich


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a listing; its tone is shown as a mark before it. One that `stays` is in the shortest message too."""

    text: Rich
    tone: Tone | None = None
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines under a heading."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press under a message. `does` is `verb:delivery:argument`, at most 100 characters.

    `line` is what to type instead, for who has no buttons: `/outage blocked`.

    100 is what Discord takes: https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id
    """

    label: str
    does: str
    is_main: bool = False
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One message. From top to bottom: title, lead, copy, quote, facts, listings, footer.

    `title` is one line that stands alone (notifications and screen readers get nothing else); `lead` is our own
    sentence; `copy` is text to copy as it stands, line by line;
    `quote` is the provider's own words, untranslated; `footer` is small print. `buttons` are at
    most five, in one row; a platform without buttons leaves them out, and each does what a command does as well.
    """

    tone: Tone
    title: str
    url: str = ""
    lead: Rich = ()
    copy: str = ""
    quote: str = ""
    facts: tuple[Fact, ...] = ()
    listings: tuple[Listing, ...] = ()
    footer: Rich = ()
    buttons: tuple[Button, ...] = ()
