"""The same SlackChat against another stand-in for Slack, where the captures folder has one."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from bot.chat.slack.app import SlackChat
from bot.domain.subscription import Action
from tests.captures import captures
from tests.chat.slack.fakes import CARD, FakeClock, FakeDesk, FakeOutbox, claim

BOT_TOKEN, APP_TOKEN = "xoxb-another", "xapp-another"


@pytest.fixture
async def address(unused_tcp_port: int) -> AsyncIterator[str]:
    script = (captures() or pytest.skip("no captures folder")) / "counterparts" / "slack_front.py"
    if not script.exists():
        pytest.skip("no stand-in for Slack in the captures folder")
    tokens = ("--token", BOT_TOKEN, "--app-token", APP_TOKEN)
    process = await asyncio.create_subprocess_exec(sys.executable, str(script), str(unused_tcp_port), *tokens)
    try:
        yield f"http://127.0.0.1:{unused_tcp_port}"
    finally:
        process.terminate()
        await process.wait()


async def ask(session: aiohttp.ClientSession, url: str, said: dict[str, Any] | None = None) -> dict[str, Any]:
    async with session.post(url, json=said) if said else session.get(url) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def log_until(session: aiohttp.ClientSession, address: str, wanted: str) -> dict[str, Any]:
    """The stand-in's state, once it knows of a call or (for `sockets`) of a connection."""
    async with asyncio.timeout(10):
        while True:
            with suppress(aiohttp.ClientError):
                state = await ask(session, f"{address}/ctl/log")
                if wanted in [entry[1] for entry in state["log"]] or (wanted == "sockets" and state["sockets"]):
                    return state
                if wanted == "up":
                    return state
            await asyncio.sleep(0.02)


async def test_it_posts_replies_edits_and_answers_there_too(
    address: str, desk: FakeDesk, outbox: FakeOutbox, clock: FakeClock
) -> None:
    chat = SlackChat(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        desk=desk,
        outbox=outbox,
        clock=clock,
        api_url=f"{address}/api/",
        ping_interval=0.2,
    )
    async with aiohttp.ClientSession() as session:
        await log_until(session, address, "up")
        task = asyncio.create_task(chat.run())
        await log_until(session, address, "sockets")
        root = await chat.deliver(claim(), CARD)
        await chat.deliver(claim(Action.REPLY, root=root), CARD)
        await chat.deliver(claim(Action.EDIT, root=root), CARD)
        command = {"command": "/outage", "text": "status parrot", "channel_id": "C1", "user_id": "U1"}
        acknowledgement = await ask(session, f"{address}/ctl/slash", command)
        state = await log_until(session, address, "response_url")
        echo = {
            "type": "message_metadata_posted",
            "channel_id": root.channel,
            "message_ts": root.message,
            "metadata": {"event_type": "planb_delivery", "event_payload": {"delivery": "7"}},
        }
        await ask(session, f"{address}/ctl/event", echo)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    called = [entry[1] for entry in state["log"] if entry[1].startswith("chat.")]
    assert called == ["chat.postMessage", "chat.postMessage", "chat.update"]
    assert acknowledgement["ack_ms"] < 1000
    assert state["log"][-1][2]["text"] == "You asked: status parrot"
    assert outbox.echoes[7] == root
