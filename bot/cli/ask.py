"""`planb ask`: any slash command from the shell, the same answer."""

import asyncio

from rich.console import Console

from bot import logs
from bot.app import App, read_files
from bot.chat.console.draw import draw
from bot.settings import read_settings, secrets


def ask(line: str) -> None:
    """Answer from the database, as the console's channel."""
    settings = read_settings()
    logs.set_up(settings, secrets(settings))
    asyncio.run(_ask(App(settings, read_files(settings)), line))


async def _ask(app: App, line: str) -> None:
    try:
        await app.prepare_store()
        card = await app.console.answer(line)
        Console().print(draw(card, app.clock.now()))
    finally:
        await app.store.close()
