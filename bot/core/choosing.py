"""choosing: a team's lists, from its file, its chat and what it tried. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.text import fold
from bot.domain.continuity import Alternative, Plan

MOST_TOOLS = 20
"""In one list. A card shows them all."""
MOST_LISTS = 50
"""Of one team."""
SEATS_MOST = 1_000_000


def standing_in(file: Iterable[Plan], chosen: Iterable[Plan]) -> tuple[Plan, ...]:
    """The plans of the file, those that a team chose in the chat in the place of the file's for the same."""
    own = {plan.wanted: plan for plan in chosen}
    known = {plan.wanted: own.get(plan.wanted, plan) for plan in file}
    return tuple((known | own).values())


def tried(plans: Iterable[Plan], trials: Mapping[str, datetime]) -> tuple[Plan, ...]:
    """The plans with what was tried since: of the file's date and the trial's the newer one counts."""
    days = {fold(tool): at for tool, at in trials.items()}
    return tuple(
        replace(plan, alternatives=tuple(_tried(one, days) for one in plan.alternatives)) if days else plan
        for plan in plans
    )


def _tried(one: Alternative, days: Mapping[str, datetime]) -> Alternative:
    """A trial is of a tool by its name or by its entry in the catalogue."""
    found = [days[name].date() for name in (fold(one.name), fold(one.service)) if name in days]
    newest = max((*found, *([one.tested] if one.tested else [])), default=None)
    return one if newest == one.tested else replace(one, tested=newest)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPlans:
    """What one team has, and what it tried."""

    plans: tuple[Plan, ...]
    trials: Mapping[str, datetime]


def of_team(file: Iterable[Plan], chosen: Iterable[Plan], trials: Mapping[str, datetime]) -> TeamPlans:
    """The team's plans as they are now."""
    return TeamPlans(plans=tried(standing_in(file, chosen), trials), trials=trials)


def added(tools: Sequence[Alternative], tool: Alternative) -> tuple[Alternative, ...]:
    """The list with the tool: at its end, or in the place where it was, keeping of it what is not said anew."""
    known = named(tools, tool.name)
    if known is None:
        return (*tools, tool)
    said = {name: value for name in _SAID if (value := getattr(tool, name)) not in {"", None, ()}}
    return tuple(replace(one, **said) if one is known else one for one in tools)


_SAID = ("service", "url", "note", "owner", "seats", "data", "upstreams", "tested")


def without(tools: Sequence[Alternative], tool: Alternative) -> tuple[Alternative, ...]:
    """The list without it."""
    return tuple(one for one in tools if one is not tool)


def first(tools: Sequence[Alternative], tool: Alternative) -> tuple[Alternative, ...]:
    """The list with it at its beginning."""
    return (tool, *without(tools, tool))


def named(tools: Iterable[Alternative], text: str) -> Alternative | None:
    """The tool that a person means, by its name or its entry in the catalogue."""
    tools, wanted = tuple(tools), fold(text)
    by_name = next((one for one in tools if fold(one.name) == wanted), None)
    return by_name or next((one for one in tools if one.service and fold(one.service) == wanted), None)
