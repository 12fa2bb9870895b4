"""The surface on the whole bot: a page calls, a monitor looks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import structlog
from typer.testing import CliRunner

from bot.app import App
from bot.cli.main import app as cli
from bot.domain.errors import SettingsError, UserError
from bot.domain.role import Role
from bot.web.hooks import hooks
from tests.quiet import logs_put_back
from tests.system.stage import Stage, stage, until

METRICS = "canary-of-the-metrics-token"


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as play:
        yield play


def planb(folder: Path, *words: str, **environment: str) -> tuple[str, str, BaseException | None]:
    """The command in this process, in a folder of its own: what it prints, what it says beside, how it ends."""
    with logs_put_back():
        variables = {"DATABASE_URL": str(folder / "planb.db"), "PLANB_PUBLIC_URL": "https://bot.example.org/"}
        done = CliRunner().invoke(cli, ["webhook", *words], env=variables | environment)
    return done.stdout.strip(), done.stderr, done.exception


def token_of(address: str) -> str:
    base, _, token = address.rpartition("/hooks/")
    assert base == "https://bot.example.org"
    return token


def test_an_address_is_printed_once_and_replaced_on_demand(tmp_path: Path) -> None:
    first, said, _ = planb(tmp_path, "openai")
    assert len(token_of(first)) == 43
    assert "this once" in said
    again, _, error = planb(tmp_path, "openai")
    assert again == ""
    assert isinstance(error, UserError)
    assert "--rotate" in str(error)
    second, _, _ = planb(tmp_path, "openai", "--rotate")
    assert token_of(second) != token_of(first)


def test_what_is_missing_is_one_line(tmp_path: Path) -> None:
    for wrong in ("", "http://bot.example.org", "bot.example.org"):
        error = planb(tmp_path, "openai", PLANB_PUBLIC_URL=wrong)[2]
        assert isinstance(error, SettingsError)
        assert str(error).startswith("PLANB_PUBLIC_URL: ")
    error = planb(tmp_path, "opnai")[2]
    assert isinstance(error, UserError)
    assert "close to it: openai" in str(error)


@asynccontextmanager
async def at_work(play: Stage, folder: Path, port: int) -> AsyncIterator[App]:
    """The whole bot, which asks its pages every five minutes."""
    more = {"poll_seconds": 300, "port": port, "host": "127.0.0.1", "planb_metrics_token": METRICS}
    app = play.app(str(folder / "planb.db"), **more)
    app.add_chats()
    await app.prepare_store()
    await play.follow(app)
    runner = await app._serve(Role.ALL)
    assert runner
    work = asyncio.create_task(app.work())
    try:
        yield app
    finally:
        app.stop()
        await work
        await runner.cleanup()
        await app.close()


async def test_a_webhook_shortens_the_wait_and_its_content_is_not_believed(
    play: Stage, tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    address = (await asyncio.to_thread(planb, tmp_path, "openai"))[0]
    port = unused_tcp_port_factory()
    play.page.say("investigating", "We are looking into it.")
    async with at_work(play, tmp_path, port) as app:
        await until(play.slack_posts)
        asked = play.page.asked
        play.page.say("identified", "We have found it.", minute=5)
        await asyncio.sleep(0.7)
        assert play.page.asked == asked
        await call(port, token_of(address))
        await until(lambda: "We have found it." in str(play.slack_replies()))
        assert "forged" not in str(play.slack.posts)
        await looks_well(app, port)


async def call(port: int, token: str) -> None:
    forged = {"page": {"id": "forged"}, "incident": {"name": "forged", "status": "resolved"}}
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"http://127.0.0.1:{port}/hooks/{token}", json=forged) as answer,
    ):
        assert answer.status == 202


async def looks_well(app: App, port: int) -> None:
    assert len(await hooks(app.store)) == 1
    headers = {"Authorization": f"Bearer {METRICS}"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as client:
        async with client.get("/metrics") as answer:
            page = await answer.text()
        async with client.get("/readyz") as answer:
            assert (await answer.json())["poll"] == "ok"
    assert 'feed_fetch_total{result="changed"} 3.0' in page
    assert 'webhooks_total{result="heard"} 1.0' in page
    assert "feed_age_seconds_gcount 2.0" in page
    assert METRICS not in page


async def test_a_worker_shows_its_health_and_its_numbers_and_works_without_them_where_its_port_is_taken(
    play: Stage, tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    port = unused_tcp_port_factory()
    more = {"port": port, "host": "127.0.0.1", "planb_metrics_token": METRICS, "slack_signing_secret": "x" * 32}
    first, second = (play.app(str(tmp_path / "planb.db"), **more) for _ in range(2))
    for app in (first, second):
        app.add_chats(Role.WORKER)
    runner = await first._serve(Role.WORKER)
    assert runner
    try:
        headers = {"Authorization": f"Bearer {METRICS}"}
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as client:
            async with client.get("/metrics") as answer:
                assert "feed_fetch_total" in await answer.text()
            async with client.post("/slack/events") as answer:
                assert answer.status == 404
        with structlog.testing.capture_logs() as said:
            assert await second._serve(Role.WORKER) is None
        assert "the port is taken" in said[0]["event"]
        with pytest.raises(OSError, match=str(port)):
            await second._serve(Role.WEB)
    finally:
        await runner.cleanup()
        await first.close()
        await second.close()
