"""The composition root: the only module that knows every concrete class."""

import asyncio
import random
import secrets
import signal
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from rich.console import Console

from bot.chat.console.app import ConsoleChat
from bot.clock import SystemClock
from bot.commands import COMMANDS, PRESSES
from bot.commands.desk import Desk
from bot.commands.office import Office
from bot.core.schedule import POLL_UNFOLLOWED
from bot.domain.errors import StoreAway
from bot.domain.role import Role
from bot.domain.subscription import Platform
from bot.domain.words import Language, Words
from bot.feeds import FORMATS
from bot.feeds.fetch import CONTACT, HttpFetcher
from bot.feeds.probe import HttpProber
from bot.guidance import Guidance
from bot.jobs.deliver import Delivering
from bot.jobs.loop import STORE_AWAY_S, end, supervise
from bot.jobs.poll import Polling
from bot.locale import languages
from bot.platforms import platforms
from bot.ports import Chat, Clock, Fetcher
from bot.prepare import Team, warn
from bot.pumps import Bells, periodic, run_all
from bot.rehearsal import Rehearsal
from bot.settings import Settings
from bot.store.engine import database_url
from bot.store.migrate import migrate
from bot.store.store import SqlStore
from bot.vigil import Vigil, answers
from bot.web.app import serve
from bot.web.surface import Surface

if TYPE_CHECKING:  # each platform's library is loaded only where it has a token
    from bot.chat.discord.app import DiscordChat
    from bot.chat.slack.app import SlackChat

log = structlog.stdlib.get_logger(__name__)

LOOKUPS_AT_ONCE = 128
"""A name server that hangs for some hosts must not hold up the others. Threads, so fewer than polls at once."""


