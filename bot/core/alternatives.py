"""alternatives: which of a team's plans an incident calls for, and the advice that follows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

from bot.core.catalogue import Catalogue, Found
from bot.core.ranking import Failing, Ranked, rank
from bot.core.scope import Concerns, concerns
from bot.core.standing import Standing
from bot.domain.continuity import Alternative, Plan, Source
from bot.domain.service import Service
from bot.domain.status import Component, Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """What to use instead of one thing: `instead_of` is its name as people know it.

    `wanted` is what to type to mean it, `link` where the team keeps what to do without any tool.
    """

    instead_of: str
    advice: tuple[Ranked, ...]
    source: Source = Source.FILE
    wanted: str = ""
    link: str = ""


def plans_of(plans: Sequence[Plan], found: Found, catalogue: Catalogue) -> tuple[Plan, ...]:
    """The plans for what a person asked about: a part's own, else the service's; for a service all of its plans.

    Where there is none, the team's tools for what it is used for; where there are none, what the catalogue knows.
    """
    mine = [plan for plan in plans if plan.wanted.partition(":")[0] == found.service.slug]
    if found.part is not None:
        own = [plan for plan in mine if plan.wanted == found.value]
        mine = own or [_aimed(plan, found, catalogue) for plan in mine if plan.wanted == found.service.slug]
    return tuple(plan for plan in mine if plan.alternatives) or _instead(plans, found, catalogue)


def _aimed(plan: Plan, found: Found, catalogue: Catalogue) -> Plan:
    """A service's plan for one part of it: without the tools that are known not to do what the part does."""
    uses = set(found.part.capabilities if found.part else ())
    tools = tuple(one for one in plan.alternatives if not uses or _may_do(uses, one, catalogue))
    return replace(plan, wanted=found.value, alternatives=tools)


def _may_do(uses: AbstractSet[str], one: Alternative, catalogue: Catalogue) -> bool:
    known = catalogue.find(one.service) if one.service else None
    return known is None or not known.uses or not uses.isdisjoint(known.uses)


def plans_concerned(
    plans: Sequence[Plan],
    service: Service,
    incident: Incident,
    components: Sequence[Component],
    catalogue: Catalogue,
) -> tuple[Plan, ...]:
    """The plans that an incident calls for: those of the parts it concerns, else the service's.

    When only Sora fails nobody is told to leave ChatGPT: not by a plan for all of OpenAI either, which is then one for
    Sora. Where the page does not say which parts are concerned, the service's own plan is shown, or every part's if it
    has none. Where the team has no plan for what fails, its tools for what that is used for, or else what the
    catalogue knows.
    """
    mine = [plan for plan in plans if plan.wanted.partition(":")[0] == service.slug]
    own = [plan for plan in mine if plan.wanted == service.slug]
    said = {part.slug: concerns(service, (part,), incident, components) for part in service.parts}
    hit = [part for part in service.parts if said[part.slug] is Concerns.YES]
    named = [plan for plan in mine if plan.wanted.partition(":")[2] in {part.slug for part in hit}]
    if named:
        return tuple(named)
    if hit and not (own and len(hit) > FEW):
        fails = [Found(service=service, part=part) for part in hit]
        return tuple(plan for one in fails for plan in plans_of(plans, one, catalogue))
    if Concerns.NO in said.values() and not hit:
        return ()
    return tuple(own or mine) or _instead(plans, Found(service=service), catalogue)


FEW = 2
"""Parts that are named one by one. Where more fail, what the team uses instead of the service is shown once."""
CAPABILITY = "capability:"
"""What a plan for a capability is called: `capability:chat`."""
PROPOSED = frozenset({"chat", "writing", "code", "image", "video", "voice", "music", "translation"})
"""What a person can do with another tool within the hour. Nobody moves a database because a page is red."""


def _instead(plans: Sequence[Plan], found: Found, catalogue: Catalogue) -> tuple[Plan, ...]:
    """What the team has for the same main use; else what the catalogue knows for it.

    For the main use alone: who cannot reach GitHub's repositories needs no other code assistant. What nobody leaves
    within the hour has nothing in the catalogue, and what the team has for any of its uses.
    """
    main, *more = found.uses or ("",)
    for use in (main, *(() if main in PROPOSED else more)):
        for plan in plans:
            if plan.wanted == CAPABILITY + use and plan.alternatives:
                return (replace(plan, wanted=found.value),)
    if main not in PROPOSED:
        return ()
    others = [_proposed(one, main) for one in catalogue.services if main in one.capabilities]
    fit = sorted((one for one in others if one.service != found.service), key=lambda one: _fit(one, found.uses))
    tools = tuple(Alternative(name=one.label, service=one.value, chosen=False) for one in fit)
    return (Plan(wanted=found.value, alternatives=tools, source=Source.CATALOGUE),) if tools else ()


def _proposed(service: Service, capability: str) -> Found:
    """The service, or the part of it that is for this."""
    part = next((part for part in service.parts if capability in part.capabilities), None)
    return Found(service=service, part=part)


def _fit(one: Found, used_for: Sequence[str]) -> tuple[bool, int]:
    """First what is made for the main use, and of these what does most of the others too."""
    return one.uses[0] != used_for[0], -len(set(one.uses) & set(used_for))


def parts_concerned(service: Service, incident: Incident, components: Sequence[Component]) -> tuple[str, ...]:
    """The parts that an incident says it concerns, by their slugs."""
    return tuple(
        part.slug for part in service.parts if concerns(service, (part,), incident, components) is Concerns.YES
    )


def failing(found: Found, parts: Sequence[str], standings: Mapping[str, Standing]) -> Failing:
    """What people want to get away from: what a plan is for, and whatever else of that service fails now."""
    own = (found.part.slug,) if found.part else ()
    slugs = tuple(dict.fromkeys((*own, *parts)))
    known = [part for slug in slugs if (part := found.service.part(slug))]
    by_api = bool(known) and all(part.by_api for part in known)
    api = standings.get(f"{found.service.slug}:api") if by_api else None
    return Failing(service=found.service, parts=slugs, api=api)


def counsel(
    plans: Iterable[Plan],
    wanted: Mapping[str, Found],
    parts: Sequence[str],
    *,
    services: Mapping[str, Service],
    standings: Mapping[str, Standing],
    today: date,
) -> tuple[Counsel, ...]:
    """Advice for several plans; `wanted` is what each plan replaces, by the plan's own word for it."""
    return tuple(
        Counsel(
            instead_of=wanted[plan.wanted].title,
            wanted=plan.wanted,
            advice=rank(
                plan.alternatives,
                failing(wanted[plan.wanted], parts, standings),
                services=services,
                standings=standings,
                today=today,
            ),
            source=plan.source,
        )
        for plan in plans
        if plan.wanted in wanted
    )
