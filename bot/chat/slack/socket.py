"""Socket Mode: Slack reaches us through a connection that we opened, so no public address is needed.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.calls import call
from bot.chat.slack.ears import Ears
from bot.chat.slack.errors import mend
from bot.domain.errors import SendError

CONNECT_SECONDS = 20.0
CLOSE_SECONDS = 2.0
PATIENCE = 8
"""Pings without a connection before we give up on slack_sdk's own reconnecting: it tries one address for ever, and
each address that Slack hands out is good for one connection."""


async def listen(app: AsyncApp, client: AsyncWebClient, app_token: str, ears: Ears, ping_interval: float) -> None:
    """Hear what Slack says until cancelled.

    Raise SettingsError where the app token is wrong, SendError or ConnectionError where trying again may help.
    """
    address = await _address(client, app_token)
    socket = AsyncSocketModeHandler(app, app_token, web_client=client, ping_interval=ping_interval).client
    socket.wss_uri = address
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await socket.connect()  # type: ignore[no-untyped-call]
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


async def _watch(socket: SocketModeClient, ears: Ears) -> None:
    missed, session = 0, socket.current_session
    ears.hear()
    while missed < PATIENCE:
        await asyncio.sleep(socket.ping_interval)
        connected = await socket.is_connected()
        if not connected or socket.current_session is not session:
            ears.close()  # what Slack said in between went elsewhere, or comes again
        if connected:
            session = socket.current_session
            ears.hear()
        missed = 0 if connected else missed + 1
    raise ConnectionError("Slack's Socket Mode was lost and did not come back")


async def _close(socket: SocketModeClient) -> None:
    """Close all of it: slack_sdk cancels its tasks without waiting, and waits 10 s for a peer that may be gone."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close()  # type: ignore[no-untyped-call]
    except TimeoutError:
        await socket.aiohttp_client_session.close()
    tasks: list[asyncio.Future[Any] | None] = [
        socket.message_processor,
        socket.current_session_monitor,
        socket.message_receiver,
    ]
    for task in filter(None, tasks):
        task.cancel()
    await asyncio.gather(*filter(None, tasks), return_exceptions=True)
