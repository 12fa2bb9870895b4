"""Card -> Slack message. Pure. Limits: https://docs.slack.dev/reference/block-kit/blocks.

No coloured bar: only attachments have one, Slack calls them secondary content that may be folded away, and an
outage is neither. The mark before the title says the same, with a shape of its own for every colour.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Any

from bot.chat.slack.escape import (
    BREAK,
    ELLIPSIS,
    bold,
    clean,
    code,
    date,
    fenced,
    fit,
    link,
    one_line,
    person,
    pieces,
    safe_url,
    size,
    spoken,
)
from bot.core.buttons import pressable
from bot.core.glossary import MARKS
from bot.domain.card import Bold, Button, Card, Code, Fact, Item, Link, Listing, Moment, Person, Rich

BULLET = "•"
NOTHING = "–"

TITLE_MOST = 900
SECTION_MOST = 3000
FIELD_MOST = 2000
FIELDS_MOST = 10
FOOTER_MOST = 1000
LINE_MOST = 1000
BLOCKS_MOST = 50
MESSAGE_MOST = 12_000
PLAIN_MOST = 4000
BUTTON_MOST = 75
"""https://docs.slack.dev/reference/block-kit/block-elements/button-element"""
PRESS = "planb.press."
"""What the action ids of our buttons begin with; each is unique in its message, as Slack wants it."""

Block = dict[str, Any]


def message(card: Card) -> dict[str, Any]:
    """`text` (the title: notifications and screen readers get nothing else) and `blocks` of a Slack message."""
    blocks = _within(_body(card), [*_buttons(card), *_footer(card)], _more(card))
    return {"text": _title(card.title), "blocks": list(blocks)}


def plain(card: Card) -> dict[str, Any]:
    """The same without blocks or formatting, for the day Slack refuses the blocks."""
    facts = (f"{fact.name} – {_spoken(fact.value)}" for fact in card.facts)
    listings = (line for listing in card.listings for line in _spoken_listing(listing))
    head = (card.title, safe_url(card.url), _spoken(card.lead), card.copy, card.quote)
    lines = chain(head, facts, listings, (_spoken(card.footer),))
    return {
        "text": fit(pieces("\n".join(_enough(filter(None, map(clean, lines)), PLAIN_MOST))), PLAIN_MOST) or ELLIPSIS
    }


def _body(card: Card) -> Iterator[Block]:
    heading = link(one_line(card.title) or ELLIPSIS, card.url, TITLE_MOST)
    yield _section(f"{MARKS[card.tone]} *{heading}*")
    if lead := fit(_mrkdwn(card.lead), SECTION_MOST).strip():
        yield _section(lead)
    if copy := fenced(card.copy, SECTION_MOST):
        yield _section(copy)
    if quote := clean(card.quote):
        lines = [part.replace("\n", "\n> ") for part in pieces(quote)]
        yield _section(fit(["> ", *lines], SECTION_MOST))
    for fields in _batches(map(_field, card.facts), FIELDS_MOST, SECTION_MOST):
        yield {"type": "section", "fields": [_text(field) for field in fields]}
    for listing in card.listings:
        for lines in _batches(_lines(listing), SECTION_MOST, SECTION_MOST):
            yield _section("\n".join(lines))


def _buttons(card: Card) -> list[Block]:
    elements = [_button(number, button) for number, button in enumerate(pressable(card), start=1)]
    return [{"type": "actions", "elements": elements}] if elements else []


def _button(number: int, button: Button) -> Block:
    """Its label is plain text, which formats nothing; that it mentions nobody is made sure all the same."""
    words = one_line(button.label).translate({ord("<"): "‹", ord(">"): "›", ord("@"): f"@{BREAK}"})
    label = {"type": "plain_text", "text": fit([*words], BUTTON_MOST) or ELLIPSIS, "emoji": False}
    style = {"style": "primary"} if button.is_main else {}
    return {"type": "button", "action_id": f"{PRESS}{number}", "text": label, "value": button.does, **style}


def _footer(card: Card) -> list[Block]:
    words = _fit(card.footer, FOOTER_MOST)
    return [_small(words)] if words else []


