"""alt: what to use instead, as the team chose, each with its own state now."""

from bot.commands.office import Office
from bot.commands.spec import Command, Option, Request
from bot.commands.standing_card import evidence, state
from bot.core.catalogue import Found
from bot.core.glossary import HEALTH_TONES, titled
from bot.domain.card import Card, Code, Item, Listing, Moment, Rich, Shape, Tone
from bot.domain.words import Words, mark

COMMAND = Command(
    name="alt",
    summary=mark("What to use instead of a tool"),
    aliases=("alternatives", "remplacer"),
    options=(Option(name="service", summary=mark("The tool that fails"), required=True, services=True),),
)


async def run(request: Request, office: Office) -> Card:
    """The team's alternatives, those that do not work themselves last."""
    words = office.words(request)
    found = await office.find(request.options["service"], words)
    listings = await office.alternatives(found, request, words, full=True)
    notice = mistake(office, words) if request.caller.may_manage else ()
    if all(len(listing.items) == 1 for listing in listings):
        return _none(found, listings, notice, words)
    (standing,) = await office.standings([found])
    return Card(
        tone=HEALTH_TONES[standing.health],
        title=titled(standing.name, state(standing, words), words),
        url=standing.service.page,
        lead=notice,
        listings=listings,
        footer=evidence(standing, words),
    )


def mistake(office: Office, words: Words) -> Rich:
    """That the file cannot be used as it is now, for those who can have it mended; nothing while it can."""
    file = office.file
    if not file.mistake:
        return ()
    what = words("planb.toml has a mistake in line {line}", line=file.line) if file.line else file.mistake
    if file.since is None:
        return (what,)
    return (words("{what}; the version in use is that of", what=what), " ", Moment(file.since, Shape.TIME))


def _none(found: Found, last_resort: tuple[Listing, ...], notice: Rich, words: Words) -> Card:
    """Nothing but the playbook."""
    typed = Item((Code(f"/outage choose {found.value} …"),))
    how = Item((Code(f'[[alternatives."{found.value}"]]'), " ", words("in planb.toml")))
    return Card(
        tone=Tone.INFO,
        title=words("Your team has not chosen anything to use instead of {name} yet", name=found.label),
        lead=notice,
        listings=(*last_resort, Listing(words("To choose"), (typed, how))),
    )
