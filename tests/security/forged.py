"""Requests that Slack never signed, in every way we could think of, spoken as raw HTTP: no client tidies them up."""

import asyncio
import hashlib
import hmac
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from aiohttp import web

from bot.chat.slack.app import SlackChat
from bot.web.app import serve
from tests.chat.slack.fakes import FakeClock, FakeDesk, FakeOutbox
from tests.chat.slack.front import BOT_TOKEN, SECRET, TEAM, SlackFront

STAMP, SIGNATURE = b"X-Slack-Request-Timestamp", b"X-Slack-Signature"
FORM = b"application/x-www-form-urlencoded"
MOST = 1 << 20
Header = tuple[bytes, bytes]


@dataclass(frozen=True, kw_only=True)
class Forgery:
    """One request, and the statuses that may answer it."""

    kind: str
    headers: tuple[Header, ...]
    body: bytes
    allowed: frozenset[int] = frozenset({401})


def sign(body: bytes, stamp: bytes, secret: str = SECRET) -> bytes:
    return b"v0=" + hmac.new(secret.encode(), b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest().encode()


def command(luck: random.Random) -> bytes:
    said = {
        "command": "/outage",
        "text": f"unsubscribe tool{luck.randrange(10**6)}",
        "team_id": TEAM,
        "channel_id": "C0OPS",
        "user_id": "U0BOSS",
        "response_url": "http://127.0.0.1:1/never",
        "trigger_id": f"{luck.random()}",
    }
    return urlencode(said).encode()


def fine(luck: random.Random, now: float) -> tuple[bytes, bytes, bytes]:
    """A request as Slack would sign it: body, timestamp, signature."""
    body, stamp = command(luck), str(int(now)).encode()
    return body, stamp, sign(body, stamp)


def _signed(body: bytes, stamp: bytes, signature: bytes, *more: Header) -> tuple[Header, ...]:
    return ((STAMP, stamp), (SIGNATURE, signature), *more)


def missing(luck: random.Random, now: float) -> Forgery:
    body, stamp, signature = fine(luck, now)
    left = luck.choice((((STAMP, stamp),), ((SIGNATURE, signature),), ()))
    return Forgery(kind="a header is missing", headers=left, body=body)


def doubled(luck: random.Random, now: float) -> Forgery:
    body, stamp, signature = fine(luck, now)
    again = luck.choice(((STAMP, stamp), (SIGNATURE, signature), (SIGNATURE, b"v0=0"), (STAMP, b"0")))
    headers = [*_signed(body, stamp, signature), again]
    luck.shuffle(headers)
    return Forgery(kind="a header comes twice", headers=tuple(headers), body=body)


def unicode(luck: random.Random, now: float) -> Forgery:
    body, stamp, signature = fine(luck, now)
    odd = luck.choice(("é", "ß", "٣", "漢", "😀", "\u202e", "\xa0")).encode() * luck.randrange(1, 40)
    raw = bytes(luck.randrange(0x80, 0x100) for _ in range(luck.randrange(1, 40)))
    headers = luck.choice(
        (
            _signed(body, stamp, b"v0=" + odd),
            _signed(body, stamp, signature[:-1] + raw),
            _signed(body, odd, signature),
            _signed(body, stamp[:-1] + raw, signature),
            _signed(body, "".join(chr(0x660 + int(digit)) for digit in stamp.decode()).encode(), signature),
        )
    )
    return Forgery(kind="a header is not ASCII", headers=headers, body=body)


def huge(luck: random.Random, now: float) -> Forgery:
    body, stamp, signature = fine(luck, now)
    long = luck.choice((b"9", b"0", b"a", b"-", b"v0=")) * luck.randrange(500, 2500)
    headers = luck.choice((_signed(body, stamp, signature + long), _signed(body, long, signature)))
    return Forgery(kind="a huge header", headers=headers, body=body)


def beyond(luck: random.Random, now: float) -> Forgery:
    """Longer than the server takes a line: refused before anybody looks at what it says."""
    body, stamp, _ = fine(luck, now)
    more = (b"X-Long", b"a" * luck.randrange(9000, 40_000))
    allowed = frozenset({400})
    return Forgery(kind="no HTTP at all", headers=_signed(body, stamp, b"v0=0", more), body=body, allowed=allowed)


def untimely(luck: random.Random, now: float) -> Forgery:
    body, _, signature = fine(luck, now)
    odd = (b"soon", b"", b"9" * 5000, b"-1", b"1e9", b"0x1", b"NaN", b"inf", b"None", b"1 2", b"1_0", b"+" * 9, b"1.5")
    stamp = luck.choice(odd)
    signature = luck.choice((signature, sign(body, stamp)))
    return Forgery(kind="no time in the timestamp", headers=_signed(body, stamp, signature), body=body)


def stale(luck: random.Random, now: float) -> Forgery:
    off = luck.choice((301, 302, 400, 3600, 86_400, 10**8)) * luck.choice((1, -1))
    body, stamp, signature = fine(luck, now + off)
    return Forgery(kind="signed 301 s ago or ahead, or more", headers=_signed(body, stamp, signature), body=body)


def flipped(luck: random.Random, now: float) -> Forgery:
    body, stamp, signature = fine(luck, now)
    at = luck.randrange(len(body))
    other = luck.choice(
        (
            body[:at] + bytes([body[at] ^ (1 << luck.randrange(8))]) + body[at + 1 :],
            body[:at],
            body + luck.randbytes(luck.randrange(1, 50)),
            b"",
            command(luck),
            body + b"&user_id=U0BOSS",
        )
    )
    return Forgery(kind="another body", headers=_signed(body, stamp, signature), body=other)


def unreadable(luck: random.Random, now: float) -> Forgery:
    body, stamp = b"\xff\xfe" + luck.randbytes(luck.randrange(1, 200)), str(int(now)).encode()
    return Forgery(kind="not UTF-8", headers=_signed(body, stamp, sign(body, stamp)), body=body)


def misspelt(luck: random.Random, now: float) -> Forgery:
    body, stamp, signature = fine(luck, now)
    bare = signature.removeprefix(b"v0=")
    at = luck.randrange(len(signature))
    wrong = (
        b"v1=" + bare,
        b"V0=" + bare,
        bare,
        b"v0=" + bare.upper().replace(b"A", b"B"),
        signature[:at],
        signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :],
        b"v0=" + luck.randbytes(32).hex().encode(),
        signature + b"," + signature,
        sign(body, stamp, "another secret"),
        sign(body, stamp, " "),
        sign(body, str(int(now) + 1).encode()),
        b"v0=" + hashlib.sha256(body).hexdigest().encode(),
    )
    return Forgery(kind="another signature", headers=_signed(body, stamp, luck.choice(wrong)), body=body)


