"""What an entry of a feed says, read from its title, its categories and its HTML.

A feed has no field for a phase. Statuspage and Oracle write a list of dated paragraphs into one entry, incident.io
writes `Status: X` and the latest text alone, others mark the title.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.status import Health, Phase
from bot.feeds.moments import Said, said
from bot.feeds.plaintext import line, plain

PHASES = {
    "investigating": Phase.INVESTIGATING,
    "identified": Phase.IDENTIFIED,
    "monitoring": Phase.MONITORING,
    "resolved": Phase.RESOLVED,
    "recovered": Phase.RESOLVED,
    "已恢复": Phase.RESOLVED,
    "postmortem": Phase.POSTMORTEM,
    "scheduled": Phase.SCHEDULED,
    "in progress": Phase.IN_PROGRESS,
    "verifying": Phase.VERIFYING,
    "completed": Phase.COMPLETED,
    "cancelled": Phase.CANCELLED,
    "canceled": Phase.CANCELLED,
}
HEALTHS = {
    "operational": Health.OPERATIONAL,
    "degraded performance": Health.DEGRADED,
    "partial outage": Health.PARTIAL_OUTAGE,
    "major outage": Health.MAJOR_OUTAGE,
    "full outage": Health.MAJOR_OUTAGE,
    "under maintenance": Health.MAINTENANCE,
}
SAME = frozenset({"update", "updated"})

# Every part is bounded: an entry full of openings that are never closed stays cheap.
_HEAD = re.compile(
    r"<small\b[^<>]{0,99}>(?P<when>.{0,400}?)</small>\s{0,40}(?:<br\s?/?>)?\s{0,40}"
    r"<(?P<tag>strong|b)\b[^<>]{0,99}>(?P<word>[^<>]{1,60})</(?P=tag)>\s{0,40}[-\u2013\u2014:]?",
    re.IGNORECASE | re.DOTALL,
)
_STRONG = re.compile(r"<(strong|b)\b[^<>]{0,99}>([^<>]{1,60})</\1>", re.IGNORECASE)
_STATUS = re.compile(r"^\s*status:\s*(.{1,40}?)\s*$", re.IGNORECASE | re.MULTILINE)
_MARK = re.compile(r"\s*[\[(\uff08]([^\[\]()\uff08\uff09]{1,30})[\])\uff09]\s*")
_PREFIX = re.compile(r"\s*([A-Za-z ]{2,30}):\s+")
_CONCERNED = re.compile(r"^affected components:?\n?", re.IGNORECASE | re.MULTILINE)
_STATE = re.compile(r"(.+?)\s*\(([^()]{1,40})\)")
_TAGS = re.compile(r"<[^<>]{0,200}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One paragraph of an entry. `when` is the time it states, if it states one; `word` is its phase as written."""

    word: str
    text: str
    when: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A component that an entry names, and its state in the provider's word."""

    name: str
    state: str


def statements(html: str) -> Iterator[Statement]:
    """The dated paragraphs of one entry, in the order of the page. Nothing where an entry is not such a list."""
    heads = list(_HEAD.finditer(html))
    ends = [*(head.start() for head in heads[1:]), len(html)]
    for head, end in zip(heads, ends, strict=False):
        # A blank for each tag: Oracle writes the month, the day and the hour without any between.
        when = said(line(_TAGS.sub(" ", head["when"])))
        yield Statement(word=line(head["word"]), text=plain(html[head.end() : end]), when=when)


def single(title: str, html: str, categories: Iterable[str]) -> Statement:
    """An entry that says one thing. The word is looked for where it is surest first; empty if nowhere."""
    text = _CONCERNED.split(plain(html), maxsplit=1)[0].strip()
    status = _STATUS.search(text)
    if status:
        text = (text[: status.start()] + text[status.end() :]).strip()
        return Statement(word=line(status[1]), text=text)
    heads = (line(found[2]) for found in _STRONG.finditer(html))
    candidates = (*heads, *_marks(title), *(line(category) for category in categories))
    word = next((candidate for candidate in candidates if candidate.lower() in PHASES), "")
    return Statement(word=word, text=text)


def bare_title(title: str) -> str:
    """Without `[Resolved]`, `Resolved:`, `(Recovered)`: what it is about, the same from beginning to end."""
    return " ".join(_prefix_off(_MARK.sub(_mark_off, title)).split()) or title


def concerned(html: str) -> Iterator[Concerned]:
    """The components under `Affected components`, each with its state in brackets. incident.io alone lists them."""
    parts = _CONCERNED.split(plain(html), maxsplit=1)
    for row in parts[1].splitlines() if len(parts) > 1 else ():
        found = _STATE.fullmatch(row)
        yield Concerned(name=found[1] if found else row, state=found[2] if found else "")


def _marks(title: str) -> Iterator[str]:
    prefix = _PREFIX.match(title)
    yield from (found[1].strip() for found in _MARK.finditer(title))
    if prefix:
        yield prefix[1].strip()


def _mark_off(found: re.Match[str]) -> str:
    return " " if _is_mark(found[1]) else found[0]


def _prefix_off(title: str) -> str:
    prefix = _PREFIX.match(title)
    return title[prefix.end() :] if prefix and _is_mark(prefix[1]) else title


def _is_mark(word: str) -> bool:
    return word.strip().lower() in PHASES or word.strip().lower() in SAME
