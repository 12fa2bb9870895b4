"""web: an application and its port."""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

FAREWELL_S = 2.0
IDLE_S = 75.0
"""After so long without a word we hang up; aiohttp itself would wait for an hour."""
LINGER_S = 1.0
"""How long we go on taking, and dropping, a body that nobody wanted to read: closing at once would lose the answer."""


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen; the caller cleans the runner up."""
    logging.getLogger("aiohttp.server").addFilter(_is_no_junk)
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=FAREWELL_S,
        lingering_time=LINGER_S,
        keepalive_timeout=IDLE_S,
        auto_decompress=False,  # nobody who may talk to us packs anything, and a bomb is for nobody to unpack
    )
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner


def _is_no_junk(record: logging.LogRecord) -> bool:
    """Whoever speaks no HTTP to us gets a 400, and not a traceback in our log each time."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
