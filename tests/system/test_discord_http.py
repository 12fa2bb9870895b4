"""Discord's commands over HTTP through the whole bot, from a database that is away to an answer."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import app as composition
from bot.chat.discord.door import PATH
from tests.chat.discord.conftest import KEY
from tests.system.stage import DISCORD, Stage, stage, text, until

OPTION = {"name": "service", "type": 3, "value": "chatgpt"}


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as play:
        yield play


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def post(session: aiohttp.ClientSession, asked: Any) -> tuple[int, Any]:
    body, stamp = json.dumps(asked).encode(), str(int(time.time()))
    headers = {"X-Signature-Timestamp": stamp, "X-Signature-Ed25519": KEY.sign(stamp.encode() + body).hex()}
    async with session.post(PATH, data=body, headers=headers) as answer:
        told = await answer.read()
        return answer.status, json.loads(told) if told else None


async def test_commands_are_answered_kindly_until_the_database_is_there_and_well_from_then_on(
    play: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composition, "STORE_AWAY_S", 0.05)
    home, port = tmp_path / "away", free_port()
    more = {
        "discord_public_key": KEY.public_key().public_bytes_raw().hex(),
        "port": port,
        "host": "127.0.0.1",
        "slack_bot_token": None,
    }
    app = play.app(f"sqlite:///{home / 'planb.db'}", **more)
    running = asyncio.create_task(app.run())
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        await until(lambda: app._running)
        assert await post(session, {"type": 1}) == (200, {"type": 1})
        status, answer = await post(session, play.discord.asked(2, [OPTION], "status", locale="fr"))
        assert (status, answer["data"]["flags"]) == (200, 64)
        assert answer["data"]["content"].startswith("Je ne peux pas répondre")
        assert play.discord.log == []
        home.mkdir()
        await until(lambda: app.discord and app.discord._door and app.discord._door._client)
        asked = play.discord.asked(2, [OPTION], "subscribe")
        assert await post(session, asked) == (202, None)
        card = await asyncio.wait_for(play.discord.originals[asked["token"]], 5)
        assert "ChatGPT" in text(card)
        assert [one.target for one in await app.store.subscriptions("openai")] == [DISCORD]
    app.stop()
    await asyncio.wait_for(running, 10)
    assert (play.discord.identified, play.discord.sessions) == (0, {})
