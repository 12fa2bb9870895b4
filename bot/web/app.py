"""web: an application and its port."""

from aiohttp import web

FAREWELL_S = 2.0
LINGER_S = 1.0
"""How long we go on taking, and dropping, a body that nobody wanted to read: closing at once would lose the answer."""


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen; the caller cleans the runner up."""
    runner = web.AppRunner(
        app, access_log=None, handle_signals=False, shutdown_timeout=FAREWELL_S, lingering_time=LINGER_S
    )
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
