"""What goes wrong in life: each gives one clear line, and the rest goes on working."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.cli.main import main
from bot.domain.errors import SettingsError
from bot.prepare import read_files
from bot.settings import Settings
from bot.store.engine import database_url
from bot.store.store import SqlStore
from tests.chat.slack.front import Fault
from tests.postgres import Postgres
from tests.store.made import MINUTE, NOON, claim_all, delivery
from tests.system.page import Page
from tests.system.stage import DISCORD, SLACK, TEAM_FILE, Stage, stage, text, until


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as play:
        yield play


class Program:
    """`python -m bot ...` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.err = ""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr
        while line := await self.process.stderr.readline():
            self.err += line.decode()

    async def end(self) -> int:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self.process.wait(), 10)
        await self._reading
        return code


@asynccontextmanager
async def program(*arguments: str, **environment: object) -> AsyncIterator[Program]:
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}  # noqa: TID251 - a clean one
    env = clean | {name: str(value) for name, value in environment.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    running = Program(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await running._reading


class Commands:
    """`planb ...` typed in this process: starting another one costs a second, and little is different in it."""

    def __init__(self, patch: pytest.MonkeyPatch, printed: pytest.CaptureFixture[str]) -> None:
        self._patch = patch
        self._printed = printed

    async def run(self, *arguments: str, **environment: object) -> tuple[int, str, str]:
        """Its exit status, what it printed, and what it printed as an error."""
        with self._patch.context() as patch:
            patch.setattr(sys, "argv", ["planb", *arguments])
            for name, value in environment.items():
                patch.setenv(name, str(value))
            status = await asyncio.to_thread(_status_of, main)
        return status, *self._printed.readouterr()


def _status_of(command: Callable[[], None]) -> int:
    try:
        command()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    return 0


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Commands:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return Commands(monkeypatch, capsys)


def environment(play: Stage, database: str, **more: object) -> dict[str, object]:
    return {
        "DATABASE_URL": database,
        "PLANB_CONFIG": TEAM_FILE.format(page=play.page.url, other=play.other.url),
        "SLACK_BOT_TOKEN": "xoxb-fine",
        "SLACK_APP_TOKEN": "xapp-fine",
        "SLACK_API_URL": f"{play.slack.url}/api/",
        "DISCORD_TOKEN": "NDI0Mg.made.up",
        "DISCORD_API_URL": play.discord.api_url,
        "DISCORD_GATEWAY_URL": play.discord.gateway_url,
        "POLL_SECONDS": 0.3,
        "LEASE_SECONDS": 1,
    } | more


async def answers(port: int, path: str) -> int:
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
            return response.status
    except aiohttp.ClientConnectionError:
        return 0


async def until_it_answers(port: int, path: str, status: int, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while await answers(port, path) != status:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


def behind_a_gate(play: Stage, postgres: Postgres, port: int) -> dict[str, object]:
    """The environment of a bot that reaches its database as long as the gate at that port is open."""
    name = database_url(postgres.database()).database
    return environment(play, f"postgres://postgres@127.0.0.1:{port}/{name}")


async def test_without_its_database_it_stays_up_and_leaves_discord_alone(
    play: Stage, unused_tcp_port_factory: Callable[[], int], postgres: Postgres
) -> None:
    port, gate_port = unused_tcp_port_factory(), unused_tcp_port_factory()
    settings = behind_a_gate(play, postgres, gate_port) | {"PORT": port, "HOST": "127.0.0.1"}
    async with program("run", **settings) as running:
        await until_it_answers(port, "/healthz", 200)
        await until_it_answers(port, "/readyz", 503)
        await asyncio.wait_for(play.slack.connected(), 10)
        await play.slack.slash("status")
        assert "I cannot reach my memory" in text(await asyncio.wait_for(play.slack.response(), 10))
        assert (play.discord.identified, play.discord.log) == (0, [])
        async with gate(gate_port, postgres):
            await until_it_answers(port, "/readyz", 200)
            await asyncio.wait_for(play.discord.ready.wait(), 10)
            assert await running.end() == 0
    assert "the database is away, trying again" in running.err


async def test_a_database_that_goes_away_amid_the_work_is_waited_for_and_found_again_within_ten_seconds(
    play: Stage, unused_tcp_port_factory: Callable[[], int], postgres: Postgres
) -> None:
    port, gate_port = unused_tcp_port_factory(), unused_tcp_port_factory()
    settings = behind_a_gate(play, postgres, gate_port) | {"PORT": port, "HOST": "127.0.0.1"}
    async with program("run", **settings) as running:
        async with gate(gate_port, postgres):
            await until_it_answers(port, "/readyz", 200, 20)
            await asyncio.wait_for(play.discord.ready.wait(), 10)
        await until_it_answers(port, "/readyz", 503, 10)
        assert await answers(port, "/healthz") == 200
        await play.slack.slash("status")
        assert "I cannot reach my memory" in text(await asyncio.wait_for(play.slack.response(), 10))
        async with gate(gate_port, postgres):
            await until_it_answers(port, "/readyz", 200, 10)
            await play.slack.slash("services lamp")
            assert "I cannot reach my memory" not in text(await asyncio.wait_for(play.slack.response(), 10))
            assert play.discord.identified == 1
            assert await running.end() == 0


@asynccontextmanager
async def gate(port: int, postgres: Postgres) -> AsyncIterator[None]:
    """A TCP door to the real Postgres, which listens on a socket of the file system."""
    directory = database_url(postgres.database()).query["host"]
    open_ones: list[asyncio.StreamWriter] = []

    async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.5432")
        open_ones.extend((writer, back))
        await asyncio.gather(_copy(reader, back), _copy(there, writer), return_exceptions=True)

    server = await asyncio.start_server(through, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        for writer in open_ones:
            writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def test_a_page_that_answers_html_misleads_nobody_and_delays_nobody(play: Stage, tmp_path: Path) -> None:
    play.other.html = True
    async with play.playing(f"sqlite:///{tmp_path / 'planb.db'}") as app:
        await play.follow(app, SLACK)
        await play.follow(app, SLACK, service="claude")
        await until(lambda: play.other.asked and play.page.asked)
        await asyncio.sleep(0.6)
        play.page.say("investigating", "We look.")
        await until(play.slack_posts)
        card = await app.console.answer("status claude")
    assert card.title == "Claude: Unknown"
    assert len(play.slack_posts()) == 1


async def test_a_wrong_slack_token_gives_one_clear_line_and_discord_goes_on(
    play: Stage, tmp_path: Path, template: Path
) -> None:
    database = f"sqlite:///{tmp_path / 'planb.db'}"
    shutil.copy(template, tmp_path / "planb.db")
    store = SqlStore(database_url(database))
    app = play.app(database)
    app.store = store
    await play.follow(app, SLACK, DISCORD)
    await store.close()
    async with program("run", **environment(play, database, SLACK_BOT_TOKEN="xoxb-wrong")) as running:
        await until(lambda: play.page.asked, 15)
        await asyncio.sleep(0.8)
        play.page.say("investigating", "We look.")
        await until(play.discord_posts)
        await until(lambda: "xoxb-" in running.err)
        assert await running.end() == 0
    lines = [line for line in running.err.splitlines() if "Slack does not know the bot token" in line]
    assert len(lines) == 1
    assert "xoxb-wrong" not in running.err
    assert play.slack_posts() == []


async def test_a_wrong_discord_token_gives_one_clear_line_and_slack_goes_on(play: Stage, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'planb.db'}"
    async with play.playing(database, discord_token="wrong.token.here") as app:
        await play.follow(app, SLACK)
        await until(lambda: play.page.asked)
        await asyncio.sleep(0.6)
        play.page.say("investigating", "We look.")
        await until(play.slack_posts)
        assert app.discord
        with pytest.raises(Exception, match="DISCORD_TOKEN"):
            await app.discord.run()
    assert play.discord.identified == 0


async def test_a_channel_that_is_gone_is_left_alone_and_its_owner_told_once(play: Stage, tmp_path: Path) -> None:
    async with play.playing(f"sqlite:///{tmp_path / 'planb.db'}") as app:
        await play.follow(app, SLACK, DISCORD)
        await until(lambda: play.page.asked)
        await asyncio.sleep(0.6)
        play.slack.break_next("chat.postMessage", Fault(error="channel_not_found"))
        play.page.say("investigating", "We look.")
        await until(play.discord_posts)
        await until(lambda: len(play.slack.posts) == 1)
        play.page.say("resolved", "Done.", minute=30)
        await until(play.discord_replies)
        assert [one.target for one in await app.store.subscriptions("openai")] == [DISCORD]
    (((channel, _), told),) = play.slack.posts.items()
    assert channel == "U1"
    assert "I can no longer post in a channel you subscribed" in text(told)


async def test_being_told_again_to_stop_changes_nothing(play: Stage, tmp_path: Path) -> None:
    """Heroku may say so several times: https://devcenter.heroku.com/articles/limits#exit-timeout."""
    async with program("run", **environment(play, f"sqlite:///{tmp_path}/planb.db")) as running:
        await until(lambda: play.slack.opens, 20)
        for _ in range(20):
            if running.process.returncode is None:
                running.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.02)
        assert await running.end() == 0
        assert "Traceback" not in running.err


async def test_a_broken_team_file_is_one_line_that_says_how_to_mend_it(tmp_path: Path) -> None:
    toml = "[alternatves]\n"
    async with program("run", DATABASE_URL=f"sqlite:///{tmp_path / 'planb.db'}", PLANB_CONFIG=toml) as running:
        assert await asyncio.wait_for(running.process.wait(), 15) == 78
        await running._reading
    assert "line 1: alternatves: there is no such key; did you mean 'alternatives'?" in running.err
    assert len(running.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ('[[alternatives.chatgpt]]\nname = "X"\nurll = "y"\n', "line 3: "),
        ('[[alternatives.chatgptt]]\nname = "X"\n', "no service is called 'chatgptt'; did you mean 'openai:chatgpt'?"),
        ("this is no toml\n", "this is not TOML"),
    ],
)
def test_a_mistake_in_the_team_file_is_named(toml: str, line: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(line)):
        read_files(Settings(_env_file=None, planb_config=toml))


async def test_check_says_what_to_mend(play: Stage, tmp_path: Path, commands: Commands) -> None:
    database = f"sqlite:///{tmp_path / 'planb.db'}"
    settings = environment(play, database, SLACK_BOT_TOKEN="xoxb-wrong", DISCORD_TOKEN="wrong.token.here")
    status, said, _ = await commands.run("check", "--json", **settings)
    assert status == 1
    findings = {finding["what"]: finding for finding in json.loads(said)}
    assert findings["database"]["ok"] is True
    assert findings["planb.toml"]["ok"] is True
    assert findings["feeds"]["ok"] is None
    assert (findings["slack"]["ok"], findings["discord"]["ok"]) == (False, False)
    assert "bot token" in findings["slack"]["says"]
    assert "DISCORD_TOKEN" in findings["discord"]["says"]


async def test_check_lists_every_feed_with_what_went_wrong(play: Stage, tmp_path: Path, commands: Commands) -> None:
    database = f"sqlite:///{tmp_path / 'planb.db'}"
    status, said, _ = await commands.run("check", "--feeds", "--json", **environment(play, database))
    assert status == 0
    row = next(row for row in json.loads(said) if row["service"] == "github")
    assert (row["format"], row["url"], row["freshness"]) == ("statuspage", "https://www.githubstatus.com", "stale")
    assert (row["read_at"], row["age_s"], row["next_poll_s"], row["error"]) == (None, None, None, "")


async def test_what_was_given_up_is_listed_and_tried_again(
    tmp_path: Path, memory: SqlStore, commands: Commands
) -> None:
    await memory.promise([delivery("a")], NOON)
    (claim,) = await claim_all(memory, NOON, MINUTE, 1)
    await memory.failed(claim, "is_archived", again=None, unsettled=False, now=NOON)
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'memory.db'}"}
    status, said, _ = await commands.run("check", "--deliveries", **settings)
    assert status == 1
    assert "is_archived" in said
    assert "1 given up, 0 on their way." in said
    status, said, _ = await commands.run("check", "--retry", "all", "--json", **settings)
    assert (status, json.loads(said)) == (0, {"given_up": [], "waiting": 1, "tried_again": 1})


async def test_an_unknown_database_is_one_clear_line(commands: Commands) -> None:
    status, _, error = await commands.run("migrate", DATABASE_URL="mysql://me:secret@somewhere/db")
    assert status == 78
    assert "secret" not in error
    assert len(error.splitlines()) == 1


async def test_a_page_of_ones_own_is_polled(commands: Commands) -> None:
    page = Page()
    async with page.serving():
        status, printed, _ = await commands.run("feed", page.url, "--json")
    said = json.loads(printed)
    assert (status, said["format"], said["page"], said["health"]) == (0, "statuspage", "OpenAI", "operational")
