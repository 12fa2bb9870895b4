"""unsubscribe: be told no more about a service, or about one part of it."""

from dataclasses import replace

from bot.commands.office import Office
from bot.commands.spec import Command, Option, Request
from bot.commands.subscribe import part_names
from bot.core.catalogue import Found
from bot.domain.card import Card, Tone
from bot.domain.errors import UserError
from bot.domain.words import Words, mark

COMMAND = Command(
    name="unsubscribe",
    summary=mark("Be told no more about a tool in this channel"),
    aliases=("arreter", "desabonner"),
    managers_only=True,
    options=(Option(name="service", summary=mark("The tool or the part"), required=True, services=True),),
)


async def run(request: Request, office: Office) -> Card:
    """Stop following the service; or leave out one part and go on with the others."""
    words = office.words(request)
    found = await office.find(request.options["service"], words)
    target = request.caller.target
    subscriptions = await office.store.subscriptions_of(target)
    mine = next((one for one in subscriptions if one.service == found.service.slug), None)
    if mine is None:
        raise UserError(words("This channel does not follow {name}.", name=found.label))
    if found.part is None or mine.parts == (found.part.slug,):
        await office.store.unsubscribe(target, mine.service)
        if await office.store.drop_page(mine.service, target.team):
            await office.library.refresh(office.clock.now(), at_once=True)
        return _gone(found, words)
    if found.part.slug not in mine.parts:
        raise UserError(_not_alone(found, words))
    left = replace(mine, parts=tuple(part for part in mine.parts if part != found.part.slug))
    await office.store.subscribe(left, office.clock.now())
    return Card(
        tone=Tone.GOOD,
        title=words("This channel no longer follows {name}", name=found.label),
        lead=(words("It still follows: {names}.", names=part_names(left, office)),),
    )


def _gone(found: Found, words: Words) -> Card:
    return Card(tone=Tone.GOOD, title=words("This channel no longer follows {name}", name=found.label))


def _not_alone(found: Found, words: Words) -> str:
    return words(
        "This channel follows {service} otherwise than by {part}. To stop it all: `/outage unsubscribe {slug}`.",
        service=found.service.name,
        part=found.part.name if found.part else "",
        slug=found.service.slug,
    )
