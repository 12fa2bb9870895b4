"""back: I use the tool again."""

from bot.commands.moving import NAME, SERVICE, pressed, typed
from bot.commands.office import Office
from bot.commands.spec import Command, Pressed, Request
from bot.domain.card import Card
from bot.domain.move import MoveKind
from bot.domain.words import mark

COMMAND = Command(
    name="back",
    summary=mark("Say that you are back on a tool"),
    aliases=("retour",),
    options=(SERVICE, NAME),
)


async def run(request: Request, office: Office) -> Card:
    """Possible for a day after the end."""
    return await typed(MoveKind.BACK, request, office)


async def press(button: Pressed, office: Office) -> Card:
    """Possible for a day after the end."""
    return await pressed(MoveKind.BACK, button, office)
