"""Advice as people read it: what to use instead, each line with the reasons for its place."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from types import MappingProxyType

from bot.core.alternatives import Counsel
from bot.core.glossary import HEALTH_TONES, HEALTHS
from bot.core.ranking import Ranked, Reason, Why
from bot.core.rewatch import Word
from bot.domain.card import Bold, Code, Item, Link, Listing, Rich, Tone
from bot.domain.continuity import Alternative, Data, Source
from bot.domain.service import Upstream
from bot.domain.status import Sight
from bot.domain.words import Words, mark

COUNSELS_SHOWN = 3
PROPOSALS_SHOWN = 3

SAYINGS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.HEALTHY: mark("now: {state}"),
        Reason.THROUGH_THE_API: mark("the same tool by its API, which works"),
        Reason.NOT_WATCHED: mark("no status page to check"),
        Reason.SAME_PROVIDER: mark("the same provider, {name}"),
        Reason.SHARES_UPSTREAM: mark("shares {name} with the failing tool, and {name} fails now"),
        Reason.UPSTREAM_FAILS: mark("built on {name}, which fails now"),
        Reason.OUT_OF_SIGHT: mark("I cannot read its page now"),
        Reason.UNKNOWN: mark("its page does not say how it is"),
        Reason.PLANNED_WORK: mark("planned work is under way there"),
        Reason.FAILS: mark("itself: {state}"),
        Reason.SPREAD: mark("first here, so that not everybody goes to the same tool"),
    }
)
"""What is said of each reason but of tests; that nobody ever tried a tool goes without saying."""
_DEMOTES = frozenset({Reason.SAME_PROVIDER, Reason.SHARES_UPSTREAM, Reason.UPSTREAM_FAILS})
_TONES = {Reason.THROUGH_THE_API: Tone.GOOD, Reason.HEALTHY: Tone.GOOD, Reason.NOT_WATCHED: Tone.INFO}


SOURCES: Mapping[Source, str] = MappingProxyType(
    {
        Source.FILE: mark("from planb.toml"),
        Source.CHAT: mark("chosen in the chat"),
        Source.CATALOGUE: mark("not chosen by your team"),
    }
)
DATA: Mapping[Data, str] = MappingProxyType(
    {
        Data.PUBLIC: mark("public data only"),
        Data.INTERNAL: mark("public and internal data"),
        Data.CLIENT: mark("client data too"),
    }
)


def alternatives(counsels: Sequence[Counsel], words: Words, *, full: bool = False) -> tuple[Listing, ...]:
    """What to use instead, the best first; nothing where nobody named anything. `full` says all that is known."""
    return tuple(_listing(counsel, words, full=full) for counsel in counsels[:COUNSELS_SHOWN])


def _listing(counsel: Counsel, words: Words, *, full: bool) -> Listing:
    """All that the team chose; of what the catalogue proposes the best, and that the team did not choose them.

    The last line is always what to do without any tool; where nobody knows anything to use instead, the only one.
    """
    last = last_resort(counsel, words)
    if not counsel.advice:
        return Listing("", (last,))
    title = words("What to use instead of {name}", name=counsel.instead_of)
    chosen = all(one.alternative.chosen for one in counsel.advice)
    source = counsel.source if chosen else Source.CATALOGUE
    heading = title if chosen and not full else f"{title} ({words(SOURCES[source])})"
    shown = counsel.advice if chosen else _proposed(counsel.advice)
    items = (_item(one, words, full=full, is_last=one is shown[-1]) for one in shown)
    return Listing(heading, (*items, last))


def _proposed(advice: Sequence[Ranked]) -> Sequence[Ranked]:
    """The best, and as many of those that people might flee to and should not."""
    good = [one for one in advice if one.is_recommended]
    bad = [one for one in advice if not one.is_recommended]
    return (*good[:PROPOSALS_SHOWN], *bad[:PROPOSALS_SHOWN])


def last_resort(counsel: Counsel, words: Words) -> Item:
    """How to work without it: the playbook, and the team's template where it has an address. Never cut off."""
    how = Code(f"/outage playbook {counsel.wanted or counsel.instead_of}")
    where = (" · ", Link(words("your team's template"), counsel.link)) if counsel.link else ()
    return Item((words("Without it:"), " ", how, *where), stays=True)


