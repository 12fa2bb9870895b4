"""draw: a card for a terminal. Pure. Provider text never reaches the terminal's own control codes."""

from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from bot.core.buttons import pressable
from bot.core.glossary import MARKS
from bot.core.text import printable
from bot.domain.card import Bold, Card, Code, Item, Link, Moment, Person, Rich, Shape, Tone

COLOURS = {
    Tone.GOOD: "green",
    Tone.INFO: "blue",
    Tone.MAINTENANCE: "magenta",
    Tone.UNKNOWN: "white",
    Tone.WARNING: "yellow",
    Tone.BAD: "dark_orange",
    Tone.CRITICAL: "red",
}
WIDTH = 88
"""Wider lines are hard to read; narrower terminals get narrower cards."""


def terminal() -> Console:
    """Standard output, never wider than a card."""
    out = Console()
    out.width = min(out.width, WIDTH)
    return out


def draw(card: Card, now: datetime) -> RenderableType:
    """A panel in the card's colour. Moments are shown in UTC: a terminal knows no reader."""
    title = Text.assemble((f"{MARKS[card.tone]} {printable(card.title)}", "bold"))
    lines: list[RenderableType] = []
    if card.lead:
        lines.append(_rich(card.lead, now))
    if card.copy:
        lines.append(Padding(Text(printable(card.copy)), (1, 2)))
    if card.quote:
        lines.append(Padding(Text(printable(card.quote), style="italic"), (0, 2)))
    lines.extend(Text.assemble((f"{fact.name}  ", "bold"), _rich(fact.value, now)) for fact in card.facts)
    for listing in card.listings:
        if listing.heading:
            lines.append(Text(f"\n{listing.heading}" if lines else listing.heading, style="bold"))
        lines.extend(_item(item, now) for item in listing.items)
    if card.footer:
        lines.append(_dim(card.footer, now))
    lines.extend(Text(line, style="dim") for line in _typed(card))
    if not lines:
        return title
    return Panel(Group(*lines), title=title, title_align="left", border_style=COLOURS[card.tone], padding=(0, 1))


def _typed(card: Card) -> list[str]:
    """A terminal has no buttons: what to type instead."""
    return [f"{printable(button.label)} → {printable(button.line)}" for button in pressable(card) if button.line]


def _dim(rich: Rich, now: datetime) -> Text:
    text = _rich(rich, now)
    text.stylize("dim")
    return text


def _item(item: Item, now: datetime) -> Text:
    mark = f"{MARKS[item.tone]} " if item.tone else "• "
    return Text.assemble(mark, _rich(item.text, now))


def _rich(rich: Rich, now: datetime) -> Text:
    return Text.assemble(*(_span(span, now) for span in rich))


def _span(span: str | Bold | Code | Link | Moment | Person, now: datetime) -> Text:
    match span:
        case Bold(text) | Person(text):
            return Text(printable(text), style="bold")
        case Code(text):
            return Text(printable(text), style="cyan")
        case Link(text, url):
            linked = Style(underline=True, link=url) if url.startswith(("https://", "http://")) else Style()
            return Text(printable(text), style=linked)
        case Moment():
            return Text(moment(span, now))
        case str():
            return Text(printable(span))


def moment(span: Moment, now: datetime) -> str:
    """`14:07 UTC` today, `2026-11-20 14:07 UTC` another day; a relative one has its age beside it."""
    same_day = span.at.date() == now.date()
    at = f"{span.at:%H:%M} UTC" if same_day or span.shape is Shape.TIME else f"{span.at:%Y-%m-%d %H:%M} UTC"
    if span.shape is not Shape.RELATIVE:
        return at
    seconds = max(0, round((now - span.at).total_seconds()))
    return f"{at} ({seconds} s)" if seconds < 120 else f"{at} ({seconds // 60} min)"  # noqa: PLR2004 - two minutes


def plain(card: Card, now: datetime) -> str:
    """The same card as text alone, one line for each thing it says."""
    lines = [printable(card.title), _rich(card.lead, now).plain, printable(card.copy), printable(card.quote)]
    lines += [f"{fact.name}: {_rich(fact.value, now).plain}" for fact in card.facts]
    for listing in card.listings:
        lines += [listing.heading, *(_item(item, now).plain for item in listing.items)]
    lines += [_rich(card.footer, now).plain, *_typed(card)]
    return "\n".join(line for line in lines if line)
