"""vigil: who watches the watcher. Builds the canary, the dead man's switch and the alarm from the settings."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import uuid4

import structlog

from bot.core import canary
from bot.core.alarm import addresses
from bot.domain.service import Service
from bot.domain.subscription import Platform
from bot.domain.words import Language, Words
from bot.feeds.selftest import SelfTest
from bot.jobs.alarm import Alarm
from bot.jobs.canary import Canary
from bot.jobs.loop import Bell, Pump
from bot.jobs.watch import nothing
from bot.jobs.watchdog import LOOK_S, POLLER, Beats, Probe, Watchdog, sender
from bot.ports import Chat, Clock, Fetcher
from bot.settings import Settings
from bot.store.store import SqlStore
from bot.web.ping import HttpPing

log = structlog.stdlib.get_logger(__name__)


class Vigil:
    """Built once for each process. Nothing of it runs where none of its settings is set.

    `probes` ask how a chat of this process is: whoever builds the chats fills them in.
    """

    def __init__(self, settings: Settings, store: SqlStore, clock: Clock, languages: Mapping[Language, Words]) -> None:
        """Raise SettingsError."""
        self._store = store
        self._clock = clock
        self._words = languages[settings.planb_language]
        self._addresses = addresses(settings.planb_alarm)
        secret = settings.planb_ping_url
        self.ping = HttpPing(secret.get_secret_value()) if secret else None
        self.probes: dict[str, Probe] = {}
        self.canary = Canary(
            target=canary.target_of(settings.planb_canary),
            store=store,
            signs=store,
            clock=clock,
            language=settings.planb_language,
            interval=settings.poll_interval,
            rest=settings.group_wait,
        )

    @property
    def hidden(self) -> Sequence[Service]:
        """The services that only the pipeline knows."""
        return (canary.service(self._words),) if self.canary.target else ()

    @property
    def watches(self) -> bool:
        """Whether anybody wants to hear how we are."""
        return bool(self.canary.target or self.ping or self._addresses)

    def fetcher(self, fetcher: Fetcher) -> Fetcher:
        """The fetcher that also knows the canary's page."""
        return SelfTest(fetcher=fetcher, clock=self._clock, words=self._words) if self.canary.target else fetcher

    @property
    def beats(self) -> Beats:
        """What lets the loops say that they turn."""
        return Beats(signs=self._store, clock=self._clock, wanted=self.watches)

    def watchdog(self, chats: Mapping[Platform, Chat]) -> Watchdog:
        """What looks whether all is well."""
        owner, began = uuid4().hex, self._clock.now()
        alarm = Alarm(
            owner=owner,
            addresses=self._addresses,
            chats=chats,
            notes=self._store,
            leases=self._store,
            words=self._words,
            began=began,
        )
        return Watchdog(
            owner=owner,
            signs=self._store,
            leases=self._store,
            clock=self._clock,
            canary=self.canary,
            ping=self.ping,
            beats=(POLLER, *map(sender, chats), *self.probes),
            platforms=chats.keys(),
            probes=self.probes,
            tell=alarm,
        )

    async def run(self, bell: Bell, chats: Mapping[Platform, Chat]) -> None:
        """Until the bell says stop."""
        if self.watches:
            self._warn(chats)
            pump = Pump(name="watchdog", bell=bell, most=1, pause=LOOK_S)
            await pump.run(self.watchdog(chats).look, nothing)

    def _warn(self, chats: Mapping[Platform, Chat]) -> None:
        target = self.canary.target
        if target and target.platform not in chats:
            log.error("PLANB_CANARY names a platform that has no token", platform=target.platform)
        for platform in self._addresses.keys() - chats.keys():
            log.error("PLANB_ALARM names a platform that has no token", platform=platform)


def answers(check: Callable[[], Awaitable[object]]) -> Probe:
    """A chat is well that answers a question which costs nothing, and does not say no."""

    async def probe() -> bool:
        return await check() is not False

    return probe
