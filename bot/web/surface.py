"""All that this process answers over HTTP besides the chats: health, numbers, webhooks."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.domain.errors import StoreAway
from bot.jobs.loop import Bell, end
from bot.ports import Clock, Store
from bot.ports.meter import Figures, Level, Meter, Silent
from bot.web.bearer import is_operator
from bot.web.health import Health, Ready
from bot.web.hooks import PATH, Hooks
from bot.web.lag import Lag
from bot.web.silence import watch
from bot.web.within import Within

if TYPE_CHECKING:  # slow to load, and only where somebody reads the numbers
    from bot.web.metrics import PrometheusMeter

FIGURES_MOST_S = 1.0
MOST_BYTES = 1 << 20


class Surface:
    """Built once for each process. `token` is the operator's: without one there is no /metrics, and nobody counts."""

    def __init__(self, *, store: Store, ready: Ready, clock: Clock, poll_bell: Bell, token: str) -> None:
        self._store = store
        self._clock = clock
        self._token = token
        self._lag = Lag()
        self._in_time = Within(FIGURES_MOST_S)
        self._prometheus = _prometheus() if token else None
        self.meter: Meter = self._prometheus or Silent()
        self.health = Health(store=store, ready=ready, clock=clock, lag=self._lag, token=token)
        self.hooks = Hooks(store=store, clock=clock, bell=poll_bell, meter=self.meter)

    def app(self, routes: Iterable[web.RouteDef]) -> web.Application:
        """The web application, with whatever routes the chats bring."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.add_routes(
            [
                web.get("/healthz", self.health.healthz),
                web.get("/readyz", self.health.readyz),
                web.get("/metrics", self.metrics),
                web.post(PATH, self.hooks.receive),
                *routes,
            ]
        )
        app.cleanup_ctx.append(self._alongside)
        return app

    async def metrics(self, request: web.Request) -> web.Response:
        """All numbers, for the operator; 404 where no token is set. What only an absent database knows is left out."""
        if self._prometheus is None:
            return web.Response(status=web.HTTPNotFound.status_code)
        if not is_operator(request, self._token):
            return web.Response(status=web.HTTPUnauthorized.status_code, headers={"WWW-Authenticate": "Bearer"})
        self.meter.level(Level.LOOP_LAG, self._lag.worst_s())
        page = self._prometheus.page(await self._figures())
        return web.Response(body=page, headers={"Content-Type": self._prometheus.content_type})

    async def _figures(self) -> Figures | None:
        try:
            return await self._in_time.wait(self._store.figures(self._clock.now()))
        except (StoreAway, TimeoutError):
            return None

    async def _alongside(self, _app: web.Application) -> AsyncIterator[None]:
        runs = (self._lag.run(), self.health.run(), watch(self._store, self._clock, self.meter))
        tasks = [asyncio.create_task(run) for run in runs]
        yield
        await self.hooks.close()
        await end(tasks)


def _prometheus() -> "PrometheusMeter":
    from bot.web.metrics import PrometheusMeter  # noqa: PLC0415 - as above

    return PrometheusMeter()
