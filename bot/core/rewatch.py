"""rewatch: is what a card recommends still the best? Says when to edit it, and when to tell its thread. Pure.

The first message told people where to go. When that fails too they must hear of it, for nobody reads an edited card
again; when all is well again the card says so and nobody is disturbed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.alternatives import Counsel
from bot.core.ranking import Ranked, Reason, Why
from bot.domain.advice import Advised, Listed

QUIET = timedelta(minutes=10)
"""Between two words in one thread: a tool that comes and goes is no news every minute."""
SHOWN = 3
"""Of each listing, the places whose change is worth an edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a thread is told: the tool it knows of is no longer the one to use (`why`), this one is; "" is none."""

    tool: str
    why: Why
    use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What follows: what to remember, whether the card is to be shown anew, and the word for its thread."""

    advised: Advised
    edits: bool = False
    word: Word | None = None


def begin(counsels: Sequence[Counsel], watched: Sequence[str]) -> Advised:
    """What a new card recommends."""
    return Advised(listed=tuple(_listed(counsel, None) for counsel in counsels), watched=tuple(watched))


def turn(known: Advised | None, counsels: Sequence[Counsel], watched: Sequence[str], now: datetime) -> Turn:
    """Compare what was recommended with the ranking now."""
    if known is None:
        return Turn(advised=begin(counsels, watched))
    before = {one.instead_of: one for one in known.listed}
    after = tuple(_listed(counsel, before.get(counsel.instead_of)) for counsel in counsels)
    shown = [(one.instead_of, one.good) for one in known.listed]
    edits = shown != [(one.instead_of, one.good) for one in after]
    advised = replace(known, listed=after, watched=tuple(watched))
    word = _word(counsels, after) if known.said_at is None or now - known.said_at >= QUIET else None
    if word is None:
        return Turn(advised=advised, edits=edits)
    listed = tuple(_heard(one, counsel, word) for one, counsel in zip(after, counsels, strict=True))
    return Turn(advised=replace(advised, listed=listed, said_at=now, words=known.words + 1), edits=edits, word=word)


def _listed(counsel: Counsel, before: Listed | None) -> Listed:
    """What a listing says now. People go on believing in what they were told, as long as it is on the list."""
    good = tuple(one.alternative.name for one in counsel.advice if one.is_recommended)[:SHOWN]
    told = before.told if before else ""
    known = any(one.alternative.name == told for one in counsel.advice)
    return Listed(instead_of=counsel.instead_of, good=good, told=told if known else next(iter(good), ""))


def _word(counsels: Sequence[Counsel], listed: Sequence[Listed]) -> Word | None:
    """The first listing of which people know a tool that fails now."""
    for counsel, one in zip(counsels, listed, strict=True):
        fallen = _fallen(counsel.advice, one.told)
        if fallen:
            return Word(tool=one.told, why=fallen.whys[0], use=next(iter(one.good), ""))
    return None


def _fallen(advice: Sequence[Ranked], tool: str) -> Ranked | None:
    found = next((one for one in advice if one.alternative.name == tool), None)
    return found if found and found.whys[0].reason in _TOLD else None


_TOLD = frozenset(
    {Reason.FAILS, Reason.PLANNED_WORK, Reason.SAME_PROVIDER, Reason.SHARES_UPSTREAM, Reason.UPSTREAM_FAILS}
)
"""Reasons worth a word. What is the same provider's was recommended only by its API, which is concerned now.

That a page cannot be read is shown on the card; it says nothing of the tool.
"""


def _heard(one: Listed, counsel: Counsel, word: Word) -> Listed:
    """Whoever knew of that tool now knows of the other. Of the last that fell people go on knowing nothing better."""
    return replace(one, told=word.use) if one.told == word.tool and _fallen(counsel.advice, one.told) else one
