"""Socket Mode: Slack reaches us through a connection that we opened, so no public address is needed.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.calls import call
from bot.chat.slack.ears import Ears
from bot.chat.slack.errors import mend
from bot.domain.errors import SendError
from bot.jobs.loop import in_time

CONNECT_SECONDS = 20.0
CLOSE_SECONDS = 2.0
GLANCE_SECONDS = 0.5
"""slack_sdk itself notices a torn connection at its next ping; until then nobody hears a command, nor an echo."""
AT_MOST, EACH_SECONDS = 5, 60.0
"""So many new addresses: where each connection is closed at once, slack_sdk would ask for hundreds a second."""
PATIENCE_SECONDS = 40.0
"""Without a connection before we give up on slack_sdk's own reconnecting: it tries one address for ever, and each
address that Slack hands out is good for one connection."""

_Ask = Callable[[], Coroutine[Any, Any, str]]


async def listen(app: AsyncApp, client: AsyncWebClient, app_token: str, ears: Ears, ping_interval: float) -> None:
    """Hear what Slack says until cancelled.

    Raise SettingsError where the app token is wrong, SendError or ConnectionError where trying again may help.
    """
    address = await _address(client, app_token)
    socket = AsyncSocketModeHandler(app, app_token, web_client=client, ping_interval=ping_interval).client
    socket.wss_uri = address
    socket.issue_new_wss_url = _seldom(socket.issue_new_wss_url)  # type: ignore[method-assign] # no other door
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await socket.connect()  # type: ignore[no-untyped-call] # as slack_sdk has it
        await _watch(socket, ears)
    except TimeoutError as error:
        raise ConnectionError("Slack's Socket Mode cannot be reached") from error
    finally:
        ears.close()
        await _close(socket)


async def _address(client: AsyncWebClient, app_token: str) -> str:
    """Asked here and not by slack_sdk, which would go on asking for ever with a wrong token."""
    try:
        answer = await call(client.apps_connections_open, app_token=app_token)
    except SendError as error:
        raise mend(error.__cause__, "app token") or error from error.__cause__
    return str(answer["url"])


def _seldom(ask: _Ask) -> _Ask:
    asked: deque[float] = deque(maxlen=AT_MOST)

    async def waiting() -> str:
        now = asyncio.get_running_loop().time()
        if len(asked) == AT_MOST and now - asked[0] < EACH_SECONDS:
            await asyncio.sleep(asked[0] + EACH_SECONDS - now)
        asked.append(asyncio.get_running_loop().time())
        return await ask()

    return waiting


async def _watch(socket: SocketModeClient, ears: Ears) -> None:
    session = socket.current_session
    ears.hear()
    while True:
        await asyncio.sleep(GLANCE_SECONDS)
        if await socket.is_connected() and socket.current_session is session:
            continue
        ears.close()  # what Slack said in between went elsewhere, or comes again
        await _reconnect(socket)
        session = socket.current_session
        ears.hear()


async def _reconnect(socket: SocketModeClient) -> None:
    """Whether slack_sdk is at it already is for its own lock to know. Raise ConnectionError."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await socket.is_connected():
                try:
                    await socket.connect_to_new_endpoint()
                except (SlackApiError, aiohttp.ClientError, OSError):
                    await asyncio.sleep(socket.ping_interval)
    except TimeoutError as error:
        raise ConnectionError("Slack's Socket Mode was lost and did not come back") from error


async def _close(socket: SocketModeClient) -> None:
    """Close all of it: slack_sdk cancels its tasks without waiting, and waits 10 s for a peer that may be gone."""
    if not await in_time(socket.close(), CLOSE_SECONDS):  # type: ignore[no-untyped-call] # as above
        await socket.aiohttp_client_session.close()
    tasks: list[asyncio.Future[Any] | None] = [
        socket.message_processor,
        socket.current_session_monitor,
        socket.message_receiver,
    ]
    for task in filter(None, tasks):
        task.cancel()
    await asyncio.gather(*filter(None, tasks), return_exceptions=True)
