"""`planb run`."""

import asyncio

from bot.app import App
from bot.prepare import read_files, set_up_logs
from bot.settings import read_settings


def run() -> None:
    """Read the settings and the files, then run until a signal."""
    settings = read_settings()
    set_up_logs(settings)
    asyncio.run(_run(App(settings, read_files(settings))))


async def _run(app: App) -> None:
    await app.run()
