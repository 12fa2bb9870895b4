"""What a page may send to hurt us, from real servers: each ends in time, takes no memory and holds up nobody.

The quick form runs with a short deadline. `--torture` asks with the real one, a process for each, and prints what it
took. This file is that process too: `python -m tests.feeds.test_bombs DEADLINE MOST_BYTES URL...`.
"""

import asyncio
import gzip
import json
import re
import sys
import time
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from ipaddress import ip_network
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import FeedError
from bot.feeds.body import FREE_OF_RATIO, MOST_MEMBERS, MOST_RATIO, TooMuch, bounded
from bot.feeds.fetch import HttpFetcher
from tests.feeds.server import ONE, FixedClock, feed_of, talking

DEADLINE_S = 15
MOST_BYTES = 5 * 1024 * 1024
MOST_GROWTH_MIB = 32
MOST_LAG_MS = 250
LOOPBACK = ip_network("127.0.0.0/8")
STATUS = Path("/proc/self/status")
OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = OK + b"Content-Length: 0\r\n\r\n"
GOOD = OK + b"Content-Length: 2\r\n\r\n{}"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"", mtime=0)[:10]
NOTHING = b"\0\0\0\xff\xff"
"""Packed: an empty block, after which there are more (RFC 1951, 3.2.4)."""
UNENDING = "no whole answer within"


@cache
def zeros(size: int, window: int) -> bytes:
    """That many zero bytes, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join(packer.compress(block) for block in repeat(bytes(65536), size // 65536)) + packer.flush()


def packed(body: bytes, encoding: bytes = b"gzip") -> bytes:
    return OK + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding, len(body)) + body


@dataclass(frozen=True)
class Bomb:
    """What is sent: `head` at once, then `again` for ever, with a pause or as fast as it is taken."""

    ends: str = ""
    """The reason we give; empty where a good answer comes first."""
    head: bytes = b""
    again: bytes = b""
    pause: float = 0
    scheme: str = "http"
    between: float = 0
    """Seconds between a good answer and what comes after it."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline() not in {b"\r\n", b""}:
            pass
        writer.write(self.head)
        await writer.drain()
        await asyncio.sleep(self.between)
        while self.again:
            writer.write(self.again)
            await writer.drain()
            await asyncio.sleep(self.pause)
        await reader.read()

    @property
    def waits(self) -> bool:
        return UNENDING in self.ends


