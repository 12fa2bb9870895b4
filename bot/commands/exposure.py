"""exposure: what the team has no plan B for, never tried, and what would take most of its tools at once."""

from bot.commands.office import Office
from bot.commands.spec import Command, Request
from bot.core.catalogue import Catalogue, Found
from bot.core.exposure import exposure
from bot.core.render_exposure import exposed
from bot.core.scope import wanted_parts
from bot.domain.card import Card
from bot.domain.exposure import Exposure, Practice
from bot.domain.subscription import Subscription
from bot.domain.words import mark

COMMAND = Command(
    name="exposure",
    summary=mark("What your team has no plan B for, and what to do first"),
    aliases=("exposition", "risques"),
)


async def run(request: Request, office: Office) -> Card:
    """For the whole team, whichever channel asks."""
    return exposed(await exposure_of(request.caller.target.team, office), office.words(request))


async def exposure_of(team: str, office: Office) -> Exposure:
    """Of one team, from what is stored. `office` has the team's catalogue and plans. Raise StoreAway."""
    subscriptions = await office.store.followed_in(team)
    followed = [found for one in subscriptions for found in _followed(one, office.catalogue)]
    practice = Practice(
        playbooks={book.wanted: True for book in office.playbooks.ours},
        drills=await office.store.last_drills(team),
    )
    return exposure(followed, office.plans, office.catalogue, practice, office.clock.now())


def _followed(subscription: Subscription, catalogue: Catalogue) -> list[Found]:
    """Nothing for what left the catalogue, and for drills."""
    service = catalogue.get(subscription.service)
    if service is None:
        return []
    parts = wanted_parts(service, subscription.parts)
    return [Found(service=service, part=part) for part in parts] or [Found(service=service)]
