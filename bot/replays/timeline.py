"""Which moment of an outage it is: each thing that happened gets an equal beat, and the silences are skipped. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.replays.model import Aside, Event, Replay

WHOLE = 22.0  # seconds that a whole outage takes by default: short enough to be watched to its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """`moments` in order; at the beginning and after each beat (seconds) the clock leaps to the next.

    Between two leaps it goes at the pace of a real one, so that time-outs and leases keep their meaning.
    """

    moments: tuple[datetime, ...]
    beat: float

    def moment(self, elapsed: float) -> datetime:
        """The moment of the story after so many real seconds. It never goes back, and goes on after the end."""
        index = self._index(elapsed)
        now = self.moments[index] + timedelta(seconds=elapsed - index * self.beat)
        return now if index == len(self.moments) - 1 else min(now, self.moments[index + 1])

    def until_next(self, elapsed: float) -> float | None:
        """Real seconds until the next leap; None when all has been told."""
        index = self._index(elapsed)
        return None if index == len(self.moments) - 1 else (index + 1) * self.beat - elapsed

    @property
    def seconds(self) -> float:
        """How long the whole takes, the last moment's own beat included."""
        return len(self.moments) * self.beat

    def _index(self, elapsed: float) -> int:
        return min(max(int(elapsed / self.beat), 0), len(self.moments) - 1)


def timeline(replay: Replay, *, speed: float = 1, beat: float | None = None, afterwards: bool = False) -> Timeline:
    """The timeline of a replay. `beat` is in seconds; without it the whole takes WHOLE seconds; `speed` divides both.

    `afterwards` plays on to what was published days after the end (a post-mortem).
    """
    moments = _moments(replay, afterwards=afterwards)
    return Timeline(moments=moments, beat=(beat or WHOLE / len(moments)) / speed)


def _moments(replay: Replay, *, afterwards: bool) -> tuple[datetime, ...]:
    """A quiet minute before anything happens, then every event and aside, each moment once."""
    course = [item for item in replay.course if afterwards or not _comes_later(item)]
    told = sorted({item.at for item in course})
    return (told[0] - timedelta(minutes=1), *told)


def _comes_later(item: Event | Aside) -> bool:
    return isinstance(item, Event) and item.phase == "postmortem"