class App:
    """Everything that runs, built once. `run` ends after a stop."""

    def __init__(
        self, settings: Settings, team: Team, *, out: Console | None = None, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.team = team
        self.clock = clock or SystemClock()
        self.bells = Bells()
        self.name = secrets.token_hex(8)
        self.url = database_url(settings.database_url)
        self.store = SqlStore(self.url)
        self.words: Mapping[Language, Words] = languages()
        self.vigil = Vigil(settings, self.store, self.clock, self.words)
        self.rehearsal = Rehearsal(settings, self.store, self.clock, self.words, team)
        self.library = self.rehearsal.library(self.vigil.hidden)
        self.guidance = Guidance(
            settings, team, library=self.library, store=self.store, languages=self.words, clock=self.clock
        )
        self.fetcher = HttpFetcher(
            clock=self.clock, contact=settings.planb_contact or CONTACT, allowed=settings.allowed_networks
        )
        self.prober = HttpProber(self.fetcher)
        self.desk = Desk(self.office(), COMMANDS, PRESSES)
        self.console = ConsoleChat(
            desk=self.desk, outbox=self.store, clock=self.clock, language=settings.planb_language, out=out
        )
        self.chats: dict[Platform, Chat] = {Platform.CONSOLE: self.console}
        self.slack: SlackChat | None = None
        self.discord: DiscordChat | None = None
        self.surface = Surface(
            store=self.store,
            ready=self.store.ready,
            clock=self.clock,
            poll_bell=self.bells.polls,
            token=settings.metrics_token if settings.port else "",
        )
        self.surface.health.file = self.guidance.mistake
        self._routes: Sequence[web.RouteDef] = ()
        self._running: dict[str, Callable[[], Awaitable[None]]] = {}
        self._listening: dict[str, asyncio.Task[None]] = {}

    def office(self) -> Office:
        """What commands work with, before it is one team's."""
        return Office(
            catalogue=self.team.catalogue,
            library=self.library,
            store=self.store,
            plans=self.guidance.file,
            file=self.guidance.file,
            languages=self.words,
            clock=self.clock,
            prober=self.prober,
            scenarios=self.rehearsal.scenarios,
        )

    async def run(self, role: Role = Role.ALL) -> None:
        """Until SIGTERM, SIGINT or `stop`: the port first, then the database, then chats, polls and deliveries."""
        self._stop_on_signals()
        warn(self.settings, self.url)
        self.add_chats(role)
        runner = await self._serve(role) if self.settings.port else None
        # Who asks on Slack while the database is away gets a kind sentence; the others wait for it.
        self._start({"slack"} & self._running.keys())
        try:
            if await self.open_store():
                await (self.work() if role.works else self._answer())
        finally:
            await end(self._listening.values())
            if runner:
                await runner.cleanup()
            await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self.fetcher.close()
        await self.store.close()

    def stop(self) -> None:
        """Take nothing new, finish what is under way, end."""
        self.bells.stop()

    def add_chats(self, role: Role = Role.ALL) -> None:
        """Build the platforms that have a token; without any, the console is the chat."""
        built = platforms(self.settings, self.desk, self.store, self.clock, role)
        self.slack, self.discord = built.slack, built.discord
        self.chats |= {chat.platform: chat for chat in (built.slack, built.discord) if chat}
        self._routes, self._running = built.routes, built.running
        self.vigil.probes |= {name: answers(ask) for name, ask in built.probes.items()}
        if self.settings.speaks_to_no_platform and role.works:
            self._running["console"] = self.console.run

    async def prepare_store(self) -> None:
        """Bring the tables up to date, and see that they can be used. Raise StoreAway."""
        await migrate(self.url)
        await self.store.open()

    async def open_store(self) -> bool:
        """Bring the tables up to date; while the database is away, try again. False when stopped meanwhile."""
        while not self.bells.polls.stopping.is_set():
            try:
                await self.prepare_store()
            except StoreAway as error:
                log.warning("the database is away, trying again", error=str(error))
                await self.bells.polls.wait(STORE_AWAY_S)
            else:
                return True
        return False

    async def _answer(self) -> None:
        """What a process of the web does: nothing but answering what comes over HTTP."""
        self._start(self._running.keys())
        await self.bells.polls.stopping.wait()

    async def work(self) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(LOOKUPS_AT_ONCE, "lookup"))
        polling = self.polling(self.rehearsal.fetcher(self.vigil.fetcher(self.fetcher)))
        self.surface.health.rounds = lambda: polling.looked_at
        await self.library.refresh(self.clock.now())
        await self.store.register_feeds(polling.feed_ids, self.clock.now())
        await self.vigil.canary.settle()
        self._start(self._running.keys())
        log.info("ready", services=len(self.team.catalogue.services), chats=sorted(self._running))
        try:
            jobs = periodic(self.settings, self.library, self.store, self.clock, self.bells.outbox, self.name)
            pumps = run_all(self.bells, polling, map(self.delivering, Platform), jobs, self.vigil.beats)
            guiding = self.guidance.run(self.bells, polling, self.name)
            drills = self.rehearsal.run(self.bells, self.guidance.file, self.name)
            await asyncio.gather(pumps, guiding, self.vigil.run(self.bells.slow, self.chats), drills)
        finally:
            await end(self._listening.values())

    def _start(self, names: Iterable[str]) -> None:
        """Keep these connections to the chats, each once."""
        for name in sorted(set(names) - self._listening.keys()):
            run = supervise(name, self._running[name], luck=random.random)
            self._listening[name] = asyncio.create_task(run, name=name)

    def polling(self, fetcher: Fetcher) -> Polling:
        """The first half of the pipeline."""
        return Polling(
            library=self.library,
            prober=self.prober,
            formats=FORMATS,
            fetcher=fetcher,
            store=self.store,
            clock=self.clock,
            luck=random.random,
            outbox_bell=self.bells.outbox,
            advice_bell=self.bells.advice,
            watched=self.guidance.watched,
            followed=self.settings.poll_interval,
            unfollowed=max(self.settings.poll_interval, POLL_UNFOLLOWED),
            lease=self.settings.lease,
            meter=self.surface.meter,
        )

    def delivering(self, platform: Platform) -> Delivering:
        """The second half of the pipeline, for one platform."""
        return Delivering(
            platform=platform,
            store=self.store,
            chats=self.chats,
            composing=self.guidance.composing(),
            clock=self.clock,
            luck=random.random,
            bell=self.bells.rooms[platform],
            lease=self.settings.lease,
            rest=self.settings.group_wait,
            meter=self.surface.meter,
        )

    async def _serve(self, role: Role) -> web.AppRunner | None:
        """A worker's port is for its health and its numbers alone: where another process has it, work goes on."""
        routes = self._routes if role.listens else ()
        try:
            return await serve(self.surface.app(routes), self.settings.host, self.settings.port or 0)
        except OSError as error:
            if role.listens:
                raise
            log.warning("the port is taken: nobody can read the numbers of this worker", error=str(error))
            return None

    def _stop_on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
