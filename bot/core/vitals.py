"""vitals: is the whole of it well, and what does the dead man's switch hear? Pure.

Every loop leaves a beat in the store while it turns, whichever process it is in; so one process can speak for all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.canary import Arrival
from bot.domain.subscription import Platform
from bot.domain.vitals import Vitals

BEAT_EVERY = timedelta(seconds=30)
BEAT_LIMIT = timedelta(minutes=3)
"""Six beats: a restart, a short absence of the database or of a platform is no alarm."""
STUCK_AFTER = timedelta(minutes=5)
OVERDUE_AFTER = timedelta(minutes=5)
BLIND_SHARE = 0.5
BLIND_LEAST = 4
"""Of three pages, one that fails is a third: that proves nothing."""
PING_EVERY = timedelta(seconds=60)
SURE_AFTER = timedelta(seconds=30)
"""A failure that is over at the next look was none: a database that fails over is away for a few seconds."""
STARTING = timedelta(minutes=6)
DATABASE_AWAY = "the database is away"


def ailments(
    vitals: Vitals, *, beats: Sequence[str], platforms: Collection[Platform], now: datetime
) -> tuple[str, ...]:
    """What is not well, in words for the log. `beats` must be heard, and `platforms` (those set up) delivered to."""
    silent = [f"no sign of life: {name}" for name in beats if not _beats(vitals, name, now)]
    stuck = [
        f"deliveries to {platform} wait"
        for platform, flow in sorted(vitals.flows.items())
        if platform in platforms and flow.waiting_since and now - flow.waiting_since >= STUCK_AFTER
    ]
    overdue = vitals.due_since is not None and now - vitals.due_since >= OVERDUE_AFTER
    blind = vitals.unreachable >= max(BLIND_LEAST, BLIND_SHARE * vitals.feeds)
    more = (("polls are overdue", overdue), ("most status pages cannot be reached", blind))
    return (*silent, *stuck, *(text for text, so in more if so))


def _beats(vitals: Vitals, name: str, now: datetime) -> bool:
    last = vitals.beats.get(name)
    return last is not None and now - last < BEAT_LIMIT


class Signal(StrEnum):
    """What is sent to the dead man's switch."""

    ALIVE = "alive"
    FAILED = "failed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What this process told the switch: `last`, at `asked_at`. `spoke`: that all was well, at least once.

    `told` is whether the failure that lasts since `failing_since` has arrived there.
    """

    began: datetime
    asked_at: datetime | None = None
    last: Signal = Signal.NOTHING
    spoke: bool = False
    told: bool = False
    failing_since: datetime | None = None


def signal(said: Said, found: Sequence[str], canary: Arrival | None, now: datetime) -> tuple[Signal, Said]:
    """What to send now. A canary that is only late is no proof: then silence, which the switch understands as well.

    A process that has only begun, and never was well, knows nothing yet and says nothing.
    """
    if found or canary is Arrival.FAILED:
        said = replace(said, failing_since=said.failing_since or now)
        wanted = Signal.FAILED if _is_sure(said, now) else Signal.NOTHING
    else:
        said = replace(said, failing_since=None, told=False)
        wanted = Signal.NOTHING if canary is Arrival.LATE else Signal.ALIVE
    again = wanted is said.last and said.asked_at is not None and now - said.asked_at < PING_EVERY
    return Signal.NOTHING if again else wanted, said


def _is_sure(said: Said, now: datetime) -> bool:
    lasts = said.failing_since is not None and now - said.failing_since >= SURE_AFTER
    return lasts and not said.told and (said.spoke or now - said.began >= STARTING)


def heard(said: Said, sent: Signal, now: datetime, *, arrived: bool) -> Said:
    """What was told, after it was sent. What did not arrive is sent again, as seldom as anything else."""
    spoke = said.spoke or sent is Signal.ALIVE
    return replace(said, asked_at=now, last=sent, spoke=spoke, told=sent is Signal.FAILED and arrived)
