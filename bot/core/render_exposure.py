"""An exposure as people read it: at most a dozen lines, each with the one thing to do."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.core.uses import some, uses
from bot.domain.card import Bold, Card, Code, Item, Link, Listing, Rich, Tone
from bot.domain.exposure import Exposure, Fall, Finding, Gap
from bot.domain.words import Words, mark

FINDINGS_SHOWN = 5
"""Of those about alternatives; each of the others is one line at most."""
FALLS_SHOWN = 3
NAMES_SHOWN = 6

_SAYINGS: Mapping[Gap, str] = MappingProxyType(
    {
        Gap.NOTHING: mark("nothing is chosen to use instead of {tools}"),
        Gap.TOGETHER: mark("{tools} and what is chosen instead ({instead}) have {shared} in common"),
        Gap.NOT_KNOWN: mark("whether {instead} would keep working during a failure of {tools} is not known"),
        Gap.NO_PLAYBOOK: mark("no playbook of the team says what to do"),
        Gap.NOT_TRIED: mark("not tried in the last 90 days"),
        Gap.NO_DRILL: mark("no drill in the last 90 days"),
    }
)
_IN_THE_FILE: Mapping[Gap, str] = MappingProxyType({Gap.NOT_KNOWN: "upstreams = […]"})
"""What to write in planb.toml, where nothing can be typed here."""
_TONES = {Gap.NOTHING: Tone.BAD, Gap.TOGETHER: Tone.BAD, Gap.NOT_KNOWN: Tone.UNKNOWN}
_ABOUT_ALTERNATIVES = frozenset(_TONES)


def exposed(exposure: Exposure, words: Words) -> Card:
    """The whole of it on one card."""
    if not exposure.tools:
        hint = (words("Follow your tools first:"), " ", Code("/outage subscribe chatgpt"))
        return Card(tone=Tone.INFO, title=words("I do not know your team’s tools yet"), footer=hint)
    todo = Listing(words("What to do first"), tuple(_findings(exposure.findings, words)))
    together = Listing(words("What would fail together"), tuple(_falls(exposure, words)))
    return Card(
        tone=Tone.WARNING if exposure.findings else Tone.GOOD,
        title=_title(exposure, words),
        lead=(words("As on a quiet day, and only by what is stated in public or by your team."),),
        listings=tuple(listing for listing in (todo, together) if listing.items),
        footer=_unsaid(exposure, words),
    )


def _title(exposure: Exposure, words: Words) -> str:
    if not exposure.findings:
        return words("Your team is prepared: I find no gap in its plan B")
    return words.plural("{n} gap in your team’s plan B", "{n} gaps in your team’s plan B", len(exposure.findings))


def _findings(findings: Iterable[Finding], words: Words) -> Iterable[Item]:
    about = [one for one in findings if one.gap in _ABOUT_ALTERNATIVES]
    yield from (_finding(one, words) for one in about[:FINDINGS_SHOWN])
    more = len(about) - FINDINGS_SHOWN
    if more > 0:
        yield Item((words.plural("and {n} more", "and {n} more", more),))
    yield from (_finding(one, words) for one in findings if one.gap not in _ABOUT_ALTERNATIVES)


def _finding(one: Finding, words: Words) -> Item:
    said = words(
        _SAYINGS[one.gap],
        tools=some(one.tools, words, 3),
        instead=some(one.instead, words, 3),
        shared=some(one.shared, words, 3),
    )
    about = uses(one.capabilities, words) or some(one.tools, words)
    return Item((Bold(about), " – ", said, *_do(one, words)), _TONES.get(one.gap, Tone.INFO))


def _do(one: Finding, words: Words) -> Rich:
    if one.do:
        return (" → ", Code(f"/outage {one.do}"))
    line = _IN_THE_FILE.get(one.gap)
    return (" → ", Code(line), " ", words("in planb.toml")) if line else ()


def _falls(exposure: Exposure, words: Words) -> Iterable[Item]:
    yield from (_fall(one, exposure.tools, words) for one in exposure.falls[:FALLS_SHOWN])
    more = len(exposure.falls) - FALLS_SHOWN
    if more > 0:
        yield Item((words.plural("and {n} more", "and {n} more", more),))


def _fall(one: Fall, tools: int, words: Words) -> Item:
    count = words("{n} of your {all} tools", n=len(one.tools), all=tools)
    names: list[str | Bold | Code | Link] = []
    for name, source in one.tools[:NAMES_SHOWN]:
        names += [", " if names else " – ", Link(name, source) if source else f"{name} ({words('your team says so')})"]
    more = len(one.tools) - NAMES_SHOWN
    if more > 0:
        names.append(" " + words.plural("and {n} more", "and {n} more", more))
    do: Rich = (" → ", Code(f"/outage {one.do}")) if one.do else ()
    return Item((Bold(words("{name}: {says}", name=one.name, says=count)), *names, *do), Tone.WARNING)


def _unsaid(exposure: Exposure, words: Words) -> Rich:
    if not exposure.unsaid:
        return ()
    return (words("Not known what these are built on: {names}", names=some(exposure.unsaid, words)),)
