"""From a page's answer to the channels and back, on real parts."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chat.discord.front import CHANNEL
from tests.postgres import Postgres
from tests.system.stage import DISCORD, SLACK, Stage, stage, text, until


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as play:
        yield play


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'planb.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


async def test_an_incident_reaches_every_channel_from_its_first_word_to_its_last(play: Stage, database: str) -> None:
    async with play.playing(database) as app:
        await play.follow(app)
        await until(lambda: play.page.asked and play.other.asked)
        await asyncio.sleep(0.6)
        play.page.say("investigating", "We look at it, @everyone <!channel>.")
        await until(lambda: play.slack_posts() and play.discord_posts() and "Answers" in play.out.getvalue())
        assert play.page.served_at is not None
        assert asyncio.get_running_loop().time() - play.page.served_at < 1
        play.page.say("resolved", "It works again.", minute=30)
        await until(lambda: play.slack_replies() and play.discord_replies() and "Resolved" in play.out.getvalue())
        await until(lambda: "lasted 30 min" in text(play.slack_posts()) and "30" in text(play.discord_posts()[0]))
    (post,), (reply,) = play.slack_posts(), play.slack_replies()
    assert "Answers do not appear" in post["text"]
    assert "It works again." in text(reply)
    assert "<!channel>" not in text(list(play.slack.posts.values()))
    (root,), (answer,) = play.discord_posts(), play.discord_replies()
    assert "Answers do not appear" in text(root)
    assert "It works again" in text(answer)
    written = [body for _, path, body in play.discord.log if "/messages" in path and "webhooks" not in path]
    shown = [body for body in written if "embeds" in body]
    assert len(shown) == 3
    assert all(body["allowed_mentions"]["parse"] == [] for body in shown)


async def test_the_card_shows_what_to_use_instead_and_what_fails_itself_last(play: Stage, database: str) -> None:
    play.other.say("investigating", "Claude is down too.")
    async with play.playing(database) as app:
        await play.follow(app, SLACK)
        await until(lambda: play.other.asked > 2)
        await asyncio.sleep(0.6)
        play.page.say("investigating", "We look.")
        await until(play.slack_posts)
    said = text(play.slack_posts())
    assert "What to use instead of ChatGPT" in said
    assert said.index("Templates") < said.index("Claude* (itself: Partial outage)")


async def test_a_channel_is_subscribed_and_asked_on_slack(play: Stage, tmp_path: Path) -> None:
    async with play.playing(f"sqlite:///{tmp_path / 'planb.db'}"):
        await play.slack.connected()
        heard = []
        for line in ("subscribe gpt min=major", "status", "list", "unsubscribe chatgpt", "chatgpt"):
            await play.slack.slash(line, user_id="U1", channel_id="C1")
            heard.append(text(await play.slack.response()))
        await play.slack.slash("subscribe gpt", user_id="U2", channel_id="C1")
        refused = text(await play.slack.response())
    assert "This channel now follows ChatGPT (OpenAI)" in heard[0]
    assert "ChatGPT" in heard[1]
    assert "from impact major" in heard[2]
    assert "no longer follows ChatGPT" in heard[3]
    assert "ChatGPT: " in heard[4]
    assert "Only people who may manage this channel" in refused


async def test_a_channel_is_subscribed_and_asked_on_discord(play: Stage, tmp_path: Path) -> None:
    async with play.playing(f"sqlite:///{tmp_path / 'planb.db'}") as app:
        await asyncio.wait_for(play.discord.ready.wait(), 10)
        await until(lambda: play.discord.syncs)
        answer = text(await play.discord.ask("subscribe", options={"service": "chatgpt"}))
        assert [one.target for one in await app.store.subscriptions("openai")] == [DISCORD]
        state = text(await play.discord.ask("status", options={"service": "chatgpt"}))
    assert "ChatGPT" in answer
    assert "ChatGPT" in state


async def test_the_console_takes_lines_from_a_pipe(play: Stage, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin:
        app = play.app(f"sqlite:///{tmp_path / 'planb.db'}", slack_bot_token=None, discord_token=None)
        await app.prepare_store()
        console = asyncio.create_task(app.console.run(stdin))
        os.write(writing, b"/outage subscribe chatgpt\nlist\n")
        await until(lambda: "This channel follows 1 tool" in play.out.getvalue())
        os.close(writing)
        console.cancel()
        await asyncio.gather(console, return_exceptions=True)
        await app.close()
    assert "This channel now follows ChatGPT (OpenAI)" in play.out.getvalue()
    assert str(CHANNEL) not in play.out.getvalue()
