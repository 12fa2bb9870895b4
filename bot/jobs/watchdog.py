"""watchdog: while all is well, the dead man's switch hears of it; and one platform hears of another that fails."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from bot.core.canary import Arrival
from bot.core.vitals import BEAT_EVERY, DATABASE_AWAY, Said, Signal, ailments, heard, signal
from bot.domain.errors import PlanBError, StoreAway
from bot.domain.subscription import Platform
from bot.domain.vitals import Vitals
from bot.jobs.canary import Canary
from bot.ports import Clock, Leases
from bot.ports.vitals import VitalSigns

T = TypeVar("T")
log = structlog.stdlib.get_logger(__name__)

LOOK_S = 20.0
"""Seconds between two looks: a failure is told at the second one."""
LEASE = timedelta(seconds=90)
_LEASE_NAME = "ping"
Probe = Callable[[], Awaitable[bool]]
Take = Callable[[int], Awaitable[Sequence[T]]]
POLLER = "poll"


def sender(platform: Platform) -> str:
    """The name of the loop that delivers there."""
    return f"deliver to {platform}"


class Ping(Protocol):
    """Tells the dead man's switch; answers what went wrong, or nothing."""

    async def __call__(self, *, failed: bool) -> str:
        """Never raises."""
        ...


@dataclass(slots=True, kw_only=True)
class Beat:
    """The sign of life of one loop, left in the store no more often than needed."""

    name: str
    signs: VitalSigns
    clock: Clock
    _last: datetime | None = None

    @property
    def is_due(self) -> bool:
        """Whether the last one is a while ago."""
        return self._last is None or not timedelta() <= self.clock.now() - self._last < BEAT_EVERY

    async def __call__(self) -> None:
        """It turns. Raise StoreAway."""
        if self.is_due:
            now = self.clock.now()
            await self.signs.beat(self.name, now)
            self._last = now


@dataclass(frozen=True, slots=True, kw_only=True)
class Beats:
    """Lets loops leave their signs of life; `wanted` is False where nobody reads them."""

    signs: VitalSigns
    clock: Clock
    wanted: bool = True

    def before(self, name: str, take: Take[T]) -> Take[T]:
        """`take`, with a beat before it, unless the one before failed.

        What was taken would be lost if a beat after it failed; and a loop that can take nothing only looks alive.
        """
        if not self.wanted:
            return take
        beat = Beat(name=name, signs=self.signs, clock=self.clock)
        fails = False

        async def beating(room: int) -> Sequence[T]:
            nonlocal fails
            if not fails:
                await beat()
            fails = True
            taken = await take(room)
            fails = False
            return taken

        return beating


@dataclass(slots=True, kw_only=True)
class Watchdog:
    """Everything a look needs. `beats` must be heard from some process; `probes` ask the chats of this one."""

    owner: str
    signs: VitalSigns
    leases: Leases
    clock: Clock
    canary: Canary
    ping: Ping | None
    beats: Sequence[str]
    platforms: Collection[Platform]
    probes: Mapping[str, Probe]
    tell: Callable[[Vitals, datetime], Awaitable[None]]
    _said: Said = field(init=False)
    _found: tuple[str, ...] = ()
    _mine: bool = False
    _beats: dict[str, Beat] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._said = Said(began=self.clock.now())
        self._beats = {name: Beat(name=name, signs=self.signs, clock=self.clock) for name in self.probes}

    async def look(self, _room: int = 0) -> Sequence[None]:
        """One look. It never raises: whoever watches must outlive what he watches."""
        try:
            found, canary = await self._examine()
        except StoreAway:
            found, canary = (DATABASE_AWAY,), None
        except Exception:
            log.exception("the watchdog failed for a reason of its own")
            return ()
        self._note(found, canary)
        await self._signal(found, canary)
        return ()

    async def _examine(self) -> tuple[tuple[str, ...], Arrival | None]:
        await self._probe()
        self._mine = await self._hold()
        vitals = await self.signs.vitals()
        now = self.clock.now()
        await self.tell(vitals, now)
        found = ailments(vitals, beats=self.beats, platforms=self.platforms, now=now)
        return found, await self.canary.arrival()

    async def _probe(self) -> None:
        for name, probe in self.probes.items():
            beat = self._beats[name]
            if beat.is_due and await _is_well(name, probe):
                await beat()

    async def _hold(self) -> bool:
        return await self.leases.hold(_LEASE_NAME, self.owner, self.clock.now(), LEASE) is not None

    def _note(self, found: tuple[str, ...], canary: Arrival | None) -> None:
        if canary in {Arrival.LATE, Arrival.FAILED}:
            found = (*found, f"the self-test is {canary}")
        if found and found != self._found:
            log.warning("not well", found="; ".join(found))
        elif self._found and not found:
            log.info("well again")
        self._found = found

    async def _signal(self, found: Sequence[str], canary: Arrival | None) -> None:
        now = self.clock.now()
        wanted, self._said = signal(self._said, found, canary, now)
        # While the database is away nobody can take the lease: who had it last speaks.
        if self.ping is None or not self._mine or wanted is Signal.NOTHING:
            return
        error = await self.ping(failed=wanted is Signal.FAILED)
        if error:
            log.warning("the dead man's switch could not be reached", error=error)
        self._said = heard(self._said, wanted, now, arrived=not error)


async def _is_well(name: str, probe: Probe) -> bool:
    try:
        return await probe()
    except (PlanBError, OSError) as error:
        log.debug("a chat is not well", chat=name, error=str(error))
        return False
