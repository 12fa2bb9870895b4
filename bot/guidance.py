"""guidance: builds what gives advice, and what keeps it right: the file as it is now, and what cards recommend."""

import asyncio
from collections.abc import Mapping

from bot.core.overview import watched
from bot.domain.words import Language, Words
from bot.jobs import advice, reread
from bot.jobs.advice import Advising
from bot.jobs.compose import Composing
from bot.jobs.loop import Pump
from bot.jobs.poll import Polling
from bot.jobs.rehearse import Rehearsing
from bot.jobs.reread import Rereading
from bot.jobs.watch import nothing
from bot.library import Library
from bot.living import Living
from bot.ports import Clock, Store
from bot.prepare import Team, team_path, understood
from bot.pumps import Bells
from bot.settings import Settings

LATELY_S = 1.0
"""So old what teams chose and how other tools are may be when a card asks, and the answer as old again."""


class Guidance:
    """Built once for each process."""

    def __init__(
        self,
        settings: Settings,
        team: Team,
        *,
        library: Library,
        store: Store,
        languages: Mapping[Language, Words],
        clock: Clock,
    ) -> None:
        self.file = Living()
        self.file.use(team, clock.now())
        self._catalogue = team.catalogue
        self._settings = settings
        self._library = library
        self._store = store
        self._languages = languages
        self._clock = clock

    @property
    def watched(self) -> frozenset[str]:
        """The services that matter for advice before anybody looked at what teams chose."""
        return frozenset(found.service.slug for found in watched(self._catalogue, self.file).values())

    def mistake(self) -> str:
        """What is wrong with the file, in one line; empty while nothing is."""
        return self.file.mistake

    def composing(self) -> Composing:
        """What makes cards."""
        return Rehearsing(
            store=self._store,
            library=self._library,
            plans=self.file,
            file=self.file,
            languages=self._languages,
            clock=self._clock,
            hold=self._settings.hold_down,
            lately_s=LATELY_S,
        )

    def advising(self, bells: Bells, polling: Polling, owner: str) -> Advising:
        """What watches what was recommended."""

        def watches(services: frozenset[str]) -> None:
            polling.watched = services

        return Advising(composing=self.composing(), store=self._store, bell=bells.outbox, owner=owner, watches=watches)

    def rereading(self) -> Rereading:
        """What looks at the file again."""
        return Rereading(
            path=team_path(self._settings),
            understand=understood,
            living=self.file,
            library=self._library,
            store=self._store,
            clock=self._clock,
        )

    async def run(self, bells: Bells, polling: Polling, owner: str) -> None:
        """Until the bells say stop."""
        advising = Pump(name=advice.NAME, bell=bells.advice, most=1, pause=advice.PAUSE_S)
        rereading = Pump(name="reread", bell=bells.slow, most=1, pause=reread.PAUSE_S)
        await asyncio.gather(
            advising.run(self.advising(bells, polling, owner).look, nothing),
            rereading.run(self.rereading().look, nothing),
        )
