"""The loops that move everything: each takes what is due from a table, and a stop lets it finish."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field

from bot.domain.subscription import Platform
from bot.jobs import deliver, poll, prune, watch
from bot.jobs.deliver import Delivering
from bot.jobs.loop import Bell, Pump
from bot.jobs.poll import Polling
from bot.jobs.prune import Pruning
from bot.jobs.watch import Watching, nothing
from bot.jobs.watchdog import POLLER, Beats, sender

POLL_PAUSE_S = 0.5
OUTBOX_PAUSE_S = 1.0
POLL_GRACE_S = 1.0
"""A poll may be asked again by whoever comes next; a send under way is worth waiting for."""


@dataclass(frozen=True, slots=True)
class Bells:
    """One for each loop. `polls` rings when a page is to be asked at once, `outbox` when something is to be sent."""

    polls: Bell = field(default_factory=Bell)
    rooms: dict[Platform, Bell] = field(default_factory=lambda: {platform: Bell() for platform in Platform})
    outbox: Bell = field(init=False)
    slow: Bell = field(default_factory=Bell)
    advice: Bell = field(default_factory=Bell)

    def __post_init__(self) -> None:
        object.__setattr__(self, "outbox", Bell(rooms=self.rooms.values()))

    def stop(self) -> None:
        """Take nothing new, finish what is under way, end."""
        for bell in (self.polls, self.outbox, self.slow, self.advice):
            bell.stop()


async def run_all(
    bells: Bells,
    polling: Polling,
    deliverings: Iterable[Delivering],
    watching: Watching,
    pruning: Pruning,
    beats: Beats,
) -> None:
    """Until the bells say stop."""
    slow = Pump(name="watch", bell=bells.slow, most=1, pause=watch.PAUSE_S)
    rare = Pump(name="prune", bell=bells.slow, most=1, pause=prune.PAUSE_S)
    await asyncio.gather(
        _poll(bells.polls, polling, beats),
        *(_deliver(bells.rooms[delivering.platform], delivering, beats) for delivering in deliverings),
        slow.run(watching.look, nothing),
        rare.run(pruning.look, nothing),
    )
    await polling.save_quiet()


def _poll(bell: Bell, polling: Polling, beats: Beats) -> Awaitable[None]:
    pump = Pump(name=POLLER, bell=bell, most=poll.MOST_AT_ONCE, pause=POLL_PAUSE_S, grace=POLL_GRACE_S)
    return pump.run(beats.before(pump.name, polling.take), polling.work)


def _deliver(bell: Bell, delivering: Delivering, beats: Beats) -> Awaitable[None]:
    pump = Pump(name=sender(delivering.platform), bell=bell, most=deliver.MOST_AT_ONCE, pause=OUTBOX_PAUSE_S)
    return pump.run(beats.before(pump.name, delivering.take), delivering.work)
