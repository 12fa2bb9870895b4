"""A playbook as people read it: who does what, who took it, and a text to copy."""

from collections.abc import Iterator, Mapping

from bot.core.catalogue import Found
from bot.core.glossary import titled
from bot.core.text import shorten
from bot.domain.card import Bold, Button, Card, Code, Item, Link, Listing, Moment, Person, Rich, Shape, Tone
from bot.domain.change import Change
from bot.domain.playbook import Mark, Marked, MarkState, Playbook, Step
from bot.domain.words import Words, mark

TEMPLATE_SHOWN = 1200
"""Characters. Discord takes 6,000 in a whole message; what is longer has a file of its own."""
BUTTONS_MOST = 5
DOES_MOST = 100

_SAYS = {MarkState.CLAIMED: mark("taken by"), MarkState.DONE: mark("done by")}
_TONES = {MarkState.CLAIMED: Tone.INFO, MarkState.DONE: Tone.GOOD}


def playbook_card(playbook: Playbook, found: Found, marked: Marked | None, user: str, words: Words) -> Card:
    """The steps with their owners and marks, the template, and a button for each step that can be marked next."""
    title = playbook.title.of(words.language) or words("what to do without it")
    return Card(
        tone=Tone.INFO,
        title=titled(found.label, title, words),
        lead=_lead(playbook, words),
        quote=shorten(playbook.template.of(words.language), TEMPLATE_SHOWN),
        listings=_listings(playbook, found, marked, words),
        footer=_footer(playbook, words),
        buttons=tuple(_buttons(playbook, found, marked, user, words))[:BUTTONS_MOST] if marked else (),
    )


def playbook_button(delivery: int, change: Change, words: Words) -> tuple[Button, ...]:
    """What the first message of an incident offers while it is open."""
    if not change.incident.phase.is_open:
        return ()
    return (Button(words("Playbook"), f"playbook:{delivery}:"),)


def _lead(playbook: Playbook, words: Words) -> Rich:
    if playbook.is_empty:
        return (words("Nobody has written this playbook yet."),)
    if playbook.chosen:
        return ()
    return (words("A general one that comes with Plan B, not your team's."),)


def _listings(playbook: Playbook, found: Found, marked: Marked | None, words: Words) -> tuple[Listing, ...]:
    marks = marked.marks if marked else {}
    steps = tuple(_step(number, step, marks, words) for number, step in enumerate(playbook.steps, 1))
    how = Item((Code(f'[playbooks."{found.value}"]'), " ", words("in planb.toml")))
    own = Listing(words("To write your own"), (how,) if playbook.is_empty or not playbook.chosen else ())
    return tuple(one for one in (Listing(words("Steps"), steps), own) if one.items)


def _step(number: int, step: Step, marks: Mapping[int, Mark], words: Words) -> Item:
    text: Rich = (Bold(f"{number}."), " ", step.do.of(words.language), f" – {step.owner}" if step.owner else "")
    made = marks.get(number)
    if made is None:
        return Item(text)
    said = (" (", words(_SAYS[made.state]), " ", Person(made.by), ", ", Moment(made.at, Shape.TIME), ")")
    return Item((*text, *said), _TONES[made.state])


def _footer(playbook: Playbook, words: Words) -> Rich:
    """Where the whole is: the team's own place, and the file for the day when that is away too."""
    link, template = playbook.link.of(words.language), playbook.template.of(words.language)
    own: Rich = (Link(words("your team's template"), link),) if link else ()
    if len(template) <= TEMPLATE_SHOWN:
        return own
    rest: Rich = (words("The whole template:"), " ", Code("planb playbooks export"))
    return (*own, " · ", *rest) if own else rest


def _buttons(playbook: Playbook, found: Found, marked: Marked, user: str, words: Words) -> Iterator[Button]:
    """What is mine can be done, what is nobody's can be taken. Finished steps and those of others have none."""
    line = f"/outage playbook {found.value}"
    for number, _ in enumerate(playbook.steps, 1):
        made = marked.marks.get(number)
        about = _about(number, marked.delivery, found)
        if made is None:
            yield Button(words("I take {n}", n=number), f"claim:{about}", line=f"{line} claim={number}")
        elif made.state is MarkState.CLAIMED and made.by == user:
            yield Button(words("{n} is done", n=number), f"done:{about}", is_main=True, line=f"{line} done={number}")


def _about(number: int, delivery: int, found: Found) -> str:
    """The message, the step, and which playbook was asked for; the service's where that would be too long."""
    whole = f"{delivery}:{number}:{found.value}"
    return whole if len(f"claim:{whole}") <= DOES_MOST else f"{delivery}:{number}:{found.service.slug}"
