"""practice: what a team has not written down, not tried and not drilled. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.core.alternatives import CAPABILITY, PROPOSED
from bot.core.leaning import Tool
from bot.core.ranking import TESTED_LATELY, tried_lately
from bot.domain.continuity import Alternative
from bot.domain.exposure import Finding, Gap, Practice


def unpractised(
    uses: Sequence[tuple[str, Tool]], chosen: Iterable[Alternative], practice: Practice, now: datetime
) -> Iterator[Finding]:
    """At most one finding of each kind. `uses` are what each tool is used for, `chosen` the team's alternatives."""
    yield from _no_playbook(uses, practice)
    yield from _not_tried(chosen, now)
    yield from _no_drill(uses, practice, now)


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


def _not_tried(chosen: Iterable[Alternative], now: datetime) -> Iterator[Finding]:
    old = [one for one in chosen if not tried_lately(one, now.date())]
    if old:
        names = tuple(dict.fromkeys(one.name for one in old))
        yield Finding(gap=Gap.NOT_TRIED, tools=names, do=f"tried {names[0]}")
