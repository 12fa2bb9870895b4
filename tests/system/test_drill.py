"""A whole drill, from its start to its report, on the console and on both chats; and what ends it in earnest."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import App
from bot.chat.console.app import HERE
from bot.chat.console.draw import plain
from bot.commands.spec import Caller
from bot.core.drill import threads_of
from bot.domain.subscription import Target
from bot.store.practice import moves
from tests.system.stage import DISCORD, SLACK, Stage, stage, text, until

ALL = (SLACK, DISCORD, HERE)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.rehearsal.PAUSE_S", 0.1)


async def ask(app: App, line: str, target: Target = SLACK, *, manager: bool = True) -> str:
    language = "fr" if target is DISCORD else "en"
    caller = Caller(target=target, user="U1", may_manage=manager, language=language)  # type: ignore[arg-type]
    return plain(await app.desk.answer_line(line, caller), app.clock.now())


async def switch(app: App, target: Target, tool: str, person: str = "ann") -> None:
    """As a button does it."""
    drill = await app.store.last_drill(target)
    assert drill
    (thread,) = await app.store.drill_threads(threads_of(drill))
    row = {"thread_key": thread, "person": person, "kind": "switched", "tool": tool, "named": False}
    async with app.store._database.writing() as connection:
        await connection.execute(sa.insert(moves).values(**row, at=app.clock.now()))


def all_began(play: Stage) -> bool:
    return bool(play.slack_posts() and play.discord_posts() and "DRILL" in play.out.getvalue())


def all_reported(play: Stage) -> bool:
    slack = any("the result for" in text(one) for one in play.slack_replies())
    discord = any("le bilan pour" in text(one) for one in play.discord_replies())
    return slack and discord and "the result for" in play.out.getvalue()


async def test_a_drill_runs_from_its_start_to_its_report_on_every_platform(tmp_path: Path) -> None:
    async with stage() as play, play.playing(f"sqlite:///{tmp_path}/planb.db") as app:
        await play.follow(app)
        await until(lambda: play.page.asked and play.other.asked)
        for target in ALL:
            await ask(app, "drill start chatgpt 15 mention=here", target)
        await until(lambda: all_began(play))
        begun = text(play.slack_posts())
        assert "Claude" in begun  # what to use instead, as in earnest
        assert "here" in begun
        assert "<!here>" not in begun
        for target in ALL:
            await switch(app, target, "claude")
        assert "no drill" not in await ask(app, "drill status")
        for target in ALL:
            await ask(app, "drill stop", target)
        await until(lambda: all_reported(play))
        for told in (*play.slack_posts(), *play.slack_replies()):
            assert "DRILL – " in text(told)
        for told in (*play.discord_posts(), *play.discord_replies()):
            assert "EXERCICE – " in text(told)
        printed = play.out.getvalue()
        assert printed.count("DRILL – ") >= 3  # the first word, the last, and the report
        assert "1 of 1 who took part (100 %)" in text(play.slack_replies())
        assert set(await app.store.trials_of(SLACK.team)) == {"claude"}
        assert "ann" not in text(play.slack_replies())
        assert [one.service for one in await app.store.subscriptions_of(SLACK)] == ["openai"]
        assert "100 %" in await ask(app, "drill status")


async def test_nobody_else_hears_of_a_drill(tmp_path: Path) -> None:
    async with stage() as play, play.playing(f"sqlite:///{tmp_path}/planb.db") as app:
        await play.follow(app)
        await ask(app, "drill start chatgpt 15")
        await until(play.slack_posts)
        assert "A drill is running" in await ask(app, "drill start claude 15")
        for line in (
            "status",
            "status chatgpt",
            "active",
            "active scope=all",
            "list",
            "services",
            "status planb-drill-1",
        ):
            for target in ALL:
                said = await ask(app, line, target)
                assert "DRILL" not in said
                assert "EXERCICE" not in said
                assert "does not answer" not in said
                assert "planb-drill-1-openai" not in said
        await asyncio.sleep(0.3)
        assert (play.discord_posts(), play.out.getvalue()) == ([], "")


async def test_a_real_incident_ends_a_drill_at_once(tmp_path: Path) -> None:
    async with stage() as play, play.playing(f"sqlite:///{tmp_path}/planb.db") as app:
        await play.follow(app, HERE)
        await ask(app, "drill start chatgpt 15", HERE)
        await until(lambda: "DRILL – OpenAI" in play.out.getvalue())
        play.page.say("investigating", "We look.")
        await until(lambda: "a real incident ended it" in play.out.getvalue())
        assert any("Answers do not appear" in line and "DRILL" not in line for line in play.out.getvalue().splitlines())
        assert "in earnest" in await ask(app, "drill start chatgpt 15")
        assert "a real incident ended it" in await ask(app, "drill status", HERE)


async def test_a_real_outage_can_be_played_again_as_a_drill(tmp_path: Path) -> None:
    async with stage() as play, play.playing(f"sqlite:///{tmp_path}/planb.db") as app:
        assert "is one of" in await ask(app, "drill start chatgpt 5 scenario=nothing", HERE)
        assert "no outage of" in await ask(app, "drill start claude 5 scenario=chatgpt-2024-12-26", HERE)
        await ask(app, "drill start chatgpt 5 scenario=chatgpt-2024-12-26", HERE)
        await until(lambda: "DRILL – OpenAI" in play.out.getvalue())
        await ask(app, "drill stop", HERE)
        await until(lambda: "the result for" in play.out.getvalue())
        assert "The drill was stopped" in play.out.getvalue()


async def test_only_managers_and_only_for_as_long_as_is_sensible(tmp_path: Path) -> None:
    async with stage() as play, play.playing(f"sqlite:///{tmp_path}/planb.db") as app:
        assert "Only people who may manage" in await ask(app, "drill start chatgpt 15", manager=False)
        for minutes in ("4", "121", "-5", "1e1", ""):
            assert "from 5 to 120" in await ask(app, f"drill start chatgpt minutes={minutes or 'x'}")
        assert "Say which tool" in await ask(app, "drill start")
        assert "No drill is running" in await ask(app, "drill stop")
        assert "no drill in this channel yet" in await ask(app, "drill status")
        assert await app.store.drills_since(app.clock.now() - timedelta(days=1)) == []
        assert play.slack_posts() == []
