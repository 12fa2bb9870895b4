"""leaning: what tools are built on, as far as that is said in public or by the team, and which stand apart. Pure.

A tool of which nobody says what it is built on is never called independent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.catalogue import Catalogue, Found
from bot.core.text import fold
from bot.domain.continuity import Alternative
from bot.domain.exposure import Fall
from bot.domain.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """`upstream` (a slug, or the team's word for it) and the public page that says so; empty: the team says it."""

    upstream: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool of the team. `slug` is its provider's in the catalogue, else made of its name; `value` is what to type."""

    slug: str
    name: str
    value: str = ""
    service: Service | None = None
    capabilities: tuple[str, ...] = ()
    leanings: tuple[Leaning, ...] = ()


class Apart(StrEnum):
    """Whether one tool would go on working when the other's provider, or what that is built on, fails."""

    YES = "nothing in common, as far as it is said"
    NOT_KNOWN = "it is not known what one of them is built on"
    NO = "they have something in common"


def tool_of(found: Found) -> Tool:
    """A service or a part of it, with what the catalogue says."""
    service = found.service
    return Tool(
        slug=service.slug,
        name=found.title,
        value=found.value,
        service=service,
        capabilities=found.uses,
        leanings=tuple(Leaning(upstream=one.name, source=one.source) for one in service.upstreams),
    )


def tool_for(one: Alternative, catalogue: Catalogue) -> Tool:
    """An alternative, with what the team says of it and what the catalogue says."""
    found = catalogue.find(one.service) if one.service else None
    known = tool_of(found) if found else Tool(slug=fold(one.name), name=one.name)
    said = {leaning.upstream for leaning in known.leanings}
    own = tuple(Leaning(upstream=name) for name in one.upstreams if name not in said)
    return Tool(
        slug=known.slug,
        name=one.name,
        value=known.value,
        service=known.service,
        capabilities=known.capabilities,
        leanings=(*known.leanings, *own),
    )


def apart(one: Tool, other: Tool, catalogue: Catalogue) -> tuple[Apart, tuple[str, ...]]:
    """Whether they stand apart, and what they have in common, directly or at some remove (Bolt, Supabase, AWS)."""
    if one.slug == other.slug:
        return Apart.NO, (provider_name(one),)
    common = _reach(one, catalogue) & _reach(other, catalogue)
    if common:
        return Apart.NO, tuple(sorted(upstream_name(slug, catalogue) for slug in common))
    known = one.leanings and other.leanings
    return (Apart.YES if known else Apart.NOT_KNOWN), ()


def _reach(tool: Tool, catalogue: Catalogue) -> frozenset[str]:
    """The tool's provider, what it is built on, and what that is built on."""
    seen: dict[str, None] = {tool.slug: None}
    waiting = [leaning.upstream for leaning in tool.leanings]
    while waiting:
        slug = waiting.pop()
        if slug not in seen:
            seen[slug] = None
            service = catalogue.get(slug)
            waiting += [upstream.name for upstream in service.upstreams] if service else []
    return frozenset(seen)


def falls(tools: Iterable[Tool], catalogue: Catalogue) -> tuple[Fall, ...]:
    """What several tools are built on by their own statements, the one with most of them first.

    Only what is said of the tool itself counts here: each one has its source. One provider's tools count once.
    """
    own: dict[str, Tool] = {}
    hit: dict[str, dict[str, tuple[str, str]]] = {}
    for tool in tools:
        own.setdefault(tool.slug, tool)
        for leaning in tool.leanings:
            hit.setdefault(leaning.upstream, {}).setdefault(tool.slug, (provider_name(tool), leaning.source))
    several = [
        Fall(
            upstream=slug,
            name=upstream_name(slug, catalogue),
            tools=(*_itself(own.get(slug)), *_sorted(found)),
            do=f"drill start {slug} 30" if slug in own else f"subscribe {slug}" if catalogue.get(slug) else "",
        )
        for slug, found in hit.items()
    ]
    order = sorted(several, key=lambda fall: (-len(fall.tools), fall.name.casefold()))
    return tuple(fall for fall in order if len(fall.tools) > 1)


def _itself(tool: Tool | None) -> tuple[tuple[str, str], ...]:
    """What the team uses it for directly falls too; that needs no source but its page."""
    return ((provider_name(tool), tool.service.page if tool.service else ""),) if tool else ()


def _sorted(found: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(found.values(), key=lambda one: one[0].casefold())


def provider_name(tool: Tool) -> str:
    """`OpenAI` for ChatGPT: providers fall, not their parts."""
    return tool.service.name if tool.service else tool.name


def upstream_name(slug: str, catalogue: Catalogue) -> str:
    """As its maker writes it, where the catalogue knows it."""
    service = catalogue.get(slug)
    return service.name if service else slug