def bombs(gigabyte: int, pause: float) -> Mapping[str, Bomb]:
    """`gigabyte` is how much the packed ones unpack to, `pause` how slow the slow ones are."""
    once = zeros(gigabyte, 31)
    return {
        "silence": Bomb(UNENDING),
        "silence in place of TLS": Bomb(UNENDING, scheme="https"),
        "a slow status line": Bomb(UNENDING, b"HTTP/1.1 200 ", b"O", pause),
        "slow headers": Bomb(UNENDING, OK + b"X: ", b"y", pause),
        "a slow body": Bomb(UNENDING, OK + b"\r\n", b" ", pause),
        "slow chunks": Bomb(UNENDING, CHUNKED, b"1\r\n \r\n", pause),
        "a slow chunk mark": Bomb(UNENDING, CHUNKED + b"1;", b"x", pause),
        "slow trailers": Bomb(UNENDING, CHUNKED + b"2\r\n{}\r\n0\r\nX: ", b"y", pause),
        "a slow packed body": Bomb(UNENDING, PACKED, NOTHING, pause),
        "slow interim answers": Bomb(UNENDING, again=b"HTTP/1.1 100 Continue\r\n\r\n", pause=pause),
        "a length without end": Bomb(UNENDING, OK + b"Content-Length: %d\r\n\r\n" % 10**15, b" ", pause),
        "an endless body": Bomb("more than", OK + b"\r\n", bytes(65536)),
        "endless chunks": Bomb("more than", CHUNKED, b"10000\r\n" + bytes(65536) + b"\r\n"),
        "tiny chunks": Bomb("more than", CHUNKED, b"1\r\na\r\n" * 10_000),
        "an endless chunk mark": Bomb("more than", CHUNKED + b"1;", b"x" * 65536),
        "an endless chunk length": Bomb("more than|not HTTP", CHUNKED, b"0" * 65536),
        "endless trailers": Bomb("not HTTP|breaks off", CHUNKED + b"1\r\na\r\n0\r\n", b"X: y\r\n" * 10_000),
        "an endless status line": Bomb("not HTTP", b"HTTP/1.1 200 ", b"O" * 65536),
        "an endless header": Bomb("not HTTP", OK + b"X: ", b"y" * 65536),
        "an endless name of a header": Bomb("not HTTP", OK, b"y" * 65536),
        "ten thousand headers": Bomb("not HTTP", OK + b"X: y\r\n" * 10_000 + b"\r\n"),
        "long headers": Bomb("headers of more than 65536 bytes", OK + (b"X: " + b"y" * 8000 + b"\r\n") * 100 + b"\r\n"),
        "headers of just too much": Bomb("headers of", OK + (b"X: " + b"y" * 8000 + b"\r\n") * 9 + b"\r\n{}"),
        "interim answers": Bomb("headers of more than", again=b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2000),
        "nothing but zeros": Bomb("not HTTP", again=bytes(65536)),
        "another protocol": Bomb(
            "answered 101", b"HTTP/1.1 101 Now\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", bytes(65536)
        ),
        "an endless error": Bomb("answered 500", b"HTTP/1.1 500 No\r\n\r\n", bytes(65536)),
        "not modified, at length": Bomb("answered 304|not HTTP", b"HTTP/1.1 304 Not Modified\r\n\r\n", bytes(65536)),
        "an endless redirect": Bomb("more than 5 redirects", b"HTTP/1.1 302 On\r\nLocation: /\r\n\r\n", bytes(65536)),
        "redirects without end": Bomb(
            "more than 5 redirects",
            b"HTTP/1.1 307 On\r\nLocation: /api/a.json\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        ),
        "an endless place": Bomb("not HTTP", b"HTTP/1.1 302 On\r\nLocation: /", b"x" * 65536),
        "a length below nothing": Bomb("not HTTP", OK + b"Content-Length: -1\r\n\r\n", bytes(65536)),
        "a packed gigabyte": Bomb("bytes unpacked", packed(once)),
        "a gigabyte packed twice": Bomb("packed in a way", packed(gzip.compress(once), b"gzip, gzip")),
        "a gigabyte packed twice that says so once": Bomb("bytes unpacked|^$", packed(gzip.compress(once))),
        "a deflated gigabyte": Bomb("bytes unpacked", packed(zeros(gigabyte, 15), b"deflate")),
        "a gigabyte deflated without a header": Bomb("bytes unpacked", packed(zeros(gigabyte, -15), b"deflate")),
        "a hundred thousand packed nothings": Bomb("packed in more than", packed(gzip.compress(b"") * 100_000)),
        "an endless packed body": Bomb("more than", PACKED, NOTHING * 10_000),
        "more answers than questions": Bomb(head=GOOD + EMPTY * 20_000),
        "answers that nobody waits for": Bomb(head=GOOD, between=0.05, again=EMPTY * 5000),
        "bytes that nobody waits for": Bomb(head=GOOD, between=0.05, again=bytes(65536)),
    }


QUICK = bombs(4 * 1024 * 1024, 0.02)


async def asked(fetcher: HttpFetcher, url: str) -> str:
    """Why there is no answer; nothing if there is one."""
    try:
        await fetcher.fetch(feed_of(url, trusted=False), ONE, {}, everything=False)
    except FeedError as error:
        return str(error).removeprefix(f"{url}")
    return ""


@pytest.mark.parametrize("name", QUICK)
async def test_a_bomb_does_not_go_off(name: str) -> None:
    bomb = QUICK[name]
    deadline = 0.15 if bomb.waits else 5
    fetcher = HttpFetcher(
        clock=FixedClock(), contact="x", deadline=timedelta(seconds=deadline), most_bytes=200_000, allowed=[LOOPBACK]
    )
    async with talking(bomb.talk) as url, talking(Bomb(head=GOOD).talk) as good:
        began = time.perf_counter()
        why = await asked(fetcher, url.replace("http:", f"{bomb.scheme}:"))
        took = time.perf_counter() - began
        assert await asked(fetcher, good) == ""
        await fetcher.close()
    assert took < deadline + 1
    assert re.search(bomb.ends or "^$", why), why


@pytest.mark.parametrize("more", [EMPTY, GOOD, b"\0", b"HTTP/1.1 103 Early Hints\r\n\r\n"])
async def test_a_connection_on_which_more_is_said_than_was_asked_is_closed(more: bytes) -> None:
    """Else whoever is polled every minute has a minute each time to fill our memory."""
    closed = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(GOOD)
        await asyncio.sleep(0.05)
        writer.write(more)
        try:
            await reader.read()
        finally:
            closed.set()

    fetcher = HttpFetcher(clock=FixedClock(), contact="x")
    async with talking(talk) as url, asyncio.timeout(5):
        assert (await fetcher.fetch(feed_of(url), ONE, {}, everything=False)).documents == {"a.json": b"{}"}
        await closed.wait()
        await fetcher.fetch(feed_of(url), ONE, {}, everything=False)
    await fetcher.close()


async def pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
async def test_a_body_may_come_in_pieces(encoding: str, size: int) -> None:
    body = json.dumps({"list": list(range(300))}).encode()
    sent = {"gzip": gzip.compress(body), "deflate": zlib.compress(body), "identity": body}[encoding]
    assert await bounded(pieces(sent, size), encoding, 10_000) == body


async def test_a_small_page_may_pack_as_well_as_it_likes() -> None:
    body = b"well " * (FREE_OF_RATIO // 5)
    assert await bounded(pieces(gzip.compress(body), 1000), "gzip", MOST_BYTES) == body


async def test_a_big_one_may_not() -> None:
    body = b"well " * FREE_OF_RATIO
    sent = gzip.compress(body)
    assert len(body) > MOST_RATIO * len(sent)
    with pytest.raises(TooMuch, match=r"more than \d+ bytes unpacked"):
        await bounded(pieces(sent, 1000), "gzip", MOST_BYTES)


async def test_a_body_may_be_packed_in_parts() -> None:
    sent = gzip.compress(b"") * (MOST_MEMBERS - 1) + gzip.compress(b"{}")
    assert await bounded(pieces(sent, 16 * 1024), "gzip", MOST_BYTES) == b"{}"
    with pytest.raises(TooMuch, match="packed in more than 1000 parts"):
        await bounded(pieces(sent + gzip.compress(b""), 16 * 1024), "gzip", MOST_BYTES)


def _mib(name: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


async def _lags(lags: list[float]) -> None:
    """How late the loop is, all the time: so late would any other poll be."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(time.perf_counter() - began - 0.005)


async def _measured(deadline: float, most_bytes: int, good: str, urls: list[str]) -> dict[str, Any]:
    fetcher = HttpFetcher(
        clock=FixedClock(),
        contact="x",
        deadline=timedelta(seconds=deadline),
        most_bytes=most_bytes,
        allowed=[LOOPBACK],
    )
    await asked(fetcher, good)
    lags: list[float] = []
    watch = asyncio.create_task(_lags(lags))
    await asyncio.sleep(0.02)
    before = _mib("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is forgotten
    began = time.perf_counter()
    why = await asyncio.gather(*(asked(fetcher, url) for url in urls))
    took = time.perf_counter() - began
    await asyncio.sleep(1)  # for what comes when the answer is read
    watch.cancel()
    await fetcher.close()
    lags.sort()
    return {
        "why": why,
        "seconds": round(took, 2),
        "growth_mib": round(_mib("VmHWM") - before, 1),
        "lag_max_ms": round(lags[-1] * 1000, 1),
        "lag_p99_ms": round(lags[int(len(lags) * 0.99)] * 1000, 1),
    }


async def measured(deadline: float, most_bytes: int, *some: Bomb) -> dict[str, Any]:
    """In a process of its own, so that nothing but the bombs is measured."""
    async with AsyncExitStack() as stack:
        good = await stack.enter_async_context(talking(Bomb(head=GOOD).talk))
        urls = [(await stack.enter_async_context(talking(one.talk))).replace("http:", f"{one.scheme}:") for one in some]
        command = (sys.executable, "-m", "tests.feeds.test_bombs", str(deadline), str(most_bytes), good, *urls)
        child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        out, _ = await child.communicate()
        found: dict[str, Any] = json.loads(out)
        return found


needs_proc = pytest.mark.skipif(not STATUS.exists(), reason="memory is read from /proc")


@needs_proc
async def test_all_bombs_at_once_take_little_memory() -> None:
    found = await measured(1.5, 200_000, *QUICK.values())
    assert found["growth_mib"] <= MOST_GROWTH_MIB
    assert found["lag_max_ms"] <= MOST_LAG_MS * 4  # all at once, on whatever machine


@needs_proc
@pytest.mark.torture
@pytest.mark.timeout(90)
@pytest.mark.parametrize("name", QUICK)
async def test_a_bomb_ends_in_time_and_takes_little_memory(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the deadline and the caps that are in force."""
    found = await measured(DEADLINE_S, MOST_BYTES, bombs(1024**3, 1)[name])
    with capsys.disabled():
        sys.stdout.write(f"\n{name:45}" + "".join(f"{key} {value}  " for key, value in found.items() if key != "why"))
    assert found["seconds"] <= DEADLINE_S + 1
    assert found["growth_mib"] <= MOST_GROWTH_MIB
    assert found["lag_max_ms"] <= MOST_LAG_MS


if __name__ == "__main__":
    _deadline, _most_bytes, _good, *_urls = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(_measured(float(_deadline), int(_most_bytes), _good, _urls))))
