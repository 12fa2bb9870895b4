"""Which part of a service something is about. Pure.

ChatGPT, Sora and the API fail apart: advice and alarms about the wrong one are noise.
"""

from collections.abc import Iterable, Sequence
from enum import Enum

from bot.core.catalogue import matches
from bot.core.text import fold
from bot.domain.service import Part, Service
from bot.domain.status import Component, Incident


class Concerns(Enum):
    """Whether an incident is about a part. `unsaid`: the page does not say which parts it concerns."""

    YES = "yes"
    NO = "no"
    UNSAID = "unsaid"


def wanted_parts(service: Service, words: Iterable[str]) -> tuple[Part, ...]:
    """The parts people named: those of the catalogue, else a part made of the component names they typed."""
    return tuple(service.part(word) or _typed(word) for word in words)


def _typed(word: str) -> Part:
    return Part(slug=word, name=word, components=(word,))


def meant_parts(service: Service, words: Iterable[str]) -> tuple[Part, ...]:
    """The parts people named, else those that are usually meant; none means the whole service."""
    return wanted_parts(service, words) or service.usual_parts


def in_scope(parts: Sequence[Part], components: Iterable[Component]) -> tuple[Component, ...]:
    """The components of these parts; all of them for no part."""
    return tuple(c for c in components if not parts or any(matches(part, c) for part in parts))


def concerns(service: Service, parts: Sequence[Part], incident: Incident, components: Sequence[Component]) -> Concerns:
    """Whether an incident is about one of these parts (about the service, for no part).

    The page's own list of components decides. Where it has none, the names in the title and the texts do: they are
    the provider's words too. Where these name no known part at all, it is unsaid.
    """
    if not parts:
        return Concerns.YES
    listed = [component for component in components if component.id in incident.components]
    if listed:
        return Concerns.YES if in_scope(parts, listed) else Concerns.NO
    if any(_named(part, incident) for part in parts):
        return Concerns.YES
    return Concerns.NO if any(_named(part, incident) for part in service.parts) else Concerns.UNSAID


def _named(part: Part, incident: Incident) -> bool:
    said = " ".join((incident.title, *(update.text for update in incident.updates))).casefold()
    words = set("".join(c if c.isalnum() else " " for c in said).split())
    joined = fold(said)
    return any(_says(name, words, joined) for name in (part.name, *part.aliases))


def _says(name: str, words: set[str], joined: str) -> bool:
    """A short name must be a word of its own ("api" is not in "rapid"); a long one may be split or joined."""
    folded = fold(name)
    return folded in words or (len(folded) >= _LONG and folded in joined)


_LONG = 6
