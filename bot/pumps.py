"""The loops that move everything: each takes what is due from a table, and a stop lets it finish."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bot.domain.subscription import Platform
from bot.jobs import deliver, poll, prune, recovery, watch
from bot.jobs.deliver import Delivering
from bot.jobs.loop import Bell, Pump
from bot.jobs.poll import Polling
from bot.jobs.prune import Pruning
from bot.jobs.recovery import Recovering
from bot.jobs.watch import Watching, nothing
from bot.jobs.watchdog import POLLER, Beats, sender
from bot.library import Library
from bot.ports import Clock, Store
from bot.settings import Settings

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


Look = Callable[[int], Awaitable[Sequence[None]]]
Periodic = Sequence[tuple[str, float, Look]]
"""Jobs that look by themselves now and then: name, pause in seconds, what they do."""


def periodic(settings: Settings, library: Library, store: Store, clock: Clock, bell: Bell, owner: str) -> Periodic:
    """Each is done by one of all processes."""
    watching = Watching(
        library=library, store=store, clock=clock, bell=bell, owner=owner, tells=settings.planb_sight_notices
    )
    pruning = Pruning(store=store, clock=clock, owner=owner)
    recovering = Recovering(library=library, store=store, clock=clock, bell=bell, owner=owner, hold=settings.hold_down)
    return (
        (watch.NAME, watch.PAUSE_S, watching.look),
        (prune.NAME, prune.PAUSE_S, pruning.look),
        (recovery.NAME, recovery.PAUSE_S, recovering.look),
    )


async def run_all(
    bells: Bells,
    polling: Polling,
    deliverings: Iterable[Delivering],
    jobs: Periodic,
    beats: Beats,
) -> None:
    """Until the bells say stop."""
    await asyncio.gather(
        _poll(bells.polls, polling, beats),
        *(_deliver(bells.rooms[delivering.platform], delivering, beats) for delivering in deliverings),
        *(Pump(name=name, bell=bells.slow, most=1, pause=pause).run(look, nothing) for name, pause, look in jobs),
    )
    await polling.save_quiet()


def _poll(bell: Bell, polling: Polling, beats: Beats) -> Awaitable[None]:
    pump = Pump(name=POLLER, bell=bell, most=poll.MOST_AT_ONCE, pause=POLL_PAUSE_S, grace=POLL_GRACE_S)
    return pump.run(beats.before(pump.name, polling.take), polling.work)


def _deliver(bell: Bell, delivering: Delivering, beats: Beats) -> Awaitable[None]:
    pump = Pump(name=sender(delivering.platform), bell=bell, most=deliver.MOST_AT_ONCE, pause=OUTBOX_PAUSE_S)
    return pump.run(beats.before(pump.name, delivering.take), delivering.work)
