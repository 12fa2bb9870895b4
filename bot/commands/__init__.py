"""The slash commands, and the buttons under our messages. To add one: write its module, list it here.

Every platform builds its own form of a command.
"""

from collections.abc import Mapping

from bot.commands import active, alt, choose, help, list, services, status, subscribe, tried, unsubscribe  # noqa: A004 - their names
from bot.commands.desk import Press, Run
from bot.commands.spec import Command

_OTHERS: tuple[tuple[Command, Run], ...] = (
    (status.COMMAND, status.run),
    (active.COMMAND, active.run),
    (alt.COMMAND, alt.run),
    (choose.COMMAND, choose.run),
    (tried.COMMAND, tried.run),
    (subscribe.COMMAND, subscribe.run),
    (unsubscribe.COMMAND, unsubscribe.run),
    (list.COMMAND, list.run),
    (services.COMMAND, services.run),
)
COMMANDS: tuple[tuple[Command, Run], ...] = (
    *_OTHERS,
    (help.COMMAND, help.Help((*(command for command, _ in _OTHERS), help.COMMAND))),
)

PRESSES: Mapping[str, Press] = {}
"""By the verb that a button's `does` begins with."""
