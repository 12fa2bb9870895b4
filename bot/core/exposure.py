"""exposure: what a team has no plan B for, what it never tried, and what would take most of its tools at once. Pure.

Everything is looked at as on a quiet day, with all tools healthy. Nothing is guessed: see leaning.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from enum import StrEnum

from bot.core.alternatives import CAPABILITY, PROPOSED
from bot.core.catalogue import Catalogue, Found
from bot.core.leaning import Apart, Fall, Tool, apart, falls, provider_name, tool_for, tool_of
from bot.core.ranking import TESTED_LATELY
from bot.core.text import fold
from bot.domain.continuity import Alternative, Plan


class Gap(StrEnum):
    """What is missing, in the order in which to mend it."""

    NOTHING = "nothing is chosen to use instead"
    TOGETHER = "everything chosen has something in common with the tool"
    NOT_KNOWN = "it is not known what the tool or its alternatives are built on"
    NO_PLAYBOOK = "there is no playbook"
    NOT_TRIED = "nobody tried it in 90 days"
    NO_DRILL = "there was no drill in 90 days"


_ORDER = {gap: place for place, gap in enumerate(Gap)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend. `capabilities` are what it is about, `tools` whose failure it is about, `instead` what is
    chosen, `shared` what these have in common; `do` is what to type after `/outage`, empty where a file is to be edited.
    """

    gap: Gap
    capabilities: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What a team has ready and when it practised. `playbooks` None: nobody knows whether there are any.

    `playbooks` are by `capability:chat` (`any`: for every tool), `openai` or `openai:chatgpt`; `drills` by service or part, each its last one;
    `trials` by what was tried, a service's value or the name that the team gave it.
    """

    playbooks: Mapping[str, bool] | None = None
    drills: Mapping[str, datetime] = field(default_factory=dict)
    trials: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The findings, what to mend first first; `tools` is how many the team has, alternatives included, each provider
    once; `unsaid` are those of which nobody says what they are built on.
    """

    findings: tuple[Finding, ...] = ()
    falls: tuple[Fall, ...] = ()
    tools: int = 0
    unsaid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gapped:
    """What is wrong with one use of one tool."""

    capability: str
    tool: Tool
    gap: Gap
    instead: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


def exposure(
    followed: Iterable[Found], plans: Sequence[Plan], catalogue: Catalogue, practice: Practice, now: datetime
) -> Exposure:
    """`followed` is what all channels of the team follow; what its plans replace counts as well."""
    uses = _uses(_depended(followed, plans, catalogue))
    chosen = [one for plan in plans for one in plan.alternatives if one.chosen]
    tools = (*(tool for _, tool in uses), *(tool_for(one, catalogue) for one in chosen))
    gapped = [one for use, tool in uses if (one := _gapped(use, tool, plans, catalogue))]
    practised = (*_no_playbook(uses, practice), *_not_tried(chosen, practice, now), *_no_drill(uses, practice, now))
    findings = (*_grouped(gapped, tools, catalogue), *practised)
    return Exposure(
        findings=tuple(sorted(findings, key=_urgency)),
        falls=falls(tools, catalogue),
        tools=len({tool.slug for tool in tools}),
        unsaid=tuple(sorted({provider_name(tool) for tool in tools if not tool.leanings}, key=str.casefold)),
    )


_PRACTISED = frozenset({Gap.NO_PLAYBOOK, Gap.NOT_TRIED, Gap.NO_DRILL})


def _urgency(finding: Finding) -> tuple[bool, bool, int, int]:
    """Alternatives before practice; what a person can replace within the hour first; then what concerns most."""
    slow = not any(one in PROPOSED for one in finding.capabilities)
    return finding.gap in _PRACTISED, slow, _ORDER[finding.gap], -len(finding.capabilities)


def _depended(followed: Iterable[Found], plans: Sequence[Plan], catalogue: Catalogue) -> list[Found]:
    """What is followed or has a plan, each once."""
    wanted = (found for plan in plans if (found := catalogue.find(plan.wanted)))
    found = {one.value: one for one in (*followed, *wanted)}
    return [found[value] for value in sorted(found)]


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
    others = _alternatives(capability, tool, plans, catalogue)
    verdicts = [(other, *apart(tool, other, catalogue)) for other in others]
    if any(verdict is Apart.YES for _, verdict, _ in verdicts):
        return None
    unknown = tuple(other.name for other, verdict, _ in verdicts if verdict is Apart.NOT_KNOWN)
    if unknown:
        return _Gapped(capability=capability, tool=tool, gap=Gap.NOT_KNOWN, instead=unknown)
    if not others:
        return _Gapped(capability=capability, tool=tool, gap=Gap.NOTHING)
    shared = tuple(dict.fromkeys(name for _, _, names in verdicts for name in names))
    instead = tuple(other.name for other in others)
    return _Gapped(capability=capability, tool=tool, gap=Gap.TOGETHER, instead=instead, shared=shared)


