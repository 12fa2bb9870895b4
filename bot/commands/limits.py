"""limits: how much one person, one channel and one team may ask of us. Far more than a team needs."""

from datetime import timedelta

from bot.commands.office import Office
from bot.commands.spec import Caller, Request
from bot.core.allowance import Allowance
from bot.domain.errors import UserError
from bot.domain.subscription import Platform
from bot.domain.words import Words

MOST_COMMANDS = 20
"""For each person and minute."""
MOST_IN_CHANNEL = 100
MOST_IN_TEAM = 500
_SECOND = timedelta(seconds=1)


def commands_allowed() -> Allowance:
    """How often one person may ask."""
    return Allowance(MOST_COMMANDS, timedelta(minutes=1))


def see_pace(caller: Caller, allowance: Allowance, office: Office, words: Words) -> None:
    """Raise UserError for a person who asks too often. The console is the operator's own."""
    if caller.target.platform is Platform.CONSOLE:
        return
    wait = allowance.wait(f"{caller.target.team}/{caller.user}", office.clock.now())
    if wait:
        seconds = -(-wait // _SECOND)
        raise UserError(words("That is a lot of questions. I answer again in {seconds} s.", seconds=seconds))


def see_looks(request: Request, office: Office, words: Words) -> None:
    """Raise UserError where a team makes us look at new pages too fast: we are nobody's port scanner."""
    if office.looks.wait(request.caller.target.team, office.clock.now()):
        raise UserError(words("I look at one new page a second. Please ask again in a moment."))


async def see_room(request: Request, office: Office, words: Words) -> None:
    """Raise UserError where a channel or its team follows as much as may be. Two at once may come out one over it."""
    target = request.caller.target
    if len(await office.store.subscriptions_of(target)) >= MOST_IN_CHANNEL:
        raise UserError(
            words("This channel follows {n} tools, and that is the limit. Stop one first.", n=MOST_IN_CHANNEL)
        )
    if await office.store.subscriptions_in(target.team) >= MOST_IN_TEAM:
        raise UserError(
            words("The channels of your team follow {n} tools, and that is the limit. Stop one first.", n=MOST_IN_TEAM)
        )
