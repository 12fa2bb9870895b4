"""G21: whatever stops, the dead man's switch hears no "alive" later than six minutes after it.

The pipeline, the watchdog, a real Slack adapter and a real Discord connection, on a clock that leaps twenty seconds at
a time. Each part is stopped at several moments of the canary's quarter of an hour.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.chat.discord.app import DiscordChat
from bot.chat.slack.app import SlackChat
from bot.domain.subscription import Platform, Target
from bot.jobs.loop import end, supervise
from bot.store.store import SqlStore
from bot.vigil import answers
from tests.chat.discord.fakes import TOKEN
from tests.chat.discord.fakes import FakeDesk as DiscordDesk
from tests.chat.discord.front import Fault as DiscordFault
from tests.chat.discord.front import Front
from tests.chat.slack.fakes import FakeDesk
from tests.chat.slack.front import APP_TOKEN, BOT_TOKEN, TEAM, Fault, SlackFront
from tests.fakes import FakeClock
from tests.jobs.guarded import BEGIN, Guarded

MOST_MIN = 6.0
WATCHED_MIN = 9
ECHO_S = 0.02
FOR_EVER = 10_000
_CANARY = Target(platform=Platform.SLACK, workspace=TEAM, channel="C9")
_WRITES = ("chat.postMessage", "chat.update")


@dataclass
class Theatre:
    world: Guarded
    slack: SlackFront
    discord: Front
    database: Path

    async def minutes(self, count: float) -> None:
        for _ in range(round(count * 3)):
            await self.world.round()
            await asyncio.sleep(ECHO_S)  # Slack's echo and Discord's heartbeat take no simulated time

    def refuse(self, error: str, *methods: str) -> None:
        for method in methods:
            self.slack.break_next(method, *[Fault(error=error)] * FOR_EVER)


async def poll_loop(stage: Theatre) -> None:
    stage.world.polls = False


async def sender(stage: Theatre) -> None:
    stage.world.sends = False


async def database(stage: Theatre) -> None:
    stage.database.rename(stage.database.with_suffix(".away"))


async def egress(stage: Theatre) -> None:
    stage.world.pages.reachable = stage.world.ping.reachable = False


async def egress_to_pages_alone(stage: Theatre) -> None:
    stage.world.pages.reachable = False


async def slack_token(stage: Theatre) -> None:
    stage.refuse("token_revoked", "auth.test", *_WRITES)


async def discord_gateway(stage: Theatre) -> None:
    stage.discord.faults.append(DiscordFault("GET", "/gateway/bot", times=FOR_EVER))
    await stage.discord.kick(4011)


async def canary_channel(stage: Theatre) -> None:
    stage.refuse("is_archived", *_WRITES)


async def canary_echo(stage: Theatre) -> None:
    stage.slack.echoes = False


STOPS = (
    poll_loop,
    sender,
    database,
    egress,
    egress_to_pages_alone,
    slack_token,
    discord_gateway,
    canary_channel,
    canary_echo,
)


@asynccontextmanager
async def theatre(store: SqlStore, database: Path) -> AsyncIterator[Theatre]:
    slack, clock = SlackFront(), FakeClock(BEGIN)
    async with slack.serving(), Front() as discord:
        ours = SlackChat(
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            desk=FakeDesk(),
            outbox=store,
            clock=clock,
            api_url=f"{slack.url}/api/",
        )
        theirs = DiscordChat(
            token=TOKEN,
            desk=DiscordDesk(),
            notes=store,
            leases=store,
            forget=store.forget_workspace,
            clock=clock,
            api_url=discord.api_url,
            gateway_url=discord.gateway_url,
        )
        world = Guarded(
            store=store, chats={Platform.SLACK: ours, Platform.DISCORD: theirs}, target=_CANARY, clock=clock
        )
        world.probes |= {"slack": answers(ours.check), "discord": theirs.connected}
        world.watchdog = world.another()
        tasks = [asyncio.create_task(supervise("chat", chat.run, luck=random.random)) for chat in (ours, theirs)]
        try:
            await slack.connected()
            async with asyncio.timeout(10):
                while not await theirs.connected():  # noqa: ASYNC110 - discord.py waits two seconds for more guilds
                    await asyncio.sleep(0.05)
            await world.begin()
            yield Theatre(world, slack, discord, database)
        finally:
            await end(tasks)


@pytest.mark.torture
@pytest.mark.timeout(120)
@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.__name__)
@pytest.mark.parametrize("moment", [0.0, 3.7, 8.3, 12.0])
async def test_whatever_stops_is_heard_of_outside_within_six_minutes(
    memory: SqlStore, tmp_path: Path, stop: Callable[[Theatre], object], moment: float
) -> None:
    async with theatre(memory, tmp_path / "memory.db") as stage:
        await stage.minutes(15 + moment)
        world = stage.world
        stopped = (world.clock.now() - BEGIN).total_seconds() / 60
        assert world.failed == [], "it was not well before anything was stopped"
        assert stopped - max(world.alive) <= 1.01
        await stop(stage)  # type: ignore[misc] # a coroutine or none
        await stage.minutes(WATCHED_MIN)

    silent = max(world.alive) - stopped
    told = min(world.failed, default=float("inf")) - stopped
    print(f"{stop.__name__:24} at minute {moment:4}: last alive {silent:+5.1f} min, failure told {told:+5.1f} min")
    assert min(told, silent + 1) <= MOST_MIN
    assert silent < MOST_MIN


@pytest.mark.torture
@pytest.mark.timeout(120)
async def test_while_nothing_stops_the_switch_hears_it_every_minute_for_an_hour(
    memory: SqlStore, tmp_path: Path
) -> None:
    async with theatre(memory, tmp_path / "memory.db") as stage:
        await stage.minutes(60)
        world = stage.world
    gaps = [after - before for before, after in zip(world.alive, world.alive[1:], strict=False)]
    assert world.failed == []
    assert max(gaps) <= 1.01
    assert len(world.alive) >= 59
