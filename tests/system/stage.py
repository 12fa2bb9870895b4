"""The whole bot between a page and two chat platforms, all on loopback."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.app import App
from bot.chat.console.app import HERE
from bot.clock import SystemClock
from bot.domain.subscription import Platform, Subscription, Target
from bot.prepare import read_files
from bot.settings import Settings
from tests.chat.discord.fakes import TOKEN
from tests.chat.discord.front import CHANNEL, GUILD, Front
from tests.chat.slack.front import APP_TOKEN, BOT_TOKEN, TEAM, SlackFront
from tests.system.page import Page

SLACK = Target(platform=Platform.SLACK, workspace=TEAM, channel="C1")
DISCORD = Target(platform=Platform.DISCORD, workspace=str(GUILD), channel=str(CHANNEL))
TEAM_FILE = """
[services.openai]
name = "OpenAI"
page = "{page}"
format = "statuspage"
[services.openai.parts.chatgpt]
name = "ChatGPT"
components = ["Conversations"]
aliases = ["gpt"]
[services.claude]
name = "Claude"
page = "{other}"
format = "statuspage"
[[alternatives."openai:chatgpt"]]
name = "Claude"
service = "claude"
[[alternatives."openai:chatgpt"]]
name = "Templates"
"""


class Shifted:
    """The machine's clock, set forward by a test: what takes minutes is over at once."""

    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.by

    def go_to(self, moment: datetime) -> None:
        self.by = moment - SystemClock().now()


@dataclass
class Stage:
    """`out` is what the console shows; `printed` is the file that a process of its own prints to."""

    page: Page
    other: Page
    slack: SlackFront
    discord: Front
    out: io.StringIO
    printed: Path = Path("nowhere")
    clock: Shifted = field(default_factory=Shifted)

    def settings(self, database: str, **more: Any) -> Settings:
        plain: dict[str, Any] = {
            "_env_file": None,
            "database_url": database,
            "planb_config": TEAM_FILE.format(page=self.page.url, other=self.other.url),
            "slack_bot_token": BOT_TOKEN,
            "slack_app_token": APP_TOKEN,
            "slack_admins": "U1",
            "slack_api_url": f"{self.slack.url}/api/",
            "discord_token": TOKEN,
            "discord_api_url": self.discord.api_url,
            "discord_gateway_url": self.discord.gateway_url,
            "poll_seconds": 0.2,
            "lease_seconds": 1,
            "planb_group_seconds": 0,
            "log_level": "warning",
        }
        return Settings(**(plain | more))

    def app(self, database: str, **more: Any) -> App:
        settings = self.settings(database, **more)
        team = read_files(settings)
        only = tuple(service for service in team.catalogue.services if service.slug in {"openai", "claude"})
        team = replace(team, catalogue=type(team.catalogue)(only))
        return App(settings, team, out=Console(file=self.out, width=88), clock=self.clock)

    @asynccontextmanager
    async def playing(self, database: str, **more: Any) -> AsyncIterator[App]:
        """The bot at work, until the end of the block."""
        app = self.app(database, **more)
        app.add_chats()
        await app.prepare_store()
        work = asyncio.create_task(app.work())
        try:
            yield app
        finally:
            app.stop()
            await work
            await app.close()

    async def follow(self, app: App, *targets: Target, service: str = "openai") -> None:
        for target in targets or (SLACK, DISCORD, HERE):
            language = "fr" if target is DISCORD else "en"
            one = Subscription(target=target, service=service, owner="U1", language=language)  # type: ignore[arg-type] # a Literal
            await app.store.subscribe(one, app.clock.now())
        await app.store.hasten([service], app.clock.now())

    def slack_posts(self) -> list[dict[str, Any]]:
        return [post for post in self.slack.posts.values() if "thread_ts" not in post]

    def slack_replies(self) -> list[dict[str, Any]]:
        return [post for post in self.slack.posts.values() if "thread_ts" in post]

    def discord_posts(self) -> list[dict[str, Any]]:
        return self.discord.shown(CHANNEL)

    def discord_replies(self) -> list[dict[str, Any]]:
        return [one for one in self.discord.messages.values() if one["channel_id"] != str(CHANNEL)]


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    page, other, slack = Page(), Page(), SlackFront()
    async with page.serving(), other.serving(), slack.serving(), Front() as discord:
        retries = asyncio.create_task(_retry_events(slack))
        try:
            yield Stage(page, other, slack, discord, io.StringIO())
        finally:
            retries.cancel()


async def _retry_events(slack: SlackFront) -> None:
    """As Slack does: an event that nobody acknowledged is sent again."""
    while True:
        await asyncio.sleep(0.1)
        events, slack.unacknowledged = slack.unacknowledged, []
        for event in events:
            await slack._try_event(event)


async def until(true: Callable[[], object], seconds: float = 10) -> None:
    """Wait for it; fail when it does not come true."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - it watches parts that know no events of ours
            await asyncio.sleep(0.02)


def text(message: object) -> str:
    """Everything a message says, in one string."""
    return json.dumps(message, ensure_ascii=False)