def _more(card: Card) -> Block:
    """An ellipsis for what is left out, with the lines that are in the shortest message too."""
    staying = [_line(item) for listing in card.listings for item in listing.items if item.stays]
    (first, *_) = _batches([ELLIPSIS, *staying], SECTION_MOST, SECTION_MOST)
    return _section("\n".join(first)) if staying else _small(ELLIPSIS)


def _within(body: Iterable[Block], footer: list[Block], more: Block) -> Iterator[Block]:
    """As many blocks as one message takes; `more` stands for those left out."""
    room = MESSAGE_MOST - sum(map(_cost, footer)) - _cost(more)
    for number, block in enumerate(body, start=1):
        room -= _cost(block)
        if room < 0 or number > BLOCKS_MOST - len(footer) - 1:
            yield more
            break
        yield block
    yield from footer


def _title(title: str) -> str:
    return fit(pieces(one_line(title)), TITLE_MOST) or ELLIPSIS


def _field(fact: Fact) -> str:
    name = bold(fact.name)
    return f"{name}\n" * bool(name) + (_fit(fact.value, FIELD_MOST - size(name) - 1) or NOTHING)


def _lines(listing: Listing) -> Iterator[str]:
    if heading := bold(listing.heading):
        yield heading
    yield from map(_line, listing.items)


def _line(item: Item) -> str:
    mark = MARKS[item.tone] if item.tone else BULLET
    return f"{mark} {_fit(item.text, LINE_MOST) or NOTHING}"


def _fit(rich: Rich, most: int) -> str:
    """On one line."""
    return fit(_mrkdwn(rich), most).replace("\n", " ").strip()


def _mrkdwn(rich: Rich) -> list[str]:
    """Parts that must not be cut. Neighbouring words are escaped as one: together they might make an emoji."""
    parts: list[str] = []
    for words, group in groupby(rich, key=lambda part: isinstance(part, str)):
        if words:
            parts += _words("".join(part for part in group if isinstance(part, str)))
        else:
            parts += filter(None, (_styled(part) for part in group if not isinstance(part, str)))
    return parts


def _words(text: str) -> list[str]:
    """Words between other parts: clean, but the blanks that part them from their neighbours stay."""
    before, after = text[:1].isspace(), text[-1:].isspace()
    inner = pieces(clean(text))
    return [" "] * before + inner + [" "] * (after and bool(inner))


def _styled(part: Bold | Code | Link | Moment | Person) -> str:
    match part:
        case Bold():
            return bold(part.text)
        case Code():
            return code(part.text)
        case Link():
            return link(part.text, part.url)
        case Moment():
            return date(part)
        case Person():
            return person(part.text)


def _spoken(rich: Rich) -> str:
    return "".join(_said(part) for part in rich)


def _said(part: str | Bold | Code | Link | Moment | Person) -> str:
    match part:
        case str():
            return part
        case Moment():
            return spoken(part)
        case _:
            return part.text


def _spoken_listing(listing: Listing) -> Iterator[str]:
    yield listing.heading
    for item in listing.items:
        yield f"{MARKS[item.tone] if item.tone else BULLET} {_spoken(item.text)}"


def _enough(lines: Iterable[str], most: int) -> Iterator[str]:
    """Lines until there are `most` characters, so that the rest is not worked on in vain."""
    for line in lines:
        yield line
        most -= len(line)
        if most < 0:
            break


def _batches(texts: Iterable[str], count: int, most: int) -> Iterator[list[str]]:
    """Texts in batches of at most `count`, each of at most `most` characters when joined with line breaks."""
    batch: list[str] = []
    room = most
    for text in texts:
        if batch and (len(batch) == count or size(text) >= room):
            yield batch
            batch, room = [], most
        batch.append(text)
        room -= size(text) + 1
    if batch:
        yield batch


def _section(text: str) -> Block:
    return {"type": "section", "text": _text(text)}


def _small(text: str) -> Block:
    return {"type": "context", "elements": [_text(text)]}


def _text(text: str) -> dict[str, Any]:
    # `verbatim` keeps Slack from making links, channels and people out of plain words.
    # https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _cost(block: Block) -> int:
    texts = [block["text"]] if "text" in block else block.get("fields") or block["elements"]
    return sum(size(text["text"]["text"] if text["type"] == "button" else text["text"]) for text in texts)
