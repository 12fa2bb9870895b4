"""What people did, and whether they can go back, as the card of an incident says it. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core.glossary import duration, titled
from bot.core.recovery import Recovery, Stage
from bot.core.text import shorten, squeeze
from bot.domain.card import Bold, Button, Card, Fact, Link, Moment, Rich, Shape, Tone
from bot.domain.change import Change
from bot.domain.move import Move, MoveKind
from bot.domain.service import Service
from bot.domain.words import Words

NAMES_SHOWN = 10
TOOLS_SHOWN = 5
_DOES_MOST = 100
_BACK = frozenset({Stage.CLEAR})
_OUT = frozenset({Stage.FAILING, Stage.RECOVERING})


def tally(moves: Sequence[Move], words: Words) -> str:
    """`7 switched to Claude (Ann), 1 blocked`; nothing where nobody spoke. Nobody is named who did not choose it."""
    switched = Counter(move.tool for move in moves if move.kind is MoveKind.SWITCHED)
    said = [_switched(tool, count, moves, words) for tool, count in switched.most_common(TOOLS_SHOWN)]
    more = sum(count for _, count in switched.most_common()[TOOLS_SHOWN:])
    if more:
        said.append(words.plural("{n} to another tool", "{n} to other tools", more))
    blocked, back = ([one for one in moves if one.kind is kind] for kind in (MoveKind.BLOCKED, MoveKind.BACK))
    if blocked:
        said.append(words.plural("{n} blocked", "{n} blocked", len(blocked)) + _names(blocked))
    if back:
        said.append(words.plural("{n} back", "{n} back", len(back)) + _names(back))
    return ", ".join(said)


def _switched(tool: str, count: int, moves: Sequence[Move], words: Words) -> str:
    there = [one for one in moves if one.kind is MoveKind.SWITCHED and one.tool == tool]
    return words.plural("{n} switched to {tool}", "{n} switched to {tool}", count, tool=tool) + _names(there)


def _names(moves: Sequence[Move]) -> str:
    named = [move.name for move in moves if move.name]
    more = ", …" if len(named) > NAMES_SHOWN else ""
    return f" ({', '.join(named[:NAMES_SHOWN])}{more})" if named else ""


def with_moves(
    card: Card, moves: Sequence[Move], recovery: Recovery, *, name: str, best: str, number: int, words: Words
) -> Card:
    """The first card of an incident, with who moved, how far the recovery is, and what there is to press.

    `name` is the tool that fails, `best` what to use instead, `number` the delivery's.
    """
    counts = tally(moves, words)
    facts = (*card.facts, Fact(words("In this channel"), (counts,))) if counts else card.facts
    said = _said(recovery, name, words)
    lead: Rich = (*card.lead, *((" – ",) if card.lead and said else ()), *said)
    return replace(card, lead=lead, facts=facts, buttons=(*_buttons(recovery, best, number, words), *card.buttons))


def _said(recovery: Recovery, name: str, words: Words) -> Rich:
    if recovery.stage is Stage.CLEAR:
        return (Bold(words("you can go back to {name}", name=name)),)
    if recovery.stage is Stage.RECOVERING and recovery.until:
        until = Moment(recovery.until, Shape.TIME)
        return (Bold(words("recovering")), words(", not sure yet: I say when you can go back, not before"), " ", until)
    return ()


def _buttons(recovery: Recovery, best: str, number: int, words: Words) -> tuple[Button, ...]:
    if recovery.stage in _BACK:
        back = words("I am back")
        return (Button(back, f"{MoveKind.BACK}:{number}", is_main=True, line="/outage back"),)
    if recovery.stage not in _OUT:
        return ()
    blocked = Button(words("I am blocked"), f"{MoveKind.BLOCKED}:{number}", line="/outage blocked")
    return (_switch(best, number, words), blocked) if best else (blocked,)


def _switch(best: str, number: int, words: Words) -> Button:
    does = f"{MoveKind.SWITCHED}:{number}:{squeeze(best)}"[:_DOES_MOST].rstrip()
    label = words("I switched to {tool}", tool=shorten(squeeze(best), 50))
    return Button(label, does, is_main=True, line=f"/outage switched {squeeze(best)}")


def go_back(
    change: Change, service: Service, moves: Sequence[Move], recovery: Recovery, *, name: str, words: Words
) -> Card:
    """Told once, in the incident's thread, where nobody is called by it; see `personal`."""
    counts = tally(moves, words)
    held = recovery.until - recovery.since if recovery.until and recovery.since else timedelta(0)
    lead = words("It has worked for {time} without a relapse.", time=duration(words, held)) if held else ""
    return Card(
        tone=Tone.GOOD,
        title=titled(service.name, words("you can go back to {name}", name=name), words),
        url=change.incident.url,
        lead=tuple(filter(None, (lead,))),
        facts=(Fact(words("In this channel"), (counts,)),) if counts else (),
        footer=(Link(words("Status page"), change.incident.url or service.page),),
    )


def personal(card: Card, words: Words) -> Card:
    """The same for one person who said that they had to leave it; what others did is for the channel."""
    return replace(card, facts=(), footer=(words("You told me that you could not use it."), " ", *card.footer))


def again(card: Card, best: str, words: Words) -> Card:
    """An update that says that it fails again."""
    stay = words("It fails again: stay with {tool}.", tool=best) if best else words("It fails again.")
    return replace(card, lead=(Bold(stay), *((" ", *card.lead) if card.lead else ())))
