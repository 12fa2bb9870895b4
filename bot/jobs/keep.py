"""What only one process may do at a time, done by whoever holds its lease.

Two copies of us overlap at every deployment, and a process may be stopped for a minute and go on as if nothing were:
so a lease is a row with an end, renewed well before it, and what it allows ends with it.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.errors import StoreAway
from bot.jobs.loop import end
from bot.ports import Clock, Leases

log = structlog.stdlib.get_logger(__name__)

_GOODBYE_S = 1.0
_END_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """lease: after so long others take over from one that died. renewal: how often it is renewed.

    look: how often one that waits asks again, and one that got no answer. margin: when it cannot be renewed, what it
    allows ends so long before it does, because ending takes a moment too.
    endures: go on while the database is away, when nobody else can have the lease either; of two of us for a moment,
    one then finds it taken and ends.
    """

    lease: timedelta = timedelta(seconds=30)
    renewal: timedelta = timedelta(seconds=10)
    look: timedelta = timedelta(seconds=1.5)
    margin: timedelta = timedelta(seconds=3)
    endures: bool = False


def somebody() -> str:
    """A name for this process that no other has."""
    return secrets.token_hex(8)


async def keep(
    leases: Leases, name: str, owner: str, clock: Clock, run: Callable[[], Awaitable[None]], *, pace: Pace | None = None
) -> None:
    """Run it whenever the lease `name` is ours, and end it when that is lost, or the database says nothing for long.

    Return or raise what it returns or raises; StoreAway only means to try again. When cancelled, it lets go of the
    lease at the same time as it ends the work, so that another process goes on within `look`.
    """
    lease = _Lease(leases=leases, name=name, owner=owner, clock=clock, pace=pace or Pace())
    while True:
        await lease.wait()
        task = asyncio.ensure_future(_as_task(run))
        try:
            if await lease.renew_until(task):
                return task.result()
        except StoreAway as error:
            log.warning("the database is away, trying again", task=name, error=str(error))
        finally:
            task.cancel()
            await lease.let_go()
            await end([task], patience=_END_S)
        await asyncio.sleep(lease.pace.look.total_seconds())


async def _as_task(run: Callable[[], Awaitable[None]]) -> None:
    await run()


@dataclass(slots=True, kw_only=True)
class _Lease:
    """The lease of one process. `ends` is the event loop's time, so that nobody who sets the clock makes it longer."""

    leases: Leases
    name: str
    owner: str
    clock: Clock
    pace: Pace
    ends: float = 0.0

    async def wait(self) -> None:
        """Until it is ours. When cancelled while it asks, it may have got it."""
        told: set[bool | None] = set()
        try:
            while not (held := await self._hold(self.pace.lease.total_seconds())):
                if held not in told:
                    log.info("another process does this" if held is False else "the database is away", task=self.name)
                    told.add(held)
                await asyncio.sleep(self.pace.look.total_seconds())
        except asyncio.CancelledError:
            await self.let_go()
            raise

    async def renew_until(self, task: asyncio.Task[None]) -> bool:
        """True when the task is done, False when the lease is another's or about to be."""
        pause = self.pace.renewal.total_seconds()
        while True:
            await asyncio.wait({task}, timeout=pause)
            if task.done():
                return True
            left = self._left()
            kept = await self._hold(left) if left > 0 else False
            if kept is False:
                log.warning("the lease is lost, stopping", task=self.name)
                return False
            pause = (self.pace.renewal if kept else min(self.pace.look, timedelta(seconds=left))).total_seconds()

    def _left(self) -> float:
        """Seconds until what it allows must end."""
        if self.pace.endures:
            return self.pace.renewal.total_seconds()
        return self.ends - self.pace.margin.total_seconds() - asyncio.get_running_loop().time()

    async def _hold(self, patience: float) -> bool | None:
        """Whether it is ours, for a whole lease from now; None when the database does not say."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        try:
            async with asyncio.timeout(patience):
                fence = await self.leases.hold(self.name, self.owner, self.clock.now(), self.pace.lease)
        except (StoreAway, TimeoutError):
            return None
        self.ends = asked + self.pace.lease.total_seconds()
        return fence is not None

    async def let_go(self) -> None:
        """Another may have it at once; where the database is away, when it ends."""
        try:
            async with asyncio.timeout(_GOODBYE_S):
                await self.leases.let_go(self.name, self.owner, self.clock.now())
        except (StoreAway, TimeoutError) as error:
            log.info("the lease ends by itself", task=self.name, error=str(error))
