"""`planb ask`: any slash command from the shell, the same answer."""

import asyncio

from bot.app import App
from bot.chat.console.draw import draw, terminal
from bot.prepare import read_files, set_up_logs
from bot.settings import read_settings


def ask(line: str) -> None:
    """Answer from the database, as the console's channel."""
    settings = read_settings()
    set_up_logs(settings)
    asyncio.run(_ask(App(settings, read_files(settings)), line))


async def _ask(app: App, line: str) -> None:
    try:
        await app.prepare_store()
        card = await app.console.answer(line)
        terminal().print(draw(card, app.clock.now()))
    finally:
        await app.close()
