"""How a connection to Discord ends: quickly, wholly, and so that it costs nothing to come back."""

import threading

import discord
from discord.gateway import KeepAliveHandler

from bot.jobs.loop import in_time

FAREWELL = 1.5
_RESUMABLE = 4000


async def hang_up(client: discord.Client) -> None:
    """Close the gateway, and leave the client able to post and to connect again.

    Closing with 1000 or 1001 ends the session at once, and the bot looks offline while it is only replaced:
    https://docs.discord.com/developers/events/gateway#initiating-a-disconnect
    """
    await in_time(_hang_up(client), FAREWELL)  # aiohttp drops a socket whose closing is cancelled


async def _hang_up(client: discord.Client) -> None:
    if client.ws is not None and client.ws.open:  # type: ignore[redundant-expr] # none before the first one
        await client.ws.close(code=_RESUMABLE)
    await _close_forgotten(client)


async def close(client: discord.Client) -> None:
    """Close everything."""
    await hang_up(client)
    if not await in_time(client.close(), FAREWELL):
        await client.http.close()


async def _close_forgotten(client: discord.Client) -> None:
    """Close what discord.py forgets when it is cancelled while it connects: a socket whose heartbeat goes on."""
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws._connection is client._connection:  # noqa: SLF001 - no other link
            thread.stop()
            await thread.ws.close()
