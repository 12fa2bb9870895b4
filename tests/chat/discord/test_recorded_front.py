"""A third opinion, where it is at hand: a Discord front that checks every body with Discord's own OpenAPI document."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.domain.subscription import Action
from tests.captures import captures
from tests.chat.discord.conftest import Make, running
from tests.chat.discord.fakes import card, claim


def folder() -> Path:
    found = captures()
    if found is None or not (found / "counterparts" / "discord_front.py").exists():
        pytest.skip("there is no recorded Discord front here")
    return found / "counterparts"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def address() -> AsyncIterator[str]:
    here, port = folder(), str(free_port())
    command = ("-B", str(here / "discord_front.py"), port, "--spec", str(here / "discord-openapi.json"))
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    try:
        for _ in range(100):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", int(port))
            except ConnectionError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                break
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


@dataclass
class Control:
    """The other process's own switches."""

    session: aiohttp.ClientSession

    async def press(self, switch: str, body: Any) -> Any:
        async with self.session.post(f"/ctl/{switch}", json=body) as answer:
            return await answer.json()

    async def seen(self, condition: Callable[[Any], bool]) -> Any:
        """Its log, as soon as it is so."""
        while True:
            async with self.session.get("/ctl/log") as answer:
                log = await answer.json()
            if condition(log):
                return log
            await asyncio.sleep(0.02)


async def test_its_schema_takes_every_body(address: str, make: Make) -> None:
    api, gateway = f"http://{address}/api/v10", f"ws://{address}/gw"
    chat = make(api_url=api, gateway_url=gateway)
    options = [{"name": "status", "type": 1, "options": [{"name": "tool", "type": 3, "value": "paper-mill"}]}]
    async with aiohttp.ClientSession(f"http://{address}") as session, running(chat):
        control = Control(session)
        await control.seen(lambda log: log["sockets"])
        root = await chat.deliver(claim(1), card())
        await chat.deliver(claim(2, Action.EDIT, root=root), card("It prints again"))
        asked = await control.press("slash", {"name": "outage", "options": options})
        assert asked["callback"]["type"] == 5
        await control.seen(lambda log: any("webhooks" in entry[2] for entry in log["log"]))
        await control.press("kick", {"code": 4000})
        await control.seen(lambda log: log["stats"]["resume"])
        await chat.deliver(claim(3), card("More"))
        log = await control.seen(lambda _: True)
    assert (log["stats"]["invalid"], log["stats"]["identify"]) == (0, 1)
    messages = [body for _, method, _, body in log["log"] if method != "GET" and body and "embeds" in body]
    assert [body["allowed_mentions"]["parse"] for body in messages] == [[]] * 4
    assert "It prints again" in log["messages"][root.message]["embeds"][0]["title"]
