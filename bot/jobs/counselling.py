"""counselling: what each team can use instead now. An incident asks it for every channel, most teams ask the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.alternatives import Counsel, parts_concerned, plans_concerned
from bot.core.catalogue import Catalogue
from bot.core.choosing import TeamPlans, of_team, tried
from bot.core.overview import counsels, feeds_of, watched
from bot.domain.continuity import Plan
from bot.domain.polling import FeedState
from bot.domain.service import Service
from bot.domain.status import Component, Incident
from bot.jobs.lately import Lately
from bot.library import Library
from bot.ports import Clock, Store

Advice = tuple[tuple[Counsel, ...], tuple[str, ...]]
"""What to use instead, and the services on which that depends."""

KEPT = 20
"""Answers that are remembered: those that many ask for are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    team: TeamPlans
    catalogue: Catalogue
    service: Service
    incident: Incident
    components: Sequence[Component]

    def __hash__(self) -> int:
        return hash((self.service.slug, self.incident.id))


@dataclass(slots=True)
class Teams:
    """The plans of every team, as they were at one moment."""

    file: Sequence[Plan]
    shared: TeamPlans
    chosen: Mapping[str, Sequence[Plan]]
    trials: Mapping[str, Mapping[str, datetime]]
    _known: dict[str, TeamPlans] = field(default_factory=dict)

    def of(self, team: str) -> TeamPlans:
        """One team's."""
        if team not in self.chosen and team not in self.trials:
            return self.shared
        if team not in self._known:
            self._known[team] = of_team(self.file, self.chosen.get(team, ()), self.trials.get(team, {}))
        return self._known[team]


@dataclass(slots=True, kw_only=True)
class Counselling:
    """Everything it needs. What teams chose and how other tools are may be `lately_s` old."""

    store: Store
    library: Library
    plans: Sequence[Plan]
    clock: Clock
    lately_s: float = 0.0
    _choosers: Lately[None, frozenset[str]] = field(init=False)
    _shared: Lately[None, TeamPlans] = field(init=False)
    _own: Lately[str, TeamPlans] = field(init=False)
    _pages: Lately[frozenset[str], Mapping[str, FeedState]] = field(init=False)
    _advice: Lately[_Asked, Advice] = field(init=False)

    def __post_init__(self) -> None:
        """Set up what is remembered for a moment."""
        self._choosers = Lately(lambda _: self.store.choosers(), self.lately_s)
        self._shared = Lately(self._of_nobody, self.lately_s)
        self._own = Lately(self._of_team, self.lately_s)
        self._pages = Lately(self.store.states, self.lately_s, most=KEPT)
        self._advice = Lately(self._advised, self.lately_s, most=KEPT)

    async def of_team(self, team: str) -> TeamPlans:
        """The plans of the file and of this team alone."""
        return await self._own(team) if team in await self._choosers(None) else await self._shared(None)

    async def of_all(self) -> Teams:
        """The plans of every team, read at once."""
        chosen, trials = await self.store.all_choices(), await self.store.all_trials()
        return Teams(file=self.plans, shared=await self._shared(None), chosen=chosen, trials=trials)

    async def advice(
        self,
        team: TeamPlans,
        catalogue: Catalogue,
        service: Service,
        incident: Incident,
        components: Sequence[Component],
    ) -> Advice:
        """What to use instead with these plans, where these services are known."""
        asked = _Asked(team=team, catalogue=catalogue, service=service, incident=incident, components=components)
        return await self._advice(asked)

    async def _of_nobody(self, _: None) -> TeamPlans:
        return of_team(self.plans, (), {})

    async def _of_team(self, team: str) -> TeamPlans:
        return of_team(self.plans, await self.store.choices_of(team), await self.store.trials_of(team))

    async def _advised(self, asked: _Asked) -> Advice:
        service, incident, components, catalogue = asked.service, asked.incident, asked.components, asked.catalogue
        plans = tried(plans_concerned(asked.team.plans, service, incident, components, catalogue), asked.team.trials)
        seen = watched(catalogue, plans)
        states = await self._pages(frozenset(feeds_of(seen.values()))) if plans else {}
        parts = parts_concerned(service, incident, components)
        advice = counsels(catalogue, plans, parts, states, self.clock.now())
        return advice, tuple(sorted({found.service.slug for found in seen.values()}))
