"""status: how a service, a part of it, or everything this channel follows is now."""

from collections.abc import Sequence

from bot.commands.office import Office
from bot.commands.spec import Command, Option, Request
from bot.commands.standing_card import standing_card, standing_item
from bot.core.catalogue import Found
from bot.core.glossary import HEALTH_TONES, HEALTHS, titled
from bot.core.standing import Standing
from bot.domain.card import Card, Code, Item, Listing, Tone
from bot.domain.status import Health, worst
from bot.domain.words import Words, mark

COMMAND = Command(
    name="status",
    summary=mark("How a tool is now; without a name, everything this channel follows"),
    aliases=("statut", "etat"),
    options=(
        Option(
            name="service", summary=mark("A tool or a part of it, such as chatgpt or github:actions"), services=True
        ),
    ),
)


async def run(request: Request, office: Office) -> Card:
    """One service in full, or a line for each that the channel follows."""
    words = office.words(request)
    if text := request.options.get("service"):
        found = await office.find(text, words)
        (standing,) = await office.standings([found])
        fails = () if standing.health is Health.OPERATIONAL else await office.failing(found)
        alone = standing.health.is_bad
        known = [await office.alternatives(one, request, words, alone=alone) for one in fails]
        return standing_card(standing, tuple(listing for listings in known for listing in listings), words)
    followed = await office.followed(request)
    if followed:
        return _overview(words("What this channel follows"), await office.standings(followed), words)
    everything = await office.standings(Found(service=service) for service in office.catalogue.services)
    return _nothing_followed(everything, words)


def _overview(heading: str, standings: tuple[Standing, ...], words: Words) -> Card:
    state = worst(standing.health for standing in standings)
    ordered = sorted(standings, key=lambda standing: (-standing.health.rank, standing.name.casefold()))
    items = tuple(standing_item(standing, words) for standing in ordered)
    return Card(tone=HEALTH_TONES[state], title=_title(ordered, state, words), listings=(Listing(heading, items),))


def _title(ordered: Sequence[Standing], state: Health, words: Words) -> str:
    """What matters most: the worst tool by its name, else that all is well, or that we cannot see."""
    if state is Health.OPERATIONAL:
        return words("All operational")
    if not state.is_bad and state is not Health.MAINTENANCE:
        return words("I cannot see everything now")
    more = sum(standing.health.is_bad for standing in ordered) - 1
    others = words.plural(", {n} more with trouble", ", {n} more with trouble", more) if more > 0 else ""
    return titled(ordered[0].name, words(HEALTHS[state]) + others, words)


def _nothing_followed(everything: tuple[Standing, ...], words: Words) -> Card:
    hint = Item((words("To be told here:"), " ", Code("/outage subscribe chatgpt")))
    failing = [standing for standing in everything if standing.health.is_bad]
    unknown = sum(standing.health is Health.UNKNOWN for standing in everything)
    if failing:
        card = _overview(words("Tools with trouble now"), tuple(failing), words)
        return Card(tone=card.tone, title=card.title, listings=(*card.listings, Listing(words("Next"), (hint,))))
    seen = len(everything) - unknown
    lead = words.plural("I can see {n} tool now; no trouble there.", "I can see {n} tools now; no trouble there.", seen)
    blind = words.plural("{n} page cannot be read now.", "{n} pages cannot be read now.", unknown) if unknown else ""
    return Card(
        tone=Tone.INFO,
        title=words("This channel follows nothing yet"),
        lead=(f"{lead if seen else ''} {blind}".strip(),),
        listings=(Listing(words("Next"), (hint,)),),
    )
