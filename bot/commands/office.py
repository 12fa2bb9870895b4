"""office: what every command works with, and the few questions they all ask."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.commands.spec import Request
from bot.core.allowance import Allowance
from bot.core.alternatives import FEW, plans_of
from bot.core.catalogue import Catalogue, Found, matches
from bot.core.choosing import of_team, tried
from bot.core.overview import counsels, feeds_of, standing_of, watched
from bot.core.playbooks import Playbooks, with_last_resort
from bot.core.render_advice import alternatives
from bot.core.spread import spread
from bot.core.standing import Standing
from bot.domain.card import Listing
from bot.domain.continuity import Plan
from bot.domain.errors import UserError
from bot.domain.service import Part
from bot.domain.status import Component
from bot.domain.words import Language, Words
from bot.library import Library
from bot.living import Living
from bot.ports import Clock, Prober, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The store, the catalogue and the plans as the caller's team may see them, the words and the clock.

    `file` is the team file as it is now. Commands never poll and never wait, but for the one that adds a page: it asks
    the `prober`, as often for each team as `looks` allows. `scenarios` are the outages that can be played again, with
    their services.
    """

    catalogue: Catalogue
    library: Library
    store: Store
    plans: Sequence[Plan]
    languages: Mapping[Language, Words]
    clock: Clock
    prober: Prober | None = None
    scenarios: Mapping[str, Collection[str]] = field(default_factory=dict)
    looks: Allowance = field(default_factory=lambda: Allowance(1, timedelta(seconds=1)))
    file: Living = field(default_factory=Living)
    trials: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def playbooks(self) -> Playbooks:
        """Those of the file, and those that come with Plan B."""
        return self.file.playbooks

    async def of(self, team: str) -> "Office":
        """The office of one team: what others added or chose is not in it. Raise StoreAway."""
        await self.library.refresh(self.clock.now())
        theirs = of_team(self.plans, await self.store.choices_of(team), await self.store.trials_of(team))
        return replace(self, catalogue=self.library.of(team), plans=theirs.plans, trials=theirs.trials)

    def words(self, request: Request) -> Words:
        """The words of who asks."""
        return self.languages[request.caller.language]

    async def find(self, text: str, words: Words) -> Found:
        """What a person named: a service, a part, or `service:component` by the component's name on the page.

        Raise UserError with "did you mean" otherwise.
        """
        found = self.catalogue.find(text)
        if found:
            return found
        service_text, _, component_text = text.partition(":")
        service = self.catalogue.find(service_text) if component_text else None
        if service is None:
            raise UserError(unknown_service(text, self.catalogue.suggest(text), words))
        part = Part(slug=component_text, name=component_text, components=(component_text,))
        components = await self.components(service)
        if not any(matches(part, component) for component in components):
            raise UserError(_unknown_component(service, component_text, components, words))
        return Found(service=service.service, part=part)

    async def components(self, found: Found) -> tuple[Component, ...]:
        """The components that the service's page listed last."""
        states = await self.store.states(feeds_of([found]))
        return tuple(c for state in states.values() if state.snapshot for c in state.snapshot.components)

    async def standings(self, found: Iterable[Found]) -> tuple[Standing, ...]:
        """How these are now, from what is stored."""
        found = tuple(found)
        states = await self.store.states(feeds_of(found))
        return tuple(standing_of(one, states, self.clock.now()) for one in found)

    async def failing(self, found: Found) -> tuple[Found, ...]:
        """Its parts that fail now, where only a few do; else itself. Only Sora fails: nobody leaves ChatGPT."""
        parts = () if found.part else tuple(Found(service=found.service, part=part) for part in found.service.parts)
        standings = await self.standings(parts)
        bad = tuple(part for part, one in zip(parts, standings, strict=True) if one.health.is_bad)
        return bad if 0 < len(bad) <= FEW else (found,)

    async def alternatives(
        self, found: Found, request: Request, words: Words, *, full: bool = False, alone: bool = True
    ) -> tuple[Listing, ...]:
        """What to use instead of it, as its listings, the playbook last; `alone` where nobody knows anything else.

        `full` says all that is known of each.
        """
        plans = tried(plans_of(self.plans, found, self.catalogue), self.trials)
        states = await self.store.states(feeds_of(watched(self.catalogue, plans).values())) if plans else {}
        advice = counsels(self.catalogue, plans, (), states, self.clock.now())
        if self.file.spreads:
            advice = spread(advice, request.caller.target.key)
        fails = found if alone else None
        said = with_last_resort(advice, fails, self.playbooks, self.catalogue, words.language)
        return alternatives(said, words, full=full)

    async def followed(self, request: Request) -> tuple[Found, ...]:
        """The services and parts that the channel follows."""
        subscriptions = await self.store.subscriptions_of(request.caller.target)
        return tuple(
            found
            for subscription in subscriptions
            for name in ([f"{subscription.service}:{part}" for part in subscription.parts] or [subscription.service])
            if (found := self.catalogue.find(name) or self.catalogue.find(subscription.service))
        )


def unknown_service(text: str, near: Sequence[str], words: Words) -> str:
    """One line that says what to do."""
    if near:
        return words("I do not know “{text}”. Did you mean {near}?", text=text, near=either(near, words))
    return words("I do not know “{text}”. `/outage services` lists what I watch.", text=text)


def _unknown_component(found: Found, text: str, components: Sequence[Component], words: Words) -> str:
    names = ", ".join(component.label for component in components[:12])
    if not names:
        return words("{name} has no part that I know by the name “{text}”.", name=found.label, text=text)
    return words("{name} has no part called “{text}”. It lists: {names}.", name=found.label, text=text, names=names)


def either(items: Sequence[str], words: Words) -> str:
    """`a, b or c`."""
    *first, last = items
    return f"{', '.join(first)} {words('or')} {last}" if first else last
