"""moving: what switched, blocked and back have in common, typed or pressed under the message of an incident."""

from collections.abc import Sequence
from datetime import timedelta

from bot.commands.office import Office
from bot.commands.spec import Caller, Option, Pressed, Request
from bot.core.drill import is_drill, real_slug
from bot.core.recovery import recovers
from bot.core.render_drill import marked_of
from bot.core.render_moves import tally
from bot.core.text import fold, printable, shorten, squeeze
from bot.domain.card import Card, Code, Fact, Link, Rich, Tone
from bot.domain.errors import UserError
from bot.domain.move import Move, MoveKind
from bot.domain.subscription import Delivery, Platform
from bot.domain.words import Words, mark

BACK_WITHIN = timedelta(days=1)
"""Whoever comes back says so on the day."""
TOOL_MOST = 60
NAME_MOST = 40

SERVICE = Option(name="service", summary=mark("Which failing tool, where several fail"), services=True)
NAME = Option(name="name", summary=mark("Your name, if others may read it on the card"))
_SAID = {
    MoveKind.SWITCHED: mark("Noted: you switched to {tool}"),
    MoveKind.BLOCKED: mark("Noted: you are blocked"),
    MoveKind.BACK: mark("Noted: you are back"),
}
_SAID_BEFORE = mark("I had noted that already")


async def pressed(kind: MoveKind, button: Pressed, office: Office) -> Card:
    """Raise UserError for a message that is not of this channel, or forgotten."""
    words = office.languages[button.caller.language]
    told = await office.store.newest(button.delivery)
    if told is None or told.target != button.caller.target:
        raise UserError(words("I do not know this message any more. Please type the command instead."))
    if not _is_meant(told, kind, office):
        raise UserError(words("The drill is over.") if is_drill(told.change.service) else words("That is over."))
    return await _noted(kind, told, button.caller, button.argument, "", office)


async def typed(kind: MoveKind, request: Request, office: Office) -> Card:
    """About the newest of the channel's incidents, or that of the service named. Raise UserError where none is."""
    words = office.words(request)
    meant = request.options.get("service", "")
    slug = (await office.find(meant, words)).service.slug if meant else ""
    told = [
        one
        for one in await office.store.newest_in(request.caller.target)
        if slug in {"", real_slug(one.change.service)} and _is_meant(one, kind, office)
    ]
    if not told:
        raise UserError(words("Nothing that I told this channel of fails now. To see how things are: `/outage active`"))
    return await _noted(
        kind, told[0], request.caller, request.options.get("tool", ""), request.options.get("name", ""), office
    )


def _is_meant(told: Delivery, kind: MoveKind, office: Office) -> bool:
    """What is open; for who comes back, also what ended today."""
    incident = told.change.incident
    if not recovers(incident):
        return False
    if not incident.phase.is_over:
        return True
    ended = incident.resolved_at or (incident.latest.posted_at if incident.latest else None)
    if is_drill(told.change.service):
        return False  # its report counts who is back, and is written when it ends
    return kind is MoveKind.BACK and (ended is None or office.clock.now() - ended < BACK_WITHIN)


async def _noted(kind: MoveKind, told: Delivery, caller: Caller, tool: str, name: str, office: Office) -> Card:
    words = office.languages[caller.language]
    known = _known(_plain(tool, TOOL_MOST), office) if kind is MoveKind.SWITCHED else ""
    if kind is MoveKind.SWITCHED and not known:
        raise UserError(words("Say what you use now: `/outage switched <tool>`"))
    move = Move(kind=kind, person=caller.user, tool=known, name=_plain(name, NAME_MOST))
    is_new = await office.store.move(told, move, office.clock.now())
    counts = tally(await office.store.moves(told.thread_key), words)
    card = Card(
        tone=Tone.GOOD,
        title=words(_SAID[kind], tool=known) if is_new else words(_SAID_BEFORE),
        lead=_where(told, words),
        facts=(Fact(words("In this channel"), (counts,)),),
        footer=(*_tells(kind, caller, words), *_unnamed(move, words)),
    )
    return marked_of(told.change.service, card, words)


def _tells(kind: MoveKind, caller: Caller, words: Words) -> Rich:
    """Whoever left it gets a message of their own; at a console it is printed anyway."""
    if kind is MoveKind.BACK or caller.target.platform is Platform.CONSOLE:
        return ()
    return (words("I write to you when you can go back."), " ")


def _where(told: Delivery, words: Words) -> tuple[str | Link, ...]:
    incident = told.change.incident
    title = Link(incident.title, incident.url) if incident.url else incident.title
    return (words("About:"), " ", title)


def _unnamed(move: Move, words: Words) -> Rich:
    """How to be named, for who would like to be."""
    if move.name:
        return ()
    line = " ".join(filter(None, ("/outage", move.kind, move.tool, "name=…")))
    return (words("Your answer is counted without your name. To have it shown:"), " ", Code(line))


def _known(tool: str, office: Office) -> str:
    """One word for one tool: as the team writes it, else as the catalogue does, else as it was typed."""
    wanted = fold(tool)
    theirs: Sequence[str] = [one.name for plan in office.plans for one in plan.alternatives]
    own = next((name for name in theirs if fold(name) == wanted), "")
    found = None if own else office.catalogue.find(tool)
    return own or (found.label if found else tool)


def _plain(text: str, most: int) -> str:
    return shorten(squeeze(printable(squeeze(text))), most)