def packed(luck: random.Random, now: float) -> Forgery:
    body, stamp, signature = fine(luck, now)
    how = (b"Content-Encoding", luck.choice((b"gzip", b"deflate", b"br", b"gzip, gzip", b"zstd")))
    return Forgery(kind="packed", headers=_signed(body, stamp, signature, how), body=body)


def too_long(luck: random.Random, now: float) -> Forgery:
    body = b"text=" + b"x" * (MOST + luck.randrange(1, 1000))
    stamp = str(int(now)).encode()
    headers = _signed(body, stamp, sign(body, stamp))
    return Forgery(kind="more than 1 MiB, well signed", headers=headers, body=body, allowed=frozenset({413}))


Kinds = Sequence[Callable[[random.Random, float], Forgery]]
KINDS: Kinds = (
    missing,
    doubled,
    unicode,
    huge,
    untimely,
    stale,
    flipped,
    unreadable,
    misspelt,
    packed,
)
UNREAD: Kinds = (beyond, too_long)
"""What is refused before anybody could look at a signature."""


def raw(asked: Forgery) -> bytes:
    head = [b"POST /slack/events HTTP/1.1", b"Host: bot", b"Content-Type: " + FORM]
    head += [name + b": " + value for name, value in asked.headers]
    return b"\r\n".join((*head, b"Content-Length: %d" % len(asked.body), b"", asked.body))


@dataclass
class Tally:
    """What came back."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    wrong: list[tuple[str, int]] = field(default_factory=list)

    def note(self, asked: Forgery, status: int, seconds: float) -> None:
        self.statuses.setdefault(asked.kind, Counter())[status] += 1
        self.seconds.append(seconds)
        if status not in asked.allowed:
            self.wrong.append((asked.kind, status))

    def at(self, share: float) -> float:
        """That quantile, in milliseconds."""
        return sorted(self.seconds)[int(len(self.seconds) * share)] * 1000


class Line:
    """One connection, opened again whenever the other side closes it."""

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def say(self, said: bytes) -> int:
        """The status; 0 where nobody answered at all."""
        used = self._ends is not None
        try:
            return await self._say(said)
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.close()
            # A server may close a connection between two requests; the same on a new one is no answer.
            return await self.say(said) if used else 0

    async def _say(self, said: bytes) -> int:
        reader, writer = self._ends or await asyncio.open_connection(*self._where)
        self._ends = (reader, writer)
        writer.write(said)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        if len(said) > MOST or re.search(rb"connection: close", head, re.IGNORECASE):
            await self.close()
        return int(head.split()[1])

    async def close(self) -> None:
        if self._ends:
            self._ends[1].close()
            self._ends = None


@dataclass
class House:
    """The real web server with the real Slack door, and a line to it."""

    line: Line
    desk: FakeDesk
    outbox: FakeOutbox
    clock: FakeClock


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    async with SlackFront().serving() as front:
        desk, outbox, clock = FakeDesk(), FakeOutbox(), FakeClock()
        chat = SlackChat(
            bot_token=BOT_TOKEN,
            signing_secret=SECRET,
            admins=frozenset({"U0BOSS"}),
            desk=desk,
            outbox=outbox,
            clock=clock,
            api_url=f"{front.url}/api/",
        )
        app = web.Application(client_max_size=MOST)
        app.add_routes(chat.routes())
        runner = await serve(app, "127.0.0.1", 0)
        line = Line("127.0.0.1", runner.addresses[0][1])
        try:
            yield House(line, desk, outbox, clock)
        finally:
            await line.close()
            await runner.cleanup()


async def besiege(inside: House, luck: random.Random, times: int, kinds: Kinds = KINDS) -> Tally:
    """So many forgeries, one after the other."""
    tally = Tally()
    now = inside.clock.now().timestamp()
    for _ in range(times):
        asked = luck.choice(kinds)(luck, now)
        began = time.perf_counter()
        status = await inside.line.say(raw(asked))
        tally.note(asked, status, time.perf_counter() - began)
    return tally
