"""switched: I use another tool now."""

from bot.commands.moving import NAME, SERVICE, pressed, typed
from bot.commands.office import Office
from bot.commands.spec import Command, Option, Pressed, Request
from bot.domain.card import Card
from bot.domain.move import MoveKind
from bot.domain.words import mark

COMMAND = Command(
    name="switched",
    summary=mark("Say that you use another tool while one fails"),
    aliases=("passe",),
    options=(Option(name="tool", summary=mark("What you use now"), required=True), SERVICE, NAME),
)


async def run(request: Request, office: Office) -> Card:
    """The tool is any that people name; the team's own words for it count as one."""
    return await typed(MoveKind.SWITCHED, request, office)


async def press(button: Pressed, office: Office) -> Card:
    """The button names the tool."""
    return await pressed(MoveKind.SWITCHED, button, office)
