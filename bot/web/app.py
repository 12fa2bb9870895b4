"""web: what the host and the watcher ask. `/healthz` says the process lives, `/readyz` that it can work."""

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

Ready = Callable[[], Awaitable[bool]]
MOST_BYTES = 1 << 20
FAREWELL_S = 2.0


def web_app(ready: Ready, routes: Iterable[web.RouteDef]) -> web.Application:
    """The application: health and whatever routes the chats bring."""
    app = web.Application(client_max_size=MOST_BYTES)

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_request: web.Request) -> web.Response:
        ok = await ready()
        return web.json_response({"ok": ok}, status=200 if ok else 503)

    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), *routes])
    return app


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen; the caller cleans the runner up."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=FAREWELL_S)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
