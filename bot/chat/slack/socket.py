"""Socket Mode: Slack reaches us through a connection that we opened, so no public address is needed.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.errors import describe, mend, verdict
from bot.domain.errors import SendError

CONNECT_SECONDS = 20.0
CLOSE_SECONDS = 2.0
PATIENCE = 8
"""Pings without a connection before we give up on slack_sdk's own reconnecting: it tries one address for ever, and
each address that Slack hands out is good for one connection."""


async def listen(app: AsyncApp, client: AsyncWebClient, app_token: str, ping_interval: float) -> None:
    """Hear what Slack says until cancelled.

    Raise SettingsError where the app token is wrong, SendError or ConnectionError where trying again may help.
    """
    address = await _address(client, app_token)
    socket = AsyncSocketModeHandler(app, app_token, web_client=client, ping_interval=ping_interval).client
    socket.wss_uri = address
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await socket.connect()  # type: ignore[no-untyped-call]
        await _watch(socket)
    except TimeoutError as error:
        raise ConnectionError("Slack's Socket Mode cannot be reached") from error
    finally:
        await _close(socket)


async def _address(client: AsyncWebClient, app_token: str) -> str:
    """Asked here and not by slack_sdk, which would go on asking for ever with a wrong token."""
    try:
        answer = await client.apps_connections_open(app_token=app_token)
    except (SlackClientError, aiohttp.ClientError, OSError, ValueError, AttributeError) as error:
        raise mend(error, "app token") or SendError(f"slack: {describe(error)}", verdict(error)) from error
    return str(answer["url"])


async def _watch(socket: SocketModeClient) -> None:
    missed = 0
    while missed < PATIENCE:
        await asyncio.sleep(socket.ping_interval)
        missed = 0 if await socket.is_connected() else missed + 1
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
