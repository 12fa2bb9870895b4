"""The real SlackChat, with the real slack_bolt and slack_sdk, against the stand-in for Slack."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from bot.chat.slack.app import SlackChat
from tests.chat.slack.fakes import FakeClock, FakeDesk, FakeOutbox
from tests.chat.slack.front import APP_TOKEN, BOT_TOKEN, SlackFront


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def front() -> AsyncIterator[SlackFront]:
    async with SlackFront().serving() as slack:
        yield slack


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def outbox() -> FakeOutbox:
    return FakeOutbox()


@pytest.fixture
def chat(front: SlackFront, clock: FakeClock, desk: FakeDesk, outbox: FakeOutbox) -> SlackChat:
    return SlackChat(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        admins=frozenset({"U0BOSS"}),
        desk=desk,
        outbox=outbox,
        clock=clock,
        api_url=f"{front.url}/api/",
        ping_interval=0.2,
    )


@asynccontextmanager
async def running(chat: SlackChat, front: SlackFront) -> AsyncIterator[None]:
    """Let it listen over Socket Mode, and stop it as the supervisor does."""
    task = asyncio.create_task(chat.run())
    connected = asyncio.create_task(front.connected())
    try:
        await asyncio.wait({task, connected}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield
    finally:
        connected.cancel()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], object], seconds: float = 5) -> None:
    """Wait for something that happens elsewhere."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.005)
