"""The whole bot with its watchdog: the self-test arrives on Slack, and the dead man's switch hears of it."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from bot.app import App
from bot.clock import SystemClock
from bot.core.canary import EVERY, SLUG
from bot.core.catalogue import Catalogue
from bot.prepare import Team
from bot.web.ping import HttpPing
from tests.chat.slack.front import TEAM
from tests.system.stage import stage, text, until
from tests.web.switch import listening

NO_TOOLS = Team(catalogue=Catalogue(()), plans=())


@dataclass
class Shifted:
    """The machine's clock, moved so that a self-test has just begun."""

    ahead: timedelta = field(default_factory=lambda: _to_a_beginning(SystemClock().now()))

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


def _to_a_beginning(now: datetime) -> timedelta:
    passed = now.timestamp() % EVERY.total_seconds()
    return EVERY - timedelta(seconds=passed) + timedelta(seconds=5)


@asynccontextmanager
async def working(bot: App) -> AsyncIterator[None]:
    bot.add_chats()
    await bot.prepare_store()
    work = asyncio.create_task(bot.work())
    try:
        yield
    finally:
        bot.stop()
        await work
        await bot.close()


async def test_the_self_test_arrives_and_the_switch_hears_that_all_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.vigil.LOOK_S", 0.1)
    async with stage() as play, listening() as switch:
        settings = play.settings(
            f"sqlite:///{tmp_path / 'planb.db'}",
            planb_canary=f"slack:{TEAM}:C9",
            planb_ping_url="https://switch.example/key",
            discord_token=None,
        )
        bot = App(settings, NO_TOOLS, out=Console(file=io.StringIO()), clock=Shifted())
        bot.vigil.ping = HttpPing(f"{switch.url}/key")
        async with working(bot):
            await until(lambda: switch.heard)
            listed = str(await bot.console.answer("services"))
        (post,) = play.slack_posts()
    assert switch.heard == ["/key"]
    assert "only a test" in text(post)
    assert SLUG not in listed
    assert "self-test" not in listed
