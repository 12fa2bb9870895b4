"""turn: waits until a message may go by the budgets of its platform, as long as that is soon."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.core.pace import Pace
from bot.domain.subscription import Action, Target
from bot.ports import Clock


class NotYet(Exception):
    """Whether it was posted cannot be known yet, or others go first: the platform takes only so much at a time."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


async def turn(pace: Pace, clock: Clock, target: Target, action: Action, patience: timedelta) -> None:
    """Wait for it. Raise NotYet when it is too far away, also when the platform says so in the meantime."""
    wait, gone = pace.reserve(target, action, clock.now(), patience), False
    while not gone:
        if wait > patience:
            raise NotYet(wait)
        if wait:
            await asyncio.sleep(wait.total_seconds())
        if pause := pace.pause(target, action, clock.now()):
            raise NotYet(pause)
        wait = pace.go(target, action, _steady())
        gone = not wait


def _steady() -> datetime:
    """A clock that nobody sets: whoever sleeps finds it moved on."""
    return datetime.fromtimestamp(asyncio.get_running_loop().time(), UTC)
