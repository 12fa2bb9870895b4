"""HTTP mode: only what Slack signed comes in, and only once."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat.slack.app import SlackChat
from bot.domain.subscription import Receipt
from tests.chat.slack.fakes import NOON, FakeClock, FakeDesk, FakeOutbox
from tests.chat.slack.front import BOT_TOKEN, SECRET, SlackFront
from tests.chat.slack.test_listening import echo

Client = TestClient[web.Request, web.Application]
NOW = NOON.timestamp()


@pytest.fixture
def http_chat(front: SlackFront, desk: FakeDesk, outbox: FakeOutbox, clock: FakeClock) -> SlackChat:
    return SlackChat(
        bot_token=BOT_TOKEN, signing_secret=SECRET, desk=desk, outbox=outbox, clock=clock, api_url=f"{front.url}/api/"
    )


@pytest.fixture
async def door(http_chat: SlackChat) -> AsyncIterator[Client]:
    app = web.Application(client_max_size=64)
    app.add_routes(http_chat.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def knock(door: Client, body: str | bytes | io.BytesIO, headers: dict[str, str]) -> int:
    async with door.post("/slack/events", data=body, headers=headers) as response:
        return response.status


async def test_a_signed_command_is_acknowledged_and_answered(door: Client, front: SlackFront, desk: FakeDesk) -> None:
    body = front.slash_body("status parrot")

    assert await knock(door, body, front.signed(body, at=NOW)) == 200
    assert (await front.response())["text"] == "You asked: status parrot"


async def test_a_signed_echo_is_noted_and_refused_while_the_database_is_away(
    door: Client, front: SlackFront, outbox: FakeOutbox
) -> None:
    body = json.dumps(front.event_payload(echo("12")))
    headers = front.signed(body, at=NOW)
    outbox.away = True

    assert await knock(door, body, headers) == 503
    outbox.away = False
    assert await knock(door, body, headers) == 200
    assert outbox.echoes == {12: Receipt(message="5.5", channel="C0OPS")}


async def test_it_proves_to_slack_that_the_address_is_ours(door: Client, front: SlackFront) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"})
    async with door.post("/slack/events", data=body, headers=front.signed(body, at=NOW)) as response:
        assert "abc" in await response.text()


async def test_a_copy_of_a_request_does_nothing(door: Client, front: SlackFront, desk: FakeDesk) -> None:
    body = front.slash_body("status")
    headers = front.signed(body, at=NOW)

    assert [await knock(door, body, headers) for _ in range(3)] == [200, 200, 200]
    await front.response()
    assert len(desk.asked) == 1


@pytest.mark.parametrize("seconds", [-301, -3600, 301, 10**6])
async def test_an_old_request_is_refused_and_so_is_one_from_the_future(
    door: Client, front: SlackFront, desk: FakeDesk, seconds: int
) -> None:
    body = front.slash_body("status")

    assert await knock(door, body, front.signed(body, at=NOW + seconds)) == 401
    assert desk.asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=\u00e9"},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": ""},
    ],
)
async def test_junk_in_the_headers_is_refused(
    door: Client, front: SlackFront, desk: FakeDesk, change: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    body = front.slash_body("a private word")

    assert await knock(door, body, {**front.signed(body, at=NOW), **change}) == 401
    assert desk.asked == []
    assert "private" not in caplog.text


async def test_another_secret_a_missing_header_and_a_changed_body_are_refused(
    door: Client, front: SlackFront, desk: FakeDesk
) -> None:
    body = front.slash_body("status")

    assert await knock(door, body, front.signed(body, at=NOW, secret="another")) == 401
    assert await knock(door, body, {}) == 401
    assert await knock(door, body + "&x=1", front.signed(body, at=NOW)) == 401
    assert await knock(door, b"\xff\xfe", front.signed(body, at=NOW)) == 401
    assert desk.asked == []


async def test_a_header_that_comes_twice_is_refused(front: SlackFront, door: Client) -> None:
    body = front.slash_body("status")
    twice = [*front.signed(body, at=NOW).items(), ("X-Slack-Signature", "v0=other")]
    async with door.post("/slack/events", data=body, headers=twice) as response:
        assert response.status == 401


async def test_a_body_that_is_too_long_is_not_read_to_its_end(door: Client, front: SlackFront, desk: FakeDesk) -> None:
    body = front.slash_body("x" * (1024 * 1024))
    with suppress(aiohttp.ClientOSError):  # the server may hang up while we are still talking
        assert await knock(door, io.BytesIO(body.encode()), front.signed(body, at=NOW)) == 413
    assert desk.asked == []


async def test_a_signed_body_that_is_no_json_is_a_bad_request(door: Client, front: SlackFront) -> None:
    assert await knock(door, "{oops", front.signed("{oops", at=NOW)) == 400


async def test_there_is_no_door_without_a_secret(chat: SlackChat) -> None:
    assert chat.routes() == []


async def test_it_runs_without_a_socket_and_stops_when_asked(http_chat: SlackChat, front: SlackFront) -> None:
    task = asyncio.create_task(http_chat.run())
    await asyncio.sleep(0.05)
    assert not task.done()
    assert [method for method, _ in front.calls] == ["auth.test"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
