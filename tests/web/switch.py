"""A dead man's switch on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class Switch:
    """Hears pings; answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answers: list[web.Response] = []
        self.url = ""

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(request.path_qs)
        return self.answers.pop(0) if self.answers else web.Response(text="OK")


@asynccontextmanager
async def listening() -> AsyncIterator[Switch]:
    switch = Switch()
    app = web.Application()
    app.router.add_get("/{path:.*}", switch.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    switch.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield switch
    await runner.cleanup()
