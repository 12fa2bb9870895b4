"""Advice as people read it: what to use instead, each line with the reasons for its place."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.core.alternatives import Counsel
from bot.core.glossary import HEALTH_TONES, HEALTHS
from bot.core.ranking import Ranked, Reason, Why
from bot.core.rewatch import Word
from bot.domain.card import Bold, Code, Item, Link, Listing, Tone
from bot.domain.continuity import Alternative, Data, Source
from bot.domain.words import Words, mark

COUNSELS_SHOWN = 3
PROPOSALS_SHOWN = 3

SAYINGS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.HEALTHY: mark("now: {state}"),
        Reason.THROUGH_THE_API: mark("the same tool by its API, which works"),
        Reason.NOT_WATCHED: mark("no status page to check"),
        Reason.SAME_PROVIDER: mark("last: the same provider, {name}"),
        Reason.SHARES_UPSTREAM: mark("last: shares {name} with the failing tool, and {name} fails now"),
        Reason.UPSTREAM_FAILS: mark("last: built on {name}, which fails now"),
        Reason.OUT_OF_SIGHT: mark("I cannot read its page now"),
        Reason.UNKNOWN: mark("its page does not say how it is"),
        Reason.PLANNED_WORK: mark("planned work is under way there"),
        Reason.FAILS: mark("itself: {state}"),
        Reason.TESTED: mark("tried {days} d ago"),
        Reason.TESTED_LONG_AGO: mark("last tried {days} d ago"),
        Reason.SPREAD: mark("first here, so that not everybody goes to the same tool"),
    }
)
"""What is said of each reason; that nobody ever tried a tool goes without saying."""
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
    if not counsel.advice:
        return Listing("", (last_resort(counsel, words),))
    title = words("What to use instead of {name}", name=counsel.instead_of)
    last = last_resort(counsel, words)
    if all(one.alternative.chosen for one in counsel.advice):
        heading = f"{title} ({words(SOURCES[counsel.source])})" if full else title
        return Listing(heading, (*(_item(one, words, full=full) for one in counsel.advice), last))
    best = ([one for one in counsel.advice if one.is_recommended] or counsel.advice)[:PROPOSALS_SHOWN]
    heading = f"{title} ({words(SOURCES[Source.CATALOGUE])})"
    return Listing(heading, (*(_item(one, words, full=full) for one in best), last))


def last_resort(counsel: Counsel, words: Words) -> Item:
    """How to work without it: the playbook, and the team's template where it has an address."""
    how = Code(f"/outage playbook {counsel.wanted or counsel.instead_of}")
    where = (" · ", Link(words("your team's template"), counsel.link)) if counsel.link else ()
    return Item((words("Without it:"), " ", how, *where))


def _item(one: Ranked, words: Words, *, full: bool) -> Item:
    alternative = one.alternative
    name = Link(alternative.name, alternative.url) if alternative.url else Bold(alternative.name)
    note = f" – {alternative.note}" if alternative.note else ""
    said = [_said(why, one, words) for why in one.whys if why.reason in SAYINGS]
    more = known(alternative, words) if full else ""
    return Item((name, note, f" ({'; '.join(said)})", *([f" – {more}"] if more else [])), _tone(one))


def known(alternative: Alternative, words: Words) -> str:
    """Who has it, for how many, and which data may go there; empty where nobody said."""
    said = [words("owner: {name}", name=alternative.owner)] if alternative.owner else []
    if alternative.seats:
        said.append(words.plural("{n} seat", "{n} seats", alternative.seats))
    if alternative.data:
        said.append(words(DATA[alternative.data]))
    return ", ".join(said)


NEWS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.FAILS: mark("{tool} fails too now"),
        Reason.PLANNED_WORK: mark("planned work began at {tool}"),
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
    state = words(HEALTHS[one.standing.health]) if one.standing else ""
    return words(SAYINGS[why.reason], state=state, name=why.name, days=why.days)


def _tone(one: Ranked) -> Tone:
    decided = one.whys[0].reason
    if decided in _TONES or one.standing is None:
        return _TONES.get(decided, Tone.WARNING)
    health = HEALTH_TONES[one.standing.health]
    return health if decided is Reason.FAILS else Tone.UNKNOWN if decided is Reason.OUT_OF_SIGHT else Tone.WARNING
