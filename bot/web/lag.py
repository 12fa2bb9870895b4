"""How late the event loop wakes: no timeout, no lease and no heartbeat can be better than that."""

import asyncio
from collections import deque
from time import monotonic

EVERY_S = 0.25
KEPT_S = 10.0


class Lag:
    """Sleeps a little, again and again, and sees by how much it overslept."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque(maxlen=round(KEPT_S / EVERY_S))
        self._due: float | None = None

    def worst_s(self) -> float:
        """The worst of the last ten seconds; also that which goes on right now. Seconds."""
        now = monotonic()
        running = 0.0 if self._due is None else now - self._due
        return max(0.0, running, *(late for at, late in self._seen if now - at <= KEPT_S))

    async def run(self) -> None:
        """For ever."""
        while True:
            self._due = due = monotonic() + EVERY_S
            await asyncio.sleep(EVERY_S)
            now = monotonic()
            self._seen.append((now, now - due))