def _alternatives(capability: str, tool: Tool, plans: Sequence[Plan], catalogue: Catalogue) -> list[Tool]:
    """What the team chose for this use of it: its part's plan, else its service's, else the capability's.

    A tool that the catalogue knows and that is not for this is no alternative here: Claude draws no pictures.
    """
    for wanted in dict.fromkeys((tool.value, tool.slug, CAPABILITY + capability)):
        chosen = [one for plan in plans if plan.wanted == wanted for one in plan.alternatives if one.chosen]
        tools = [tool_for(one, catalogue) for one in chosen]
        # A list for a capability may name the very tool that fails; a list for a tool that names its own provider is meant.
        itself = tool.slug if wanted.startswith(CAPABILITY) else None
        fitting = [one for one in tools if one.slug != itself and _is_for(one, capability)]
        if fitting:
            return fitting
    return []


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
    yield from (_found(several, tools, catalogue) for several in same.values())


def _about_one(several: Sequence[_Gapped]) -> tuple[str, ...]:
    """Whom a finding is about. What nobody replaces within the hour and has nothing is one finding in all."""
    first = several[0]
    if first.gap is Gap.NOTHING and first.capability not in PROPOSED:
        return ()
    return tuple(one.tool.name for one in several)


def _found(several: Sequence[_Gapped], tools: Sequence[Tool], catalogue: Catalogue) -> Finding:
    several = sorted(several, key=lambda one: one.capability not in PROPOSED)
    first = several[0]
    return Finding(
        gap=first.gap,
        capabilities=tuple(dict.fromkeys(one.capability for one in several if one.capability)),
        tools=tuple(dict.fromkeys(one.tool.name for one in several)),
        instead=first.instead,
        shared=first.shared,
        do="" if first.gap is Gap.NOT_KNOWN else _choose(first.capability, first.tool, tools, catalogue),
    )


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


def _no_playbook(uses: Sequence[tuple[str, Tool]], practice: Practice) -> Iterator[Finding]:
    ready = practice.playbooks
    if ready is None:
        return
    lacking = [
        (use, tool)
        for use, tool in uses
        if not any(ready.get(key) for key in (tool.value, tool.slug, CAPABILITY + use, CAPABILITY + "any"))
    ]
    yield from _about(Gap.NO_PLAYBOOK, lacking, "playbook {value}")


def _no_drill(uses: Sequence[tuple[str, Tool]], practice: Practice, now: datetime) -> Iterator[Finding]:
    """A drill of a service is one for all of its parts."""
    lately = {what for what, at in practice.drills.items() if now - at <= TESTED_LATELY}
    lacking = [(use, tool) for use, tool in uses if tool.value not in lately and tool.slug not in lately]
    yield from _about(Gap.NO_DRILL, lacking, "drill start {value} 30")


def _about(gap: Gap, lacking: Sequence[tuple[str, Tool]], do: str) -> Iterator[Finding]:
    if lacking:
        quick = sorted(dict.fromkeys(use for use, _ in lacking if use), key=lambda use: use not in PROPOSED)
        first = next((tool for use, tool in lacking if quick and use == quick[0]), lacking[0][1])
        names = tuple(dict.fromkeys(tool.name for _, tool in lacking))
        yield Finding(gap=gap, capabilities=tuple(quick), tools=names, do=do.format(value=first.value))


def _not_tried(chosen: Iterable[Alternative], practice: Practice, now: datetime) -> Iterator[Finding]:
    old = [one for one in chosen if (at := _tried(one, practice)) is None or now - at > TESTED_LATELY]
    if old:
        yield Finding(gap=Gap.NOT_TRIED, tools=tuple(dict.fromkeys(one.name for one in old)))


def _tried(one: Alternative, practice: Practice) -> datetime | None:
    """The newest of what the file says and what people said."""
    names = {fold(name) for name in (one.service, one.name) if name}
    said = [at for name, at in practice.trials.items() if fold(name) in names]
    if one.tested:
        said.append(datetime.combine(one.tested, time.max, UTC))
    return max(said, default=None)
