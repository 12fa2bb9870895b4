"""active: every open incident of what this channel follows, or of everything we watch."""

from bot.commands.office import Office
from bot.commands.spec import Command, Option, Request
from bot.commands.standing_card import incident_item
from bot.core.catalogue import Found
from bot.core.glossary import HEALTH_TONES
from bot.core.standing import Standing
from bot.domain.card import Card, Code, Listing, Tone
from bot.domain.status import worst
from bot.domain.words import Words, mark

SERVICES_SHOWN = 12
COMMAND = Command(
    name="active",
    summary=mark("Open incidents, of what this channel follows or of everything"),
    aliases=("actifs", "encours"),
    options=(Option(name="scope", summary=mark("all: everything I watch"), choices=("channel", "all")),),
)


async def run(request: Request, office: Office) -> Card:
    """List open incidents by service."""
    words = office.words(request)
    followed = () if request.options.get("scope") == "all" else await office.followed(request)
    asked = followed or tuple(Found(service=service) for service in office.catalogue.services)
    standings = await office.standings(asked)
    troubled = [standing for standing in standings if standing.incidents]
    return _troubled(troubled, words) if troubled else _quiet(standings, followed=bool(followed), words=words)


def _troubled(standings: list[Standing], words: Words) -> Card:
    count = len({incident.id for standing in standings for incident in standing.incidents})
    shown = standings[:SERVICES_SHOWN]
    more = len(standings) - len(shown)
    return Card(
        tone=HEALTH_TONES[worst(standing.health for standing in standings)],
        title=words.plural("{n} open incident", "{n} open incidents", count),
        listings=tuple(Listing(s.name, tuple(incident_item(i, words) for i in s.incidents)) for s in shown),
        footer=(words.plural("{n} more tool", "{n} more tools", more),) if more else (),
    )


def _quiet(standings: tuple[Standing, ...], *, followed: bool, words: Words) -> Card:
    blind = [standing.name for standing in standings if standing.sight.read_at is None or not standing.is_healthy]
    if len(blind) == len(standings):
        return Card(tone=Tone.UNKNOWN, title=words("I cannot read any of these pages just now"))
    lead = words("Not read lately: {names}.", names=", ".join(blind[:SERVICES_SHOWN])) if blind else ""
    title = words("No open incident in what this channel follows") if followed else words("No open incident")
    wider = (words("Everything I watch:"), " ", Code("/outage active scope=all"))
    return Card(tone=Tone.GOOD, title=title, lead=(lead,) if lead else (), footer=wider if followed else ())
