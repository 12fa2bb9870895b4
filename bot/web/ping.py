"""ping: one request to the dead man's switch. It tells somebody when it hears nothing, or hears `/fail`.

https://healthchecks.io/docs/signaling_failures/
"""

import aiohttp
from yarl import URL

from bot.domain.errors import SettingsError

PATIENCE_S = 10.0
_WRONG = "PLANB_PING_URL is no address that can be asked. See .env.example."
_GOOD = range(200, 300)


class HttpPing:
    """One address. Its errors never hold the address: whoever knows it can silence the switch."""

    def __init__(self, address: str) -> None:
        """Raise SettingsError, without the address."""
        try:
            self._alive = URL(address)
        except ValueError:
            raise SettingsError(_WRONG) from None
        if not self._alive.host:
            raise SettingsError(_WRONG)
        path = self._alive.raw_path.rstrip("/") + "/fail"
        self._failed = self._alive.with_path(path, encoded=True).with_query(self._alive.query)

    async def __call__(self, *, failed: bool) -> str:
        """Say that all is well, or that it is not. What went wrong, or nothing; it never raises."""
        address = self._failed if failed else self._alive
        try:
            return await _asked(address)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            return type(error).__name__


async def _asked(address: URL) -> str:
    # A session of its own, once a minute: it shares no pool, no limit and no failure with anything it speaks for.
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(address, allow_redirects=False) as response,
    ):
        return "" if response.status in _GOOD else f"it answered {response.status}"
