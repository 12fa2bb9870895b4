"""The slash commands, and the buttons under our messages. To add one: write its module, list it here.

Every platform builds its own form of a command.
"""

from collections.abc import Mapping

from bot.commands import (
    active,
    alt,
    back,
    blocked,
    choose,
    draft,
    drill,
    exposure,
    help,  # noqa: A004 - its name
    list,  # noqa: A004 - its name
    playbook,
    services,
    status,
    subscribe,
    switched,
    tried,
    unsubscribe,
)
from bot.commands.desk import Press, Run
from bot.commands.spec import Command

_OTHERS: tuple[tuple[Command, Run], ...] = (
    (status.COMMAND, status.run),
    (active.COMMAND, active.run),
    (alt.COMMAND, alt.run),
    (choose.COMMAND, choose.run),
    (tried.COMMAND, tried.run),
    (playbook.COMMAND, playbook.run),
    (subscribe.COMMAND, subscribe.run),
    (unsubscribe.COMMAND, unsubscribe.run),
    (list.COMMAND, list.run),
    (services.COMMAND, services.run),
    (drill.COMMAND, drill.run),
    (switched.COMMAND, switched.run),
    (blocked.COMMAND, blocked.run),
    (back.COMMAND, back.run),
    (exposure.COMMAND, exposure.run),
    (draft.COMMAND, draft.run),
)
COMMANDS: tuple[tuple[Command, Run], ...] = (
    *_OTHERS,
    (help.COMMAND, help.Help((*(command for command, _ in _OTHERS), help.COMMAND))),
)

PRESSES: Mapping[str, Press] = {
    "playbook": playbook.show,
    "claim": playbook.claim,
    "done": playbook.done,
    "switched": switched.press,
    "blocked": blocked.press,
    "back": back.press,
}
"""By the verb that a button's `does` begins with."""
