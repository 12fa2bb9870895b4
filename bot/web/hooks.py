"""Webhooks of status pages: a wake-up call, and nothing more.

Statuspage does not sign what it sends, and sends it from anywhere. So nothing of a request is read but its path; the
page is polled at once over TLS, as ever. Whoever learns the address can make us poll that one page every ten seconds.
Statuspage sets an address aside after ten failures in an hour: a known token gets a 202 also while the database is
away. https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/
"""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import structlog
from aiohttp import web

from bot.domain.errors import StoreAway
from bot.jobs.loop import Bell, end
from bot.ports import Clock, Store
from bot.ports.meter import Count, Meter, Silent
from bot.web.within import Within

log = structlog.stdlib.get_logger(__name__)

PATH = "/hooks/{token}"
TOKEN_BYTES = 32
AT_MOST_EVERY_S = 10.0
OLD_LIVES = timedelta(hours=24)
"""For so long a replaced address still works: somebody has to paste the new one."""
READ_AGAIN_S = 2.0
"""A new address works after this, and unknown ones cost no more than one look into the database in that time."""
DATABASE_MOST_S = 2.0
HEARD = "hook-heard:"
"""The note that says when a feed was last woken."""
_PREFIX = "hook:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An address that wakes one feed, until a time if it was replaced. Only the digest of its token is kept."""

    digest: str
    feed: str
    made: datetime
    until: datetime | None = None

    def lives(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return self.until is None or now < self.until


async def hooks(store: Store) -> Mapping[str, Hook]:
    """All of them by digest, those that are over too. Raise StoreAway."""
    return {digest: _read(digest, text) for digest, text in (await store.notes(_PREFIX)).items()}


async def new_hook(store: Store, feed: str, now: datetime) -> str:
    """A new address for a feed, its last part: this is the only time that it can be seen. Older ones end in a day.

    Raise StoreAway. The new one is kept first, so that no moment has none.
    """
    known = await hooks(store)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await _keep(store, Hook(digest=digest_of(token), feed=feed, made=now))
    for hook in known.values():
        if not hook.lives(now):
            await store.drop_note(_PREFIX + hook.digest)
        elif hook.feed == feed and hook.until is None:
            await _keep(store, Hook(digest=hook.digest, feed=feed, made=hook.made, until=now + OLD_LIVES))
    return token


@dataclass(slots=True, kw_only=True)
class Hooks:
    """Takes webhooks. `every` is the least time in seconds between two extra polls of one feed, over all processes."""

    store: Store
    clock: Clock
    bell: Bell
    meter: Meter = field(default_factory=Silent)
    every: float = AT_MOST_EVERY_S
    _in_time: Within = field(default_factory=lambda: Within(DATABASE_MOST_S))
    _known: Mapping[str, Hook] = field(default_factory=dict)
    _sure: bool = False
    _read_s: float = -READ_AGAIN_S
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asked: set[str] = field(default_factory=set)
    _waking: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def receive(self, request: web.Request) -> web.Response:
        """202 for a token that we know, or cannot look up now; 404 for any other. The body stays unread."""
        await self._read()
        hook = self._known.get(digest_of(request.match_info["token"]))
        if hook and hook.lives(self.clock.now()):
            self._wake(hook.feed)
            return self._answer("heard", web.HTTPAccepted.status_code)
        if not self._sure:
            return self._answer("unchecked", web.HTTPAccepted.status_code)
        return self._answer("unknown", web.HTTPNotFound.status_code)

    async def close(self) -> None:
        """Wake nobody any more."""
        await end(list(self._waking.values()))

    def _answer(self, result: str, status: int) -> web.Response:
        self.meter.count(Count.WEBHOOKS, result=result)
        return web.Response(status=status)

    async def _read(self) -> None:
        """Know the addresses as of two seconds ago, whoever asks: known and unknown tokens take the same time."""
        async with self._reading:
            if monotonic() - self._read_s < READ_AGAIN_S:
                return
            try:
                self._known = await self._in_time.wait(hooks(self.store))
                self._sure = True
            except (StoreAway, TimeoutError):
                self._sure = False
            self._read_s = monotonic()

    def _wake(self, feed: str) -> None:
        self._asked.add(feed)
        if feed not in self._waking:
            self._waking[feed] = asyncio.create_task(self._keep_waking(feed), name="webhook")

    async def _keep_waking(self, feed: str) -> None:
        """Poll at once, and once more for all who asked while we had to wait: the last of them may bring the news."""
        try:
            while feed in self._asked:
                self._asked.discard(feed)
                if not await self._poll(feed):
                    self._asked.add(feed)
                await asyncio.sleep(self.every)
        except StoreAway as error:
            log.warning("woken by a webhook, but the database is away", feed=feed, error=str(error))
        finally:
            self._asked.discard(feed)
            del self._waking[feed]

    async def _poll(self, feed: str) -> bool:
        """False when another process woke this feed a moment ago."""
        now = self.clock.now()
        lease = timedelta(seconds=self.every)
        if await self.store.hold(f"hook:{feed}", secrets.token_hex(8), now, lease) is None:
            return False
        await self.store.hasten([feed], now)
        await self.store.set_note(HEARD + feed, now.isoformat())
        self.bell.ring()
        log.info("woken by a webhook", feed=feed)
        return True


def digest_of(token: str) -> str:
    """How a token is kept. It is random and long, so that its digest tells nothing and needs no salt."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


async def _keep(store: Store, hook: Hook) -> None:
    until = hook.until.isoformat() if hook.until else None
    await store.set_note(
        _PREFIX + hook.digest, json.dumps({"feed": hook.feed, "made": hook.made.isoformat(), "until": until})
    )


def _read(digest: str, text: str) -> Hook:
    says = json.loads(text)
    until = datetime.fromisoformat(says["until"]) if says["until"] else None
    return Hook(digest=digest, feed=says["feed"], made=datetime.fromisoformat(says["made"]), until=until)
