"""exposure: what a team has no plan B for, what it never tried, and what would take most of its tools at once. Pure.

Everything is looked at as on a quiet day, with all tools healthy. Nothing is guessed: see leaning.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.alternatives import CAPABILITY, PROPOSED
from bot.core.catalogue import Catalogue, Found
from bot.core.leaning import Apart, Tool, apart, falls, provider_name, tool_for, tool_of
from bot.core.practice import unpractised
from bot.domain.continuity import Plan
from bot.domain.exposure import Exposure, Finding, Gap, Practice

_ORDER = {gap: place for place, gap in enumerate(Gap)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gapped:
    """What is wrong with one use of one tool."""

    capability: str
    tool: Tool
    gap: Gap
    instead: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    wanted: str = ""


def exposure(
    followed: Iterable[Found], plans: Sequence[Plan], catalogue: Catalogue, practice: Practice, now: datetime
) -> Exposure:
    """`followed` is what all channels of the team follow; what its plans replace counts as well."""
    uses = _uses(_depended(followed, plans, catalogue))
    chosen = [one for plan in plans for one in plan.alternatives if one.chosen]
    tools = (*(tool for _, tool in uses), *(tool_for(one, catalogue) for one in chosen))
    gapped = [one for use, tool in uses if (one := _gapped(use, tool, plans, catalogue))]
    findings = (*_grouped(gapped, tools, catalogue), *unpractised(uses, chosen, practice, now))
    return Exposure(
        findings=tuple(sorted(findings, key=_urgency)),
        falls=falls(tools, catalogue),
        tools=len({tool.slug for tool in tools}),
        unsaid=_unsaid(tools),
    )


def _unsaid(tools: Iterable[Tool]) -> tuple[str, ...]:
    tools = tuple(tools)
    said = {tool.slug for tool in tools if tool.leanings}
    return tuple(sorted({provider_name(tool) for tool in tools if tool.slug not in said}, key=str.casefold))


_PRACTISED = frozenset({Gap.NO_PLAYBOOK, Gap.NOT_TRIED, Gap.NO_DRILL})


def _urgency(finding: Finding) -> tuple[bool, bool, int, int]:
    """Alternatives before practice; what a person can replace within the hour first; then what concerns most."""
    practised = finding.gap in _PRACTISED
    slow = not practised and not any(one in PROPOSED for one in finding.capabilities)
    return practised, slow, _ORDER[finding.gap], -len(finding.capabilities)


def _depended(followed: Iterable[Found], plans: Sequence[Plan], catalogue: Catalogue) -> list[Found]:
    """What is followed or has a plan, each once."""
    wanted = (meant for plan in plans if (meant := catalogue.find(plan.wanted)))
    each = {one.value: one for one in (*followed, *wanted)}
    return [each[value] for value in sorted(each)]


def _uses(depended: Iterable[Found]) -> list[tuple[str, Tool]]:
    """Each thing that each tool is used for; a tool that is for nothing we know has one use without a name.

    Where a part of a service is for it, that part is meant: for video it is Sora, not OpenAI.
    """
    found: dict[tuple[str, str], tuple[str, Tool]] = {}
    for one in depended:
        for capability in tool_of(one).capabilities or ("",):
            for tool in map(tool_of, _meant(one, capability)):
                found.setdefault((capability, tool.value), (capability, tool))
    return list(found.values())


def _meant(found: Found, capability: str) -> list[Found]:
    parts = () if found.part else found.service.parts
    return [Found(service=found.service, part=part) for part in parts if capability in part.capabilities] or [found]


def _gapped(capability: str, tool: Tool, plans: Sequence[Plan], catalogue: Catalogue) -> _Gapped | None:
    """None where one alternative at least is known to stand apart."""
    wanted, others = _alternatives(capability, tool, plans, catalogue)
    verdicts = [(other, *apart(tool, other, catalogue)) for other in others]
    if any(verdict is Apart.YES for _, verdict, _ in verdicts):
        return None
    unknown = tuple(other.name for other, verdict, _ in verdicts if verdict is Apart.NOT_KNOWN)
    if unknown:
        return _Gapped(capability=capability, tool=tool, gap=Gap.NOT_KNOWN, instead=unknown, wanted=wanted)
    if not others:
        return _Gapped(capability=capability, tool=tool, gap=Gap.NOTHING)
    shared = tuple(dict.fromkeys(name for _, _, names in verdicts for name in names))
    instead = tuple(other.name for other in others)
    return _Gapped(capability=capability, tool=tool, gap=Gap.TOGETHER, instead=instead, shared=shared)


def _alternatives(capability: str, tool: Tool, plans: Sequence[Plan], catalogue: Catalogue) -> tuple[str, list[Tool]]:
    """What the team chose for this use of it, and in which list: the part's, else the service's, else the use's.

    A tool that the catalogue knows and that is not for this is no alternative here: Claude draws no pictures.
    """
    for wanted in dict.fromkeys((tool.value, tool.slug, CAPABILITY + capability)):
        chosen = [one for plan in plans if plan.wanted == wanted for one in plan.alternatives if one.chosen]
        tools = [tool_for(one, catalogue) for one in chosen]
        # A list for a capability may name the very tool that fails; a list for a tool means what it says.
        itself = tool.slug if wanted.startswith(CAPABILITY) else None
        fitting = [one for one in tools if one.slug != itself and _is_for(one, capability)]
        if fitting:
            return wanted, fitting
    return "", []


def _is_for(tool: Tool, capability: str) -> bool:
    return not capability or not tool.capabilities or capability in tool.capabilities or tool.value.endswith(":api")


def _grouped(gapped: Sequence[_Gapped], tools: Sequence[Tool], catalogue: Catalogue) -> Iterator[Finding]:
    """One finding for the uses of which the same is to be said."""
    by_use: dict[tuple[object, ...], list[_Gapped]] = {}
    for one in gapped:
        by_use.setdefault((one.capability or one.tool.value, one.gap, one.instead, one.shared), []).append(one)
    same: dict[tuple[object, ...], list[_Gapped]] = {}
    for (_, *said), several in by_use.items():
        same.setdefault((*said, *_about_one(several)), []).extend(several)
    yield from (_finding(several, tools, catalogue) for several in same.values())


def _about_one(several: Sequence[_Gapped]) -> tuple[str, ...]:
    """Whom a finding is about. What nobody replaces within the hour and has nothing is one finding in all."""
    first = several[0]
    if first.gap is Gap.NOTHING and first.capability not in PROPOSED:
        return ()
    return tuple(one.tool.name for one in several)


def _finding(several: Sequence[_Gapped], tools: Sequence[Tool], catalogue: Catalogue) -> Finding:
    several = sorted(several, key=lambda one: one.capability not in PROPOSED)
    first = several[0]
    return Finding(
        gap=first.gap,
        capabilities=tuple(dict.fromkeys(one.capability for one in several if one.capability)),
        tools=tuple(dict.fromkeys(one.tool.name for one in several)),
        instead=first.instead,
        shared=first.shared,
        do=_say(first) if first.gap is Gap.NOT_KNOWN else _choose(first.capability, first.tool, tools, catalogue),
    )


def _say(one: _Gapped) -> str:
    """What to type to say what the first of the unknown ones is built on; of the tool itself only the file can."""
    wanted = one.wanted.removeprefix(CAPABILITY)
    return f"choose {wanted} {one.instead[0]} upstreams=…" if one.tool.leanings else ""


def _choose(capability: str, tool: Tool, tools: Sequence[Tool], catalogue: Catalogue) -> str:
    """What to type: with a tool that stands apart, the team's own first; where there is none, people name one."""
    fit = (
        one.value for one in _candidates(capability, tools, catalogue) if apart(tool, one, catalogue)[0] is Apart.YES
    )
    return f"choose {capability or tool.value} {next(fit, '…')}"


def _candidates(capability: str, tools: Sequence[Tool], catalogue: Catalogue) -> Iterator[Tool]:
    """The catalogue proposes only what a person can turn to within the hour."""
    yield from (one for one in tools if one.value and capability in one.capabilities)
    if capability in PROPOSED:
        fit = (Found(service=service) for service in catalogue.services if capability in service.capabilities)
        yield from (tool_of(found) for service in fit for found in _meant(service, capability))
