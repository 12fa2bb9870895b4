"""Commands over HTTP: what Discord signed just now, once; everything else is a 401 and reaches nothing."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.door import BODY_MOST, PATH
from bot.domain.errors import SettingsError
from bot.jobs.loop import end
from tests.chat.discord.conftest import KEY, Make, Shop, running, until
from tests.chat.discord.fakes import NOON, FakeClock, FakeDesk, FakeLeases, card, claim
from tests.chat.discord.front import Fault, Front, Json, channel

NOW = int(NOON.timestamp())
PING = b'{"type": 1}'
TOOL = {"name": "tool", "type": 3, "value": "paper-mill"}


async def test_a_ping_is_answered_before_anybody_is_logged_in(shop: Shop) -> None:
    status, answer = await shop.post(PING)
    assert (status, answer) == (200, {"type": 1})


async def test_a_command_is_answered_by_the_callback_and_the_request_with_an_empty_202(
    shop: Shop, over_http: DiscordChat, front: Front
) -> None:
    asked = front.asked(2, [TOOL], "status")
    assert await shop.post(asked) == (202, None)
    assert front.callbacks[asked["id"]].result() == {"type": 5, "data": {"flags": 64}}
    body = await asyncio.wait_for(front.originals[asked["token"]], 3)
    assert body["embeds"][0]["title"] == "✅ status answered"
    assert body["allowed_mentions"] == {"parse": []}


async def test_no_gateway_is_opened_and_messages_go_out(
    over_http: DiscordChat, front: Front, leases: FakeLeases
) -> None:
    await over_http.deliver(claim(), card())
    assert len(front.shown()) == 1
    assert len(front.syncs) == 1
    assert (front.identified, front.sessions, leases.held) == (0, {}, {})
    assert not [path for _, path, _ in front.log if "gateway" in path]


async def test_the_same_request_twice_is_answered_once(
    shop: Shop, over_http: DiscordChat, front: Front, desk: FakeDesk
) -> None:
    asked = json.dumps(front.asked(2, [TOOL], "status")).encode()
    headers = shop.signed(asked)
    assert (await shop.send(asked, headers))[0] == 202
    louder = {**headers, "X-Signature-Ed25519": headers["X-Signature-Ed25519"].upper()}
    assert [(await shop.send(asked, copy))[0] for copy in (headers, louder)] == [401, 401]
    assert len(desk.asked) == 1


async def test_a_copy_that_reaches_another_process_is_refused_by_discord_itself(
    shop: Shop, over_http: DiscordChat, front: Front, desk: FakeDesk, make: Make
) -> None:
    asked = json.dumps(front.asked(2, [TOOL], "status")).encode()
    headers = shop.signed(asked)
    async with Shop.of(make(public_key=KEY.public_key().public_bytes_raw())) as other, running(other.chat):
        await until(lambda: other.chat._door and other.chat._door._client)
        assert (await shop.send(asked, headers))[0] == 202
        assert (await other.send(asked, headers))[0] == 200
    assert len(desk.asked) == 1


@pytest.mark.parametrize(("late", "status"), [(-301, 401), (-299, 200), (0, 200), (299, 200), (301, 401)])
async def test_a_request_is_good_for_five_minutes(shop: Shop, late: int, status: int) -> None:
    assert (await shop.send(PING, shop.signed(PING, at=str(NOW + late))))[0] == status


async def test_what_was_seen_is_forgotten_when_it_is_too_old_to_come_again(shop: Shop, clock: FakeClock) -> None:
    assert shop.chat._door
    for _ in range(5):
        assert (await shop.post(PING, at=str(int(clock.now().timestamp()))))[0] == 200
        clock.tick(minutes=6)
    assert len(shop.chat._door._seen) == 2


STAMPS = ["", "soon", "9" * 5000, "-1", "1e9", "NaN", f"{NOW}.5", f" {NOW} ", "٣" * 10, "\x00", str(NOW - 86_400)]


@pytest.mark.parametrize("stamp", STAMPS)
async def test_an_odd_time_is_a_401_though_it_be_signed(shop: Shop, stamp: str) -> None:
    assert shop.chat._door
    signature = KEY.sign(stamp.encode() + PING).hex()
    request: Any = Request({"X-Signature-Timestamp": [stamp], "X-Signature-Ed25519": [signature]}, PING)
    answer = await shop.chat._door.receive(request)
    assert answer.status == (200 if stamp.strip() == str(NOW) else 401)


class Request:
    """As much of a request as the door looks at, for headers that no HTTP client would send."""

    def __init__(self, headers: dict[str, list[str]], body: bytes) -> None:
        self.headers, self.content, self._all, self._body = self, self, headers, body

    def getall(self, name: str) -> list[str]:
        return self._all[name]

    async def iter_any(self) -> AsyncIterator[bytes]:
        yield self._body


def mutated(luck: random.Random, headers: dict[str, list[str]], body: bytes) -> tuple[dict[str, list[str]], bytes]:
    """Something of it changed; never nothing."""
    name = luck.choice(list(headers))
    (value,) = headers[name]
    at = luck.randrange(len(value))
    other = luck.choice([digit for digit in "0123456789abcdef" if digit != value[at]])
    where = luck.randrange(len(body))
    return luck.choice(
        [
            ({**headers, name: []}, body),
            ({**headers, name: [value, value]}, body),
            ({**headers, name: [value[:at] + other + value[at + 1 :]]}, body),
            ({**headers, name: [value[:at]]}, body),
            ({**headers, name: [value + value]}, body),
            ({**headers, name: [value[:at] + luck.choice("\ud800é٣\x00 g") + value[at + 1 :]]}, body),
            ({**headers, name: [luck.randbytes(luck.randrange(200)).hex()]}, body),
            (headers, body[:where] + bytes([body[where] ^ 1 << luck.randrange(8)]) + body[where + 1 :]),
            (headers, body[:where]),
            (headers, body + b" "),
        ]
    )


def headers_of(key: Ed25519PrivateKey, body: bytes, stamp: str = str(NOW)) -> dict[str, list[str]]:
    return {"X-Signature-Timestamp": [stamp], "X-Signature-Ed25519": [key.sign(stamp.encode() + body).hex()]}


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.torture)])
async def test_a_changed_request_is_a_401_and_reaches_nobody(
    shop: Shop, over_http: DiscordChat, front: Front, desk: FakeDesk, count: int
) -> None:
    luck = random.Random(20_261)  # noqa: S311 - luck that can be repeated
    assert shop.chat._door
    body = json.dumps(front.asked(2, [TOOL], "status")).encode()
    before = len(front.log)
    for _ in range(count):
        headers, changed = mutated(luck, headers_of(KEY, body), body)
        request: Any = Request(headers, changed)
        assert (await shop.chat._door.receive(request)).status == 401, (headers, changed)
    stranger: Any = Request(headers_of(Ed25519PrivateKey.generate(), body), body)
    assert (await shop.chat._door.receive(stranger)).status == 401
    assert (desk.asked, len(front.log)) == ([], before)


async def test_a_body_beyond_a_megabyte_is_a_413_unread(shop: Shop) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(10 * BODY_MOST // 65_536):
            yield b" " * 65_536

    async with shop.session.post(PATH, data=endless(), headers=shop.signed(PING)) as answer:
        assert answer.status == 413
    assert (await shop.post(PING + b" " * (BODY_MOST - len(PING))))[0] == 200


async def test_a_body_that_does_not_come_is_not_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.chat.discord.door.BODY_PATIENCE", 0.05)

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(0.3)

    try:
        async with shop.session.post(PATH, data=slow(), headers=shop.signed(PING)) as answer:
            assert answer.status == 408
    except aiohttp.ClientConnectionError:
        pass  # it hung up before the rest came


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"type": 5}', b'{"type": "1"}', b'{"type": [1]}']
)
async def test_what_discord_would_not_send_is_a_400(shop: Shop, over_http: DiscordChat, body: bytes) -> None:
    assert (await shop.post(body))[0] == 400


async def test_a_form_of_command_that_nobody_knows_is_answered_kindly(
    shop: Shop, over_http: DiscordChat, desk: FakeDesk
) -> None:
    status, answer = await shop.post({"type": 2, "id": "x"})
    assert status == 200
    assert answer["data"]["content"].startswith("I cannot answer just now")
    assert desk.asked == []


async def test_a_command_without_a_name_is_answered_kindly_and_logged(
    shop: Shop, over_http: DiscordChat, front: Front, desk: FakeDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answer = await shop.post({**front.asked(2, [], "status"), "data": {}})
    assert (status, answer["data"]["flags"], desk.asked) == (200, 64, [])
    assert "discord.command_failed" in capsys.readouterr().out


@pytest.mark.parametrize(("locale", "said"), [("fr", "pas maintenant"), ("de", "I cannot answer just now.")])
async def test_while_nobody_is_logged_in_people_are_told_to_ask_again(
    shop: Shop, front: Front, locale: str, said: str
) -> None:
    status, answer = await shop.post(front.asked(2, [TOOL], "status", locale=locale))
    assert (status, answer["type"]) == (200, 4)
    assert answer["data"]["content"].startswith(said)
    assert answer["data"]["flags"] == 64
    assert answer["data"]["allowed_mentions"] == {"parse": []}
    assert await shop.post(front.asked(4, [{**TOOL, "focused": True}], "status")) == (
        200,
        {"type": 8, "data": {"choices": []}},
    )


@pytest.mark.parametrize(
    "asked", [{"command": "gone"}, {"command": "status", "guild_id": None, "guild": None, "where": channel(3900)}]
)
async def test_what_the_commands_do_not_answer_is_answered_at_once(
    shop: Shop, over_http: DiscordChat, front: Front, desk: FakeDesk, asked: Json
) -> None:
    status, answer = await shop.post(front.asked(2, [], **asked))
    assert (status, answer["data"]["flags"], desk.asked) == (200, 64, [])


async def test_a_callback_that_fails_is_made_up_for_in_the_answer(
    shop: Shop, over_http: DiscordChat, front: Front
) -> None:
    front.faults.append(Fault("POST", "/callback", 403))
    status, answer = await shop.post(front.asked(2, [TOOL], "status"))
    assert (status, answer["type"]) == (200, 4)


async def test_a_slow_callback_is_not_waited_for_beyond_discords_patience(
    shop: Shop, over_http: DiscordChat, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.discord.door.ANSWER_PATIENCE", 0.05)
    front.delays["/callback"] = 0.3
    status, _ = await shop.post(front.asked(2, [TOOL], "status"))
    assert status == 200


async def test_stopping_gives_the_answers_under_way_a_moment(
    shop: Shop, front: Front, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    front.delays["/messages/@original"] = 0.1
    task = asyncio.create_task(shop.chat.run())
    await until(lambda: shop.chat._door and shop.chat._door._client)
    asked = front.asked(2, [TOOL], "status")
    assert (await shop.post(asked))[0] == 202
    await end([task])
    assert front.originals[asked["token"]].done()


@pytest.mark.parametrize("here", [True, False])
async def test_a_check_tells_where_commands_go(front: Front, make: Make, *, here: bool) -> None:
    key = KEY.public_key().public_bytes_raw()
    front.verify_key = key.hex()
    if here:
        with pytest.raises(SettingsError, match=r"Interactions Endpoint URL to https://.*/discord/interactions"):
            await make(public_key=key).check()
    front.endpoint_url = f"https://planb.example{PATH}"
    assert await make(public_key=key).check() == "planb, commands come over HTTP"
    with pytest.raises(SettingsError, match="is not this application's: copy the Public Key"):
        await make(public_key=b"\x00" * 32).check()
    with pytest.raises(SettingsError, match="set DISCORD_PUBLIC_KEY, or remove"):
        await make().check()


async def test_a_key_of_another_application_is_said_loudly_and_messages_go_out(
    front: Front, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = make(public_key=b"\x00" * 32)
    async with running(chat):
        await until(lambda: chat._door and chat._door._client)
        await chat.deliver(claim(), card())
    assert "commands do not reach us" in capsys.readouterr().out


def test_without_a_key_there_is_no_door(unconnected: DiscordChat) -> None:
    assert unconnected.routes() == []
