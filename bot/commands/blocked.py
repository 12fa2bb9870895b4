"""blocked: I cannot work now."""

from bot.commands.moving import NAME, SERVICE, pressed, typed
from bot.commands.office import Office
from bot.commands.spec import Command, Pressed, Request
from bot.domain.card import Card
from bot.domain.move import MoveKind
from bot.domain.words import mark

COMMAND = Command(
    name="blocked",
    summary=mark("Say that you cannot work while a tool fails"),
    aliases=("bloque",),
    options=(SERVICE, NAME),
)


async def run(request: Request, office: Office) -> Card:
    """Nobody is asked why."""
    return await typed(MoveKind.BLOCKED, request, office)


async def press(button: Pressed, office: Office) -> Card:
    """Nobody is asked why."""
    return await pressed(MoveKind.BLOCKED, button, office)
