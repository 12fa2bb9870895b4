"""reach: whether addresses that people would click answer, asked once, from behind the guard.

Who wrote them may be anybody in a chat, so no private address is asked unless the operator allowed it. A page that
wants a login, or no robots, is there all the same.
"""

import asyncio
import ssl
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver

from bot import __version__
from bot.feeds.guard import Connector, Guard, Network

DEADLINE_S = 8.0
AT_ONCE = 8
MOST_LINKS = 40
MOST_BYTES = 64 * 1024
"""Bodies are not read; who sends one all the same is hung up on."""
MOST_REDIRECTS = 5
_BROKEN = frozenset({404, 410})
_NO_HEAD = frozenset({400, 403, 404, 405, 406, 501})
"""Answers that some servers give to HEAD alone: then GET decides."""
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Asks each address at most twice (HEAD, then GET), each with a deadline of 8 s."""

    allowed: Collection[Network] = ()
    resolver: AbstractResolver | None = None
    deadline_s: float = DEADLINE_S

    async def broken(self, links: Iterable[str]) -> tuple[str, ...]:
        """Those that do not answer: no host, no connection, no public address, gone, or an error of the server."""
        wanted = list(dict.fromkeys(links))[:MOST_LINKS]
        room = asyncio.Semaphore(AT_ONCE)
        connector = Connector(
            tls=ssl.create_default_context(),
            limit=AT_ONCE,
            most_bytes=MOST_BYTES,
            guard=Guard(allowed=tuple(self.allowed)),
            resolver=self.resolver,
        )
        agent = {"User-Agent": f"planb/{__version__} (link check)"}
        async with aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), headers=agent, trust_env=False
        ) as session:
            answers = await asyncio.gather(*(self._answers(session, room, link) for link in wanted))
        return tuple(link for link, there in zip(wanted, answers, strict=True) if not there)

    async def _answers(self, session: aiohttp.ClientSession, room: asyncio.Semaphore, link: str) -> bool:
        try:
            async with room, asyncio.timeout(self.deadline_s):
                status = await _status(session, "HEAD", link)
                if status in _NO_HEAD or status >= _SERVER_ERROR:
                    status = await _status(session, "GET", link)
        except (aiohttp.ClientError, OSError, ValueError):
            return False
        return status not in _BROKEN and status < _SERVER_ERROR


async def _status(session: aiohttp.ClientSession, method: str, link: str) -> int:
    asked = session.request(method, link, allow_redirects=True, max_redirects=MOST_REDIRECTS)
    async with asked as answer:
        status = answer.status
        answer.close()  # its body is nobody's business, and may be endless
        return status
