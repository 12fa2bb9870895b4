"""rehearsal: builds what drills need: their pages, their services, their job. The only one that knows replays too."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.core import drill_page
from bot.core.catalogue import Catalogue
from bot.core.drill import KEPT, service_of
from bot.core.drill_page import closing
from bot.domain.drill import Drill
from bot.domain.playbook import Playbook
from bot.domain.service import Service
from bot.domain.words import LANGUAGES, Language, Words
from bot.feeds.drillpages import DrillPages
from bot.feeds.reach import Reach
from bot.jobs.drills import NAME, PAUSE_S, Drilling
from bot.jobs.loop import Pump
from bot.jobs.watch import nothing
from bot.library import Library
from bot.living import Living
from bot.ports import Clock, Documents, Fetcher, Store
from bot.prepare import Team
from bot.pumps import Bells
from bot.replays import Replay, page_at, replays
from bot.replays.rehearse import cut_short, leading_home, rehearsed
from bot.settings import Settings


class Rehearsal:
    """Built once for each process."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, languages: Mapping[Language, Words], team: Team
    ) -> None:
        self._settings, self._store, self._clock, self._languages = settings, store, clock, languages
        self._team = team
        self._library = Library(team.catalogue, store)
        self._replays = {one.id: one for one in replays()}
        self.scenarios = {one.id: one.services for one in self._replays.values()}

    def library(self, hidden: Sequence[Service]) -> Library:
        """The library that also knows what stands for the drilled services."""
        self._library = Library(self._team.catalogue, self._store, hidden, self.services)
        return self._library

    def _known(self) -> Catalogue:
        return self._library.everything

    async def services(self, now: datetime) -> Sequence[Service]:
        """What stands for the drills that run, or ran until a while ago. Raise StoreAway."""
        found = [self._service(drill) for drill in await self._store.drills_since(now - KEPT)]
        return [service for service in found if service]

    def _service(self, drill: Drill) -> Service | None:
        found, replay = self._known().find(drill.service), self._replays.get(drill.scenario)
        format_ = replay.pages[found.service.slug].format if replay and found else drill_page.FORMAT
        return service_of(drill, found, format_) if found else None

    def fetcher(self, fetcher: Fetcher) -> Fetcher:
        """The fetcher that also knows the pages of drills."""
        return DrillPages(fetcher=fetcher, clock=self._clock, page=self.page)

    async def page(self, number: int, now: datetime) -> Documents | None:
        """The page of a drill as of now; None when nobody knows it any more. Raise StoreAway."""
        drill = await self._store.drill(number)
        found = self._known().find(drill.service) if drill else None
        if drill is None or found is None:
            return None
        words = self._languages[drill.course.language]
        replay = self._replays.get(drill.scenario)
        if replay is None:
            return drill_page.documents(drill, found, words, now)
        played = _played(replay, found.service.slug, drill, closing(drill, found, words))
        return leading_home(page_at(played, found.service.slug, now), found.service.page)

    def drilling(self, bells: Bells, file: Living, owner: str) -> Drilling:
        """The job."""
        return Drilling(
            store=self._store,
            library=self._library,
            plans=file,
            clock=self._clock,
            owner=owner,
            poll_bell=bells.polls,
            outbox_bell=bells.outbox,
            ask=Reach(allowed=self._settings.allowed_networks).broken,
            language=self._settings.planb_language,
            links=lambda found: _links(file.playbooks.of(found)),
        )

    async def run(self, bells: Bells, file: Living, owner: str) -> None:
        """Until the bells say stop."""
        pump = Pump(name=NAME, bell=bells.slow, most=1, pause=PAUSE_S)
        await pump.run(self.drilling(bells, file, owner).look, nothing)


def _links(playbook: Playbook) -> Collection[str]:
    """Where it leads, in each language."""
    return tuple(dict.fromkeys(filter(None, map(playbook.link.of, LANGUAGES))))


def _played(replay: Replay, service: str, drill: Drill, saying: str) -> Replay:
    moved = rehearsed(replay, service, start=drill.started_at, end=drill.ends_at)
    early = drill.ended_at is not None and drill.ended_at < drill.ends_at
    return cut_short(moved, service, at=drill.until, saying=saying) if early else moved
