"""Die at every step, start again: every message is there once, in order, and the last state is shown."""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.chat.console.app import HERE, PERHAPS
from bot.settings import Settings
from bot.store.engine import database_url
from bot.store.migrate import migrate
from bot.store.store import SqlStore
from tests.postgres import Postgres
from tests.system.stage import DISCORD, SLACK, Stage, stage, text, until

MOST = 40


def plain(settings: Settings) -> dict[str, Any]:
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in settings.model_dump().items()
        if value is not None
    }


@asynccontextmanager
async def process(play: Stage, database: str, step: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot in a process of its own; killed at the end if it is still there."""
    told = {"settings": plain(play.settings(database)), "only": ["openai"], "step": step, "out": str(play.printed)}
    started = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.system.crash", json.dumps(told))
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def prepare(play: Stage, database: str) -> None:
    url = database_url(database)
    await migrate(url)
    store = SqlStore(url)
    app = play.app(database)
    app.store = store
    await play.follow(app, SLACK, DISCORD, HERE)
    await store.close()


def printed(play: Stage, words: str) -> int:
    return play.printed.read_text(encoding="utf-8").count(words) if play.printed.exists() else 0


def posted(play: Stage) -> bool:
    return bool(play.slack_posts() and play.discord_posts() and printed(play, "Answers do not appear"))


def finished(play: Stage) -> bool:
    edited = [text(posts) for posts in (play.slack_posts(), play.discord_posts())]
    replied = play.slack_replies() and play.discord_replies() and printed(play, "It works.")
    return bool(replied) and all("30" in one for one in edited)


async def survive(play: Stage, database: str, step: int) -> bool:
    """Run with a death at that step, then without; True if it came to the death."""
    await prepare(play, database)
    play.page.say("investigating", "We look.")
    died = False
    for deadly in (step, 0):
        async with process(play, database, deadly) as running:
            gone = asyncio.ensure_future(running.wait())
            shown = asyncio.ensure_future(until(lambda: posted(play), 20))
            await asyncio.wait({gone, shown}, return_when=asyncio.FIRST_COMPLETED)
            if shown.done() and len(play.page.incidents[0]["incident_updates"]) == 1:
                play.page.say("resolved", "It works.", minute=30)
            shown.cancel()
            ended = asyncio.ensure_future(until(lambda: finished(play), 20))
            await asyncio.wait({gone, ended}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                ended.cancel()
                died = True
                continue
            await ended
            await asyncio.sleep(1.3 if died else 0)  # a second copy would come when the lease ends
            running.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(gone, 10) in {0, 137}  # the last steps come after the stop
            break
    return died


def assert_told_once(play: Stage) -> None:
    assert len(play.slack_posts()) == len(play.slack_replies()) == 1, list(play.slack.posts.values())
    assert len(play.discord_posts()) == len(play.discord_replies()) == 1, list(play.discord.messages.values())
    # A terminal cannot be asked what it shows: what may be printed twice must say so.
    twice = printed(play, "Answers do not appear") + printed(play, "It works.") - 2
    assert 0 <= twice <= printed(play, PERHAPS["en"])
    assert printed(play, "Answers do not appear") >= 1
    assert printed(play, "It works.") >= 1
    assert "It works." in text(play.slack_replies())
    assert "It works" in text(play.discord_replies())


@pytest.mark.torture
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_death_at_any_step_loses_nothing_and_repeats_nothing(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    for step in range(1, MOST):
        print(f"step {step}")  # noqa: T201 - shown when it fails
        async with stage() as play:
            play.printed = tmp_path / f"{step}.txt"
            database = f"sqlite:///{tmp_path / f'{step}.db'}"
            if engine == "postgres":
                server: Postgres = request.getfixturevalue("postgres")
                database = server.database()
            died = await survive(play, database, step)
            assert_told_once(play)
        if not died:
            assert step > 10, "the scenario is longer than that"
            return
    pytest.fail(f"still dying after {MOST} steps")


@pytest.mark.timeout(60)
async def test_a_kill_at_any_moment_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("PLANB_SEED", random.randrange(10**6)))  # noqa: S311, TID251 - a moment, and a way back to it
    print(f"PLANB_SEED={seed}")  # noqa: T201 - shown when it fails
    luck = random.Random(seed)  # noqa: S311 - no secret
    async with stage() as play:
        play.printed = tmp_path / "printed.txt"
        database = f"sqlite:///{tmp_path / 'planb.db'}"
        await prepare(play, database)
        play.page.say("investigating", "We look.")
        async with process(play, database, 0) as running:
            await until(lambda: play.page.asked, 20)
            await asyncio.sleep(luck.uniform(0, 0.15))
            running.kill()
        async with process(play, database, 0):
            await until(lambda: posted(play), 20)
            play.page.say("resolved", "It works.", minute=30)
            await until(lambda: finished(play), 20)
            await asyncio.sleep(1.3)
        assert_told_once(play)
