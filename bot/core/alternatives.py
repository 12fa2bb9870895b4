"""alternatives: what to use instead, in the team's order, what does not work itself last and said so. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.catalogue import Found
from bot.core.scope import Concerns, concerns
from bot.core.standing import Standing
from bot.domain.continuity import Alternative, Plan
from bot.domain.service import Service
from bot.domain.status import Component, Health, Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One alternative with its own standing; None where it has no status page to watch."""

    alternative: Alternative
    standing: Standing | None

    @property
    def is_usable(self) -> bool:
        """Nothing says that it fails: healthy as of its page, or nothing to watch."""
        return self.standing is None or self.standing.is_healthy


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """What to use instead of one thing: `instead_of` is its name as people know it."""

    instead_of: str
    advice: tuple[Advice, ...]


def plans_of(plans: Iterable[Plan], found: Found) -> tuple[Plan, ...]:
    """The plans for what a person asked about: a part's own, else the service's; for a service all of its plans."""
    mine = [plan for plan in plans if plan.wanted.partition(":")[0] == found.service.slug]
    if found.part is None:
        return tuple(mine)
    own = [plan for plan in mine if plan.wanted == found.value]
    return tuple(own or [plan for plan in mine if plan.wanted == found.service.slug])


def plans_concerned(
    plans: Iterable[Plan], service: Service, incident: Incident, components: Sequence[Component]
) -> tuple[Plan, ...]:
    """The plans that an incident calls for: those of the parts it concerns, else the service's.

    When only Sora fails nobody is told to leave ChatGPT. Where the page does not say which parts are concerned,
    the service's own plan is shown, or every part's if it has none.
    """
    mine = [plan for plan in plans if plan.wanted.partition(":")[0] == service.slug]
    own = [plan for plan in mine if plan.wanted == service.slug]
    said = {f"{service.slug}:{part.slug}": concerns(service, (part,), incident, components) for part in service.parts}
    hit = [plan for plan in mine if said.get(plan.wanted) is Concerns.YES]
    if hit or Concerns.YES in said.values() or Concerns.NO in said.values():
        return tuple(hit or own)
    return tuple(own or mine)


def advise(plan: Plan, standings: Mapping[str, Standing]) -> tuple[Advice, ...]:
    """Rank a plan's alternatives: usable ones first, then unknown ones, then the failing, each in the team's order."""
    advice = [Advice(alternative=a, standing=standings.get(a.service)) for a in plan.alternatives]
    return tuple(sorted(advice, key=_order))


def counsel(plans: Iterable[Plan], names: Mapping[str, str], standings: Mapping[str, Standing]) -> tuple[Counsel, ...]:
    """Advice for several plans; `names` are those of what each plan replaces."""
    return tuple(
        Counsel(instead_of=names.get(plan.wanted, plan.wanted), advice=advise(plan, standings)) for plan in plans
    )


def _order(advice: Advice) -> int:
    if advice.is_usable or advice.standing is None:
        return Health.OPERATIONAL.rank
    return advice.standing.health.rank
