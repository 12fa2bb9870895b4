"""What strangers may do to the web server itself, before any door."""

import asyncio
import logging

import pytest
from aiohttp import web

from bot.web.app import serve
from tests.security.forged import Line

JUNK = (b"GET / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n")
IDLE_MOST_S = 120


@pytest.mark.parametrize("junk", JUNK, ids=["version", "long"])
async def test_junk_on_the_wire_does_not_fill_our_log(junk: bytes, caplog: pytest.LogCaptureFixture) -> None:
    runner = await serve(web.Application(), "127.0.0.1", 0)
    line = Line("127.0.0.1", runner.addresses[0][1])
    for _ in range(3):
        assert await line.say(junk) == 400
        await line.close()
    await asyncio.sleep(0)
    await runner.cleanup()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_who_connects_and_says_nothing_is_hung_up_on() -> None:
    runner = await serve(web.Application(), "127.0.0.1", 0)
    kept = runner._kwargs.get("keepalive_timeout", 3630)
    await runner.cleanup()
    assert kept <= IDLE_MOST_S


async def test_an_error_of_ours_tells_a_stranger_nothing() -> None:
    async def broken(_request: web.Request) -> web.Response:
        raise ValueError("a secret")

    app = web.Application()
    app.router.add_get("/", broken)
    runner = await serve(app, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
    writer.write(b"GET / HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n\r\n")
    said = await reader.read()
    writer.close()
    await runner.cleanup()
    assert said.startswith(b"HTTP/1.1 500")
    assert b"secret" not in said
    assert b"Traceback" not in said
