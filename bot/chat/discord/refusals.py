"""How many of our requests Discord refuses, and the breaker that keeps us far from its ban.

10,000 refused requests in 10 minutes and Cloudflare bans our address, which we may share with strangers:
https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp

from bot.ports import Clock

MOST = 500
WINDOW = timedelta(minutes=10)
_COUNTED = frozenset({401, 403, 429})
_SOCKETS = frozenset({"ws", "wss"})


class TooManyRefused(aiohttp.ClientError):
    """Nothing was sent: one more refusal would be one too many. Try again after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"Discord refused {MOST} requests in {WINDOW}")
        self.wait = wait


class Refusals:
    """Counts over the last ten minutes, for all clients of one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: deque[datetime] = deque(maxlen=MOST)

    @property
    def count(self) -> int:
        """How many in the last ten minutes; `MOST` at the most."""
        since = self._clock.now() - WINDOW
        return sum(at > since for at in self._at)

    @property
    def wait(self) -> timedelta:
        """How long nothing may be sent; zero if it may now."""
        if len(self._at) < MOST:
            return timedelta(0)
        return max(self._at[0] + WINDOW - self._clock.now(), timedelta(0))

    def add(self, status: int, headers: Mapping[str, str]) -> None:
        """Count an answer, if Discord does: a `shared` limit is others' doing."""
        shared = status == HTTPStatus.TOO_MANY_REQUESTS and headers.get("X-RateLimit-Scope") == "shared"
        if status in _COUNTED and not shared:
            self._at.append(self._clock.now())

    def trace(self) -> aiohttp.TraceConfig:
        """Sees every request of a client, those that discord.py repeats by itself and the answers to commands too."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._before)
        config.on_request_end.append(self._after)
        return config

    async def _before(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, asked: aiohttp.TraceRequestStartParams
    ) -> None:
        if asked.url.scheme not in _SOCKETS and (wait := self.wait):
            raise TooManyRefused(wait)

    async def _after(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, answered: aiohttp.TraceRequestEndParams
    ) -> None:
        self.add(answered.response.status, answered.response.headers)
