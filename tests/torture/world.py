"""Everything around the bot, in the process of the test: pages, Slack and Discord, which outlive every kill of a bot.

They commit what they take even when the client is gone: aiohttp's server lets a handler go on to its end.
"""

import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from bot.core.catalogue import Catalogue
from bot.domain.service import Feed, Service
from bot.domain.subscription import Platform, Target
from tests.torture.discord_side import GUILD, DiscordSide
from tests.torture.pages import Pages
from tests.torture.record import Findings, Record, audit
from tests.torture.slack_side import TEAM, SlackSide


class World:
    """`pages` status pages; `channels` of them on each platform, half of them on Slack."""

    def __init__(self, *, luck: random.Random, pages: int, channels: int, enforcing: bool = False) -> None:
        self.luck = luck
        self.record = Record()
        self.pages = Pages(pages, time.time)
        self.slack = SlackSide(self.record, luck, enforcing=enforcing)
        self.discord = DiscordSide(self.record, luck, enforcing=enforcing)
        on_slack = (channels + 1) // 2
        self.targets = (
            *(Target(platform=Platform.SLACK, workspace=TEAM, channel=f"C{n}") for n in range(on_slack)),
            *(
                Target(platform=Platform.DISCORD, workspace=str(GUILD), channel=str(3000 + n))
                for n in range(channels - on_slack)
            ),
        )
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["World"]:
        app = web.Application(client_max_size=2**22)
        app.add_routes([*self.pages.routes(), *self.slack.routes(), *self.discord.routes()])
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        self.url = self.slack.url = self.discord.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await self.slack.close()
            await self.discord.close()
            await runner.cleanup()

    @property
    def services(self) -> Sequence[tuple[str, str]]:
        """Slug and page."""
        return [(f"s{number}", f"{self.url}/p/{number}") for number in range(self.pages.count)]

    @property
    def under_way(self) -> int:
        return self.slack.under_way + self.discord.under_way

    def audit(self) -> Findings:
        return audit(self.record.messages, [channel(one) for one in self.targets], self.pages.last)


def channel(target: Target) -> str:
    """As the record names it."""
    return (
        f"slack {target.workspace} {target.channel}"
        if target.platform is Platform.SLACK
        else f"discord {target.channel}"
    )


def catalogue(services: Sequence[Sequence[str]]) -> Catalogue:
    """Of slugs and pages."""
    return Catalogue(
        tuple(
            Service(slug=slug, name=slug.upper(), page=page, feeds=(Feed(id=slug, url=page, format="statuspage"),))
            for slug, page in services
        )
    )
