"""alternatives: which of a team's plans an incident calls for, and the advice that follows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
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
        mine = own or [plan for plan in mine if plan.wanted == found.service.slug]
    return tuple(mine) or _instead(plans, found, catalogue)


def plans_concerned(
    plans: Sequence[Plan],
    service: Service,
    incident: Incident,
    components: Sequence[Component],
    catalogue: Catalogue,
) -> tuple[Plan, ...]:
    """The plans that an incident calls for: those of the parts it concerns, else the service's.

    When only Sora fails nobody is told to leave ChatGPT. Where the page does not say which parts are concerned,
    the service's own plan is shown, or every part's if it has none. Where the team has no plan for what fails, its
    tools for what that is used for, or else what the catalogue knows.
    """
    mine = [plan for plan in plans if plan.wanted.partition(":")[0] == service.slug]
    own = [plan for plan in mine if plan.wanted == service.slug]
    said = {part.slug: concerns(service, (part,), incident, components) for part in service.parts}
    hit = [part for part in service.parts if said[part.slug] is Concerns.YES]
    named = [plan for plan in mine if plan.wanted.partition(":")[2] in {part.slug for part in hit}]
    if named or own:
        return tuple(named or own)
    if hit:
        return tuple(plan for part in hit for plan in _instead(plans, Found(service=service, part=part), catalogue))
    if Concerns.NO in said.values():
        return ()
    return tuple(mine) or _instead(plans, Found(service=service), catalogue)


CAPABILITY = "capability:"
"""What a plan for a capability is called: `capability:chat`."""
PROPOSED = frozenset({"chat", "writing", "code", "image", "video", "voice", "music", "search", "translation"})
"""What a person can do with another tool within the hour. Nobody moves a database because a page is red."""


def _instead(plans: Sequence[Plan], found: Found, catalogue: Catalogue) -> tuple[Plan, ...]:
    """What the team has for the same capability, the first that there is; else what the catalogue knows for it."""
    used_for = (found.part.capabilities if found.part else ()) or found.service.capabilities
    for capability in used_for:
        for plan in plans:
            if plan.wanted == CAPABILITY + capability:
                return (replace(plan, wanted=found.value),)
    proposed = next((one for one in used_for if one in PROPOSED), "")
    if not proposed:
        return ()
    others = [_proposal(one, proposed) for one in catalogue.services if proposed in one.capabilities]
    tools = tuple(tool for tool in others if tool.service.partition(":")[0] != found.service.slug)
    return (Plan(wanted=found.value, alternatives=tools, source=Source.CATALOGUE),) if tools else ()


def _proposal(service: Service, capability: str) -> Alternative:
    """The service, or the part of it that is for this."""
    part = next((part for part in service.parts if capability in part.capabilities), None)
    found = Found(service=service, part=part)
    return Alternative(name=found.label, service=found.value, chosen=False)


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
            instead_of=_name(wanted[plan.wanted]),
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


def _name(found: Found) -> str:
    return found.part.name if found.part else found.service.name
