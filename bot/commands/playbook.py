"""playbook: what to do by hand while a tool fails; in an incident people take steps and say when they are done."""

from dataclasses import replace

from bot.commands.office import Office
from bot.commands.spec import Caller, Command, Option, Pressed, Request
from bot.core.catalogue import Found
from bot.core.drill import real_slug
from bot.core.playbooks import what_fails
from bot.core.render_drill import marked_of
from bot.core.render_playbook import playbook_card
from bot.domain.card import Card
from bot.domain.change import News
from bot.domain.errors import UserError
from bot.domain.playbook import Mark, Marked, MarkState, Playbook
from bot.domain.subscription import Delivery, Target
from bot.domain.words import LANGUAGES, Words, mark

COMMAND = Command(
    name="playbook",
    summary=mark("What to do without a tool, step by step, and who does what"),
    aliases=("fiche", "secours"),
    options=(
        Option(name="service", summary=mark("The tool that fails"), required=True, services=True),
        Option(name="language", summary=mark("The language of the playbook"), choices=LANGUAGES),
        Option(name="claim", summary=mark("Take the step of this number; your name is shown")),
        Option(name="done", summary=mark("Say that the step of this number is done; your name is shown")),
    ),
)
MARKS = (("claim", MarkState.CLAIMED), ("done", MarkState.DONE))
LOOKED_AT = 100
"""How many of a channel's newest messages are looked through for an incident that is open."""


async def run(request: Request, office: Office) -> Card:
    """Show it; where a step is named and an incident is open here, mark that step before."""
    request = _with_language(request)
    words = office.words(request)
    found = await office.find(request.options["service"], words)
    playbook = office.playbooks.of(found)
    told = await _open_here(found, request.caller.target, office)
    for option, state in MARKS:
        if number := request.options.get(option):
            if told is None:
                raise UserError(words("No incident of {name} is open in this channel.", name=found.service.name))
            step = _step(number, playbook, words)
            await _mark(told, playbook, step, state, request.caller, office)
    language = request.options.get("language")
    shown = office.languages[language] if language in LANGUAGES else words
    return await _shown(playbook, found, told, request.caller, office, shown)


async def show(pressed: Pressed, office: Office) -> Card:
    """The button under an incident: its playbook."""
    delivery, found, words = await _about(pressed, office)
    told = pressed.delivery, delivery
    return await _shown(office.playbooks.of(found), found, told, pressed.caller, office, words)


async def claim(pressed: Pressed, office: Office) -> Card:
    """Take a step."""
    return await _press(pressed, MarkState.CLAIMED, office)


async def done(pressed: Pressed, office: Office) -> Card:
    """A step is done."""
    return await _press(pressed, MarkState.DONE, office)


async def _press(pressed: Pressed, state: MarkState, office: Office) -> Card:
    number, _, asked = pressed.argument.partition(":")
    delivery, found, words = await _about(replace(pressed, argument=asked), office)
    playbook, told = office.playbooks.of(found), (pressed.delivery, delivery)
    await _mark(told, playbook, _step(number, playbook, words), state, pressed.caller, office)
    return await _shown(playbook, found, told, pressed.caller, office, words)


async def _shown(
    playbook: Playbook, found: Found, told: tuple[int, Delivery] | None, caller: Caller, office: Office, words: Words
) -> Card:
    """The playbook with what is marked of it in the incident, which may be a drill's."""
    card = playbook_card(playbook, found, await _marked(told, playbook, office), caller.user, words)
    return marked_of(told[1].change.service, card, words) if told else card


async def _about(pressed: Pressed, office: Office) -> tuple[Delivery, Found, Words]:
    """The message that the button is under, and the tool: the one asked for, else what the incident concerns.

    Raise UserError for a message that is forgotten, or that another team got.
    """
    words = office.languages[pressed.caller.language]
    delivery = await office.store.delivery(pressed.delivery)
    found = office.catalogue.find(pressed.argument or real_slug(delivery.change.service)) if delivery else None
    if delivery is None or found is None or delivery.target.team != pressed.caller.target.team:
        raise UserError(words("I do not know this button any more. Please type the command instead."))
    if not pressed.argument:
        components = await office.components(found)
        found = what_fails(found.service, delivery.change.incident, components) or found
    return delivery, found, words


async def _open_here(found: Found, target: Target, office: Office) -> tuple[int, Delivery] | None:
    """The newest message here of an incident of that service which is not over, so far as the channel was told."""
    seen: set[str] = set()
    for number, delivery in await office.store.newest_told(target, LOOKED_AT):
        if real_slug(delivery.change.service) != found.service.slug or delivery.thread_key in seen:
            continue
        seen.add(delivery.thread_key)
        if delivery.change.incident.phase.is_open and delivery.change.news is not News.UNLISTED:
            return number, delivery
    return None


async def _marked(told: tuple[int, Delivery] | None, playbook: Playbook, office: Office) -> Marked | None:
    if told is None:
        return None
    number, delivery = told
    marks = await office.store.marks(delivery.thread_key, playbook.wanted)
    return Marked(delivery=number, thread=delivery.thread_key, marks=marks)


async def _mark(
    told: tuple[int, Delivery], playbook: Playbook, step: int, state: MarkState, caller: Caller, office: Office
) -> None:
    """Raise UserError where somebody else was first."""
    words, now = office.languages[caller.language], office.clock.now()
    wished = Mark(step=step, state=state, by=caller.user, at=now)
    stands = await office.store.mark(told[1].thread_key, playbook.wanted, wished)
    if stands.by != caller.user:
        said = words("Step {n} is done already.") if stands.state is MarkState.DONE else words("Step {n} is taken.")
        raise UserError(said.format(n=step))


def _step(text: str, playbook: Playbook, words: Words) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if 1 <= number <= len(playbook.steps):
        return number
    steps = len(playbook.steps)
    if not steps:
        raise UserError(words("This playbook has no steps."))
    raise UserError(words("Say the number of a step, from 1 to {n}.", n=steps))


def _with_language(request: Request) -> Request:
    """`playbook chatgpt fr`: a last word that is a language is one."""
    name, _, last = request.options["service"].rpartition(" ")
    if not name or last.casefold() not in LANGUAGES or "language" in request.options:
        return request
    return replace(request, options={**request.options, "service": name, "language": last.casefold()})
