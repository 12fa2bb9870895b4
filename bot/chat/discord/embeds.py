"""Card -> Discord embed. Pure. Limits: https://docs.discord.com/developers/resources/message#embed-object-embed-limits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import discord

from bot.chat.discord.escape import (
    ELLIPSIS,
    Piece,
    address,
    clean,
    cut,
    fenced,
    line,
    pieces,
    shorten,
    size,
    unmarked,
    words,
)
from bot.core.glossary import MARKS
from bot.domain.card import Card, Fact, Item, Listing, Moment, Tone
from bot.domain.words import mark

TITLE_MAX = 256
DESCRIPTION_MAX = 4096
FIELDS_MAX = 25
NAME_MAX = 256
VALUE_MAX = 1024
FOOTER_MAX = 2048
TOTAL_MAX = 6000
_LEAD_MAX = 2048
_INLINE_MAX = 40
_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Look:
    """How a tone is shown: the emoji differ in shape too, and the word says the same."""

    emoji: str
    word: str
    colour: int


LOOKS = {
    Tone.GOOD: Look(MARKS[Tone.GOOD], mark("Good"), 0x2E7D32),
    Tone.INFO: Look(MARKS[Tone.INFO], mark("Information"), 0x1565C0),
    Tone.MAINTENANCE: Look(MARKS[Tone.MAINTENANCE], mark("Maintenance"), 0x5E35B1),
    Tone.UNKNOWN: Look(MARKS[Tone.UNKNOWN], mark("Unknown"), 0x757575),
    Tone.WARNING: Look(MARKS[Tone.WARNING], mark("Warning"), 0xF9A825),
    Tone.BAD: Look(MARKS[Tone.BAD], mark("Bad"), 0xD84315),
    Tone.CRITICAL: Look(MARKS[Tone.CRITICAL], mark("Critical"), 0xB71C1C),
}


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    value: str
    inline: bool = False

    @property
    def size(self) -> int:
        return size(self.name) + size(self.value)


def embed(card: Card, say: Callable[[str], str] = str) -> discord.Embed:
    """The card within all of Discord's limits. `say` translates the tone's word.

    Facts and listings are kept before the end of a long description: they are ours, and short.
    """
    look = LOOKS[card.tone]
    title = cut(words(f"{look.emoji} {line(card.title)}"), TITLE_MAX)
    footer = shorten(" · ".join(filter(None, (f"{look.emoji} {say(look.word)}", _footer(card)))), FOOTER_MAX)
    room = TOTAL_MAX - size(title) - size(footer)
    lead = cut(pieces(card.lead), _LEAD_MAX)
    lead = "\n".join(filter(None, (lead, fenced(card.copy, _LEAD_MAX - 1))))
    fields = list(_fitting(_fields(card), room - size(lead), _staying(card)))
    room -= size(lead) + sum(field.size for field in fields)
    description = _described(lead, card.quote, min(DESCRIPTION_MAX - size(lead), room))
    result = discord.Embed(title=title, url=address(card.url) or None, description=description, colour=look.colour)
    for field in fields:
        result.add_field(name=field.name, value=field.value, inline=field.inline)
    moment = _last_moment(card)
    return result.set_footer(text=footer) if moment is None else _dated(result.set_footer(text=footer), moment)


def _dated(result: discord.Embed, moment: Moment) -> discord.Embed:
    result.timestamp = moment.at
    return result


def _last_moment(card: Card) -> Moment | None:
    """Footers show no markup, but Discord puts the embed's own time after them, in each reader's zone."""
    last = card.footer[-1] if card.footer else None
    return last if isinstance(last, Moment) else None


def _footer(card: Card) -> str:
    return unmarked(card.footer if _last_moment(card) is None else card.footer[:-1])


def _described(lead: str, quote: str, room: int) -> str | None:
    gap = "\n\n" if lead else ""
    quoted = _quote(quote, room - len(gap)) if clean(quote).strip() else ""
    return (lead + gap + quoted if quoted else lead) or None


def _quote(text: str, room: int) -> str:
    """The provider's own words with `>` before every line; nothing if there is no room for a word of them."""
    lines = [" ".join(bit.split()) for bit in clean(text).strip().split("\n")]
    packed = [bit for index, bit in enumerate(lines) if bit or lines[index - 1]]
    bits: list[Piece] = []
    for bit in packed:
        bits += [Piece("\n> " if bits else "> ", whole=True), *words(bit)]
    quoted = cut(bits, room) if room > len("> ") + 1 else ""
    return quoted if quoted.strip(f"> \n{ELLIPSIS}") else ""


def _fields(card: Card) -> Iterator[_Field]:
    for fact in card.facts:
        yield _fact(fact)
    for listing in card.listings:
        yield from _listing(listing)


def _fact(fact: Fact) -> _Field:
    value = cut(pieces(fact.value), VALUE_MAX) or _NOTHING
    return _Field(_name(fact.name), value, inline=len(value) <= _INLINE_MAX and "\n" not in value)


def _name(text: str) -> str:
    return cut(words(line(text)), NAME_MAX) or _NOTHING


def _listing(listing: Listing) -> Iterator[_Field]:
    """One field; more where its lines do not fit into one. A field's name must say something: they are numbered."""
    blocks = list(_blocks(_item(item) for item in listing.items)) or [_NOTHING]
    for number, block in enumerate(blocks, start=1):
        yield _Field(_name(listing.heading if number == 1 else f"{listing.heading} ({number})"), block)


def _item(item: Item) -> str:
    before = (Piece(f"{LOOKS[item.tone].emoji} "),) if item.tone is not None else ()
    # One line each: a break would look like another entry.
    bits = [Piece(" ") if piece.text.isspace() else piece for piece in pieces(item.text)]
    return cut((*before, *bits), VALUE_MAX) or _NOTHING


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    block = ""
    for text in lines:
        longer = f"{block}\n{text}" if block else text
        if size(longer) > VALUE_MAX:
            yield block
            longer = text
        block = longer
    if block:
        yield block


def _staying(card: Card) -> list[str]:
    """The lines that are in the shortest message too."""
    return [_item(item) for listing in card.listings for item in listing.items if item.stays]


def _fitting(fields: Iterable[_Field], room: int, staying: Sequence[str] = ()) -> Iterator[_Field]:
    """Fields as long as there is room for them; then one that says that there is more, with the lines that stay."""
    more = _Field(ELLIPSIS, next(_blocks(staying), ELLIPSIS))
    rest = list(fields)
    for index, field in enumerate(rest):
        last = index == len(rest) - 1
        room -= field.size
        if room < (0 if last else more.size) or (index == FIELDS_MAX - 1 and not last):
            yield more
            return
        yield field
