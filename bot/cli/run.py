"""`planb run`."""

import asyncio

from bot import logs
from bot.app import App, read_files
from bot.settings import read_settings, secrets


def run() -> None:
    """Read the settings and the files, then run until a signal."""
    settings = read_settings()
    logs.set_up(settings, secrets(settings))
    asyncio.run(_run(App(settings, read_files(settings))))


async def _run(app: App) -> None:
    await app.run()
