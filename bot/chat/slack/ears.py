"""Since when this process hears all that Slack says: what was posted since then would have been heard."""

import asyncio
from datetime import datetime

from bot.ports import Clock

BEAT_S = 1.0
PAUSE_S = 5.0
"""A process that did nothing for so long was stopped, and Slack may have turned away meanwhile."""


class Ears:
    """Deaf at first. Breaks are noticed by whoever keeps the connection, pauses by `keep_time`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: datetime | None = None
        self._beat = 0.0
        self.were_open = False

    def hear(self) -> None:
        """Slack reaches us: from now on, unless it did before."""
        self._notice_pause()
        self._since = self._since or self._clock.now()
        self.were_open = True

    def miss(self) -> None:
        """Something was said that we could not take: only what comes from now on is heard."""
        if self._since:
            self._since = self._clock.now()

    def close(self) -> None:
        """Slack does not reach us."""
        self._since = None

    def heard_since(self, moment: datetime) -> bool:
        """Whether all that Slack said since then was heard here."""
        self._notice_pause()
        return self._since is not None and self._since <= moment

    async def keep_time(self) -> None:
        """Until cancelled."""
        while True:
            self._notice_pause()
            await asyncio.sleep(BEAT_S)

    def _notice_pause(self) -> None:
        beat = asyncio.get_running_loop().time()
        if beat - self._beat > PAUSE_S:
            self.miss()
        self._beat = beat
