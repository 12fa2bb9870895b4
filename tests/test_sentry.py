import asyncio
import gzip
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
import structlog
from aiohttp import web

from bot import prepare
from bot.logs import clean
from bot.sentry import Reports
from bot.settings import Settings
from tests.quiet import logs_put_back

CANARIES = ("canary-of-the-bot-token", "canary-of-a-signing-secret", "canary-of-the-metrics-token")
KEY = "0123456789abcdef0123456789abcdef"


class Sentry:
    """Takes envelopes, as https://develop.sentry.dev/sdk/data-model/envelopes/ has them."""

    def __init__(self) -> None:
        self.url = ""
        self.raw: list[bytes] = []

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.raw.append(body)
        return web.json_response({"id": "x"})

    @property
    def events(self) -> list[dict[str, object]]:
        """The payload of each envelope's one item."""
        return [json.loads(text.split("\n")[2]) for text in self.texts]

    @property
    def texts(self) -> list[str]:
        return [(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode() for raw in self.raw]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Sentry"]:
        app = web.Application(handler_args={"auto_decompress": False})
        app.router.add_post("/api/1/envelope/", self.take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://{KEY}@127.0.0.1:{runner.addresses[0][1]}/1"
        yield self
        await runner.cleanup()


@pytest.fixture
async def sentry() -> AsyncIterator[Sentry]:
    async with Sentry().serving() as sentry:
        yield sentry


def fails() -> None:
    """As many ways into a report as an exception has."""
    local = {"token": CANARIES[0], "harmless name": CANARIES[1]}
    try:
        int(CANARIES[0])
    except ValueError as error:
        error.add_note(CANARIES[1])
        raise ValueError(f"{local} xoxb-123-456-abcdef https://u:{CANARIES[2]}@x.example") from error


def caught() -> Exception:
    try:
        fails()
    except ValueError as error:
        return error
    raise AssertionError


async def test_no_secret_leaves_with_a_report(sentry: Sentry) -> None:
    reports = Reports(sentry.url, partial(clean, secrets=CANARIES))
    reports.tell("bot.test", f"it broke on {CANARIES[0]}", caught())
    reports.tell(CANARIES[1], "without an exception", None)
    await asyncio.to_thread(reports.close)

    everything = "\n".join(sentry.texts)

    assert len(sentry.events) == 2
    assert "ValueError" in everything
    assert "fails" in everything  # the frame
    assert not [canary for canary in (*CANARIES, "xoxb-123") if canary in everything]
    assert not [canary for canary in CANARIES if any(canary.encode() in raw for raw in sentry.raw)]


async def test_a_report_holds_what_failed_and_not_what_it_worked_on(sentry: Sentry) -> None:
    reports = Reports(sentry.url, clean)
    reports.tell("bot.test", "it broke", caught())
    await asyncio.to_thread(reports.close)

    event = sentry.events[0]

    assert not reports._client.should_send_default_pii()
    assert (event["logger"], event["message"], event["level"]) == ("bot.test", "it broke", "error")
    assert not {"request", "user", "breadcrumbs", "modules", "extra", "tags"} & event.keys()
    assert not event.get("server_name")
    text = json.dumps(event)
    assert '"vars"' not in text
    assert '"context_line"' not in text


async def test_an_error_in_a_loop_is_reported_once(sentry: Sentry) -> None:
    reports = Reports(sentry.url, clean)
    for _ in range(50):
        reports.tell("bot.test", "it broke", None)
    reports.tell("bot.test", "it broke", ValueError("another kind"))
    reports.tell("sentry_sdk.errors", "its own trouble is not for itself", None)
    await asyncio.to_thread(reports.close)

    assert len(sentry.events) == 2


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    with logs_put_back():
        yield lambda: capsys.readouterr().err


async def test_what_is_logged_as_an_error_is_reported(
    sentry: Sentry, out: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Reports] = []

    def make(*how: Any) -> Reports:
        made.append(Reports(*how))
        return made[0]

    monkeypatch.setattr(prepare, "Reports", make)
    prepare.set_up_logs(Settings(_env_file=None, sentry_dsn=sentry.url, slack_bot_token=CANARIES[0]))
    log = structlog.stdlib.get_logger("bot.test")
    log.warning("only a warning")
    try:
        fails()
    except ValueError:
        log.exception("it broke")
    await asyncio.to_thread(made[0].close)

    assert [event["message"] for event in sentry.events] == ["it broke"]
    assert CANARIES[0] not in sentry.texts[0]
    assert out().count("it broke") == 1


@pytest.mark.parametrize("dsn", ["nonsense", "https://x.example/1", "https://key@/1", "ftp://key@host/1"])
def test_a_wrong_address_is_one_warning(out: Callable[[], str], dsn: str) -> None:
    prepare.set_up_logs(Settings(_env_file=None, sentry_dsn=dsn))
    written = out()
    assert written.count("\n") == 1
    assert "SENTRY_DSN is no address" in written
    assert dsn not in written


def test_a_missing_package_is_one_warning_that_says_how_to_install_it(
    out: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    prepare.set_up_logs(Settings(_env_file=None, sentry_dsn="https://key@sentry.example/1"))
    written = out()
    assert written.count("\n") == 1
    assert "pip install 'planb[sentry]'" in written
