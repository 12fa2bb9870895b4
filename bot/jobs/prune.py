"""prune: what is long over leaves the tables, so that the queue stays as quick as on its first day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.ports import Clock, Store

log = structlog.stdlib.get_logger(__name__)

PAUSE_S = 600.0
LEASE = timedelta(minutes=30)
NAME = "prune"
KEPT = timedelta(days=30)
"""Deliveries that ended: so long `planb check --deliveries` can show what was given up, and why."""
THREADS_KEPT = timedelta(days=120)
"""First messages: an incident that is silent for longer begins anew in the channel."""
ECHOES_KEPT = timedelta(days=2)
"""Slack repeats an event for minutes only."""
MOST_AT_ONCE = 5_000
"""Rows in one statement: a long one would hold up those who deliver."""


@dataclass(slots=True, kw_only=True)
class Pruning:
    """One of all processes does it."""

    store: Store
    clock: Clock
    owner: str

    async def look(self, _room: int) -> Sequence[None]:
        """Delete what is long over, unless another process does. Not empty: again at once. Raise StoreAway."""
        now = self.clock.now()
        if await self.store.hold(NAME, self.owner, now, LEASE) is None:
            return ()
        gone = await self.store.prune(
            deliveries=now - KEPT, threads=now - THREADS_KEPT, echoes=now - ECHOES_KEPT, now=now, most=MOST_AT_ONCE
        )
        if gone:
            log.info("forgot what is long over", rows=gone)
        return (None,) if gone >= MOST_AT_ONCE else ()
