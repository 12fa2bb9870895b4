"""`planb run`."""

import asyncio
import logging
import os
import sys

from bot.app import App
from bot.domain.role import Role
from bot.prepare import read_files, set_up_logs
from bot.settings import read_settings


def run(role: Role) -> None:
    """Read the settings and the files, then run until a signal."""
    settings = read_settings()
    set_up_logs(settings)
    asyncio.run(_run(App(settings, read_files(settings)), role))


async def _run(app: App, role: Role) -> None:
    await app.run(role)
    # Everything of ours is closed by now. A name lookup that hangs cannot be cancelled, and Python would wait for its
    # thread for longer than a host waits for us.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