def _item(one: Ranked, words: Words, *, full: bool, is_last: bool) -> Item:
    alternative = one.alternative
    name = Link(alternative.name, alternative.url) if alternative.url else Bold(alternative.name)
    note = f" – {alternative.note}" if alternative.note else ""
    more = (_known(alternative, words), _built_on(one.built_on, words)) if full else ()
    return Item((name, note, f" ({_reasons(one, words, is_last=is_last)})", *_dashed(more)), _tone(one))


def listed(one: Alternative, words: Words) -> Item:
    """A tool of a list with all that was said of it, and nothing of how it is."""
    name = Link(one.name, one.url) if one.url else Bold(one.name)
    built_on = _built_on([Upstream(name=upstream, source="") for upstream in one.upstreams], words)
    tested = (words("last tried on {day}", day=one.tested),) if one.tested else ()
    note = (one.note,) if one.note else ()
    return Item((name, *_dashed((note, _known(one, words), built_on, tested))))


def _dashed(more: Iterable[Rich]) -> Rich:
    return tuple(part for rich in more if rich for part in (" – ", *rich))


def _reasons(one: Ranked, words: Words, *, is_last: bool) -> str:
    texts = [text for why in one.whys if (text := _said(why, one, words))]
    said = reduce(lambda one, other: words("{one}; {other}", one=one, other=other), texts)
    return words("last: {why}", why=said) if is_last and one.whys[0].reason in _DEMOTES else said


def _known(alternative: Alternative, words: Words) -> Rich:
    """Who has it, for how many, and which data may go there; empty where nobody said."""
    said = [words("owner: {name}", name=alternative.owner)] if alternative.owner else []
    if alternative.seats:
        said.append(words.plural("{n} seat", "{n} seats", alternative.seats))
    if alternative.data:
        said.append(words(DATA[alternative.data]))
    return (", ".join(said),) if said else ()


def _built_on(upstreams: Sequence[Upstream], words: Words) -> Rich:
    """What it is built on, each with the page that says so; empty where nobody said."""
    names = [Link(one.name, one.source) if one.source else one.name for one in upstreams]
    listed = [part for name in names for part in (", ", name)][1:]
    return (words("built on"), " ", *listed) if listed else ()


NEWS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.FAILS: mark("{tool} fails too now"),
        Reason.PLANNED_WORK: mark("planned work began at {tool}"),
        Reason.SAME_PROVIDER: mark("{name} fails for {tool} too now"),
        Reason.SHARES_UPSTREAM: mark("{tool} is built on {name}, which fails now"),
        Reason.UPSTREAM_FAILS: mark("{tool} is built on {name}, which fails now"),
    }
)


def word_said(word: Word, words: Words) -> str:
    """What a thread is told when the tool that was recommended is no longer the one to use."""
    what = words(NEWS[word.why.reason], tool=word.tool, name=word.why.name)
    if word.use:
        return words("{what}: use {tool} instead", what=what, tool=word.use)
    return words("{what}, and I know nothing better on your list", what=what)


def _said(why: Why, one: Ranked, words: Words) -> str:
    """Empty for what goes without saying."""
    if why.reason in {Reason.TESTED, Reason.TESTED_LONG_AGO}:
        return tried(why.days, words)
    if why.reason is Reason.OUT_OF_SIGHT and one.standing and _is_unread(one.standing.sight):
        return words("I have not read its page yet")
    state = words(HEALTHS[one.standing.health]) if one.standing else ""
    return words(SAYINGS[why.reason], state=state, name=why.name) if why.reason in SAYINGS else ""


def _is_unread(sight: Sight) -> bool:
    """Nobody asked for it yet: no fault of the page."""
    return sight.read_at is None and not sight.trouble


def tried(days: int, words: Words) -> str:
    """When somebody tried it last."""
    return words.plural("tried {n} day ago", "tried {n} days ago", days) if days else words("tried today")


def _tone(one: Ranked) -> Tone:
    decided = one.whys[0].reason
    if decided in _TONES or one.standing is None:
        return _TONES.get(decided, Tone.WARNING)
    health = HEALTH_TONES[one.standing.health]
    return health if decided is Reason.FAILS else Tone.UNKNOWN if decided is Reason.OUT_OF_SIGHT else Tone.WARNING
