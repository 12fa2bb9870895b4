"""The services we know, and what people call them. Reading them from a file is `bot/catalogue`'s work."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.text import fold
from bot.domain.service import Feed, Part, Service
from bot.domain.status import Component

_EVERYWHERE = frozenset({"api", "app", "console", "website"})
"""Parts that many tools have, and that mean nothing without the tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a person meant: a service, or one part of it."""

    service: Service
    part: Part | None = None

    @property
    def value(self) -> str:
        """What to type to mean exactly this: `openai` or `openai:chatgpt`."""
        return f"{self.service.slug}:{self.part.slug}" if self.part else self.service.slug

    @property
    def uses(self) -> tuple[str, ...]:
        """What it is used for, the main use first: a part's own, else its service's."""
        return (self.part.capabilities if self.part else ()) or self.service.capabilities

    @property
    def title(self) -> str:
        """What people call it among themselves: `OpenAI`, `ChatGPT`; `API (OpenAI)`, for every tool has an API."""
        return self.part.name if self.part and self.part.slug not in _EVERYWHERE else self.label

    @property
    def label(self) -> str:
        """How people see it: `OpenAI`, `ChatGPT (OpenAI)`, `GitHub Actions`."""
        if self.part is None:
            return self.service.name
        if self.service.name.casefold() in self.part.name.casefold():
            return self.part.name
        return f"{self.part.name} ({self.service.name})"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All services, in order of their slugs. Names are found whatever their case, accents, spaces and punctuation."""

    services: tuple[Service, ...]
    _slugs: Mapping[str, Service] = field(init=False, repr=False, compare=False)
    _claims: tuple[tuple[str, Found], ...] = field(init=False, repr=False, compare=False)
    _names: Mapping[str, Found] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Build the indexes once: completion asks at every key that is pressed."""
        names: dict[str, Found] = {}
        sure = tuple(_sure_names(self.services))
        for name, found in sure:
            names.setdefault(name, found)
        own = tuple(_own_names(self.services))
        owners = Counter(name for name, _ in own)
        names = {name: found for name, found in own if owners[name] == 1} | names
        object.__setattr__(self, "_slugs", {service.slug: service for service in self.services})
        object.__setattr__(self, "_claims", (*sure, *own))
        object.__setattr__(self, "_names", names)

    def get(self, slug: str) -> Service | None:
        """The service of exactly that slug."""
        return self._slugs.get(slug)

    def feed(self, feed_id: str) -> Feed | None:
        """The feed of that id."""
        return next((feed for service in self.services for feed in service.feeds if feed.id == feed_id), None)

    def find(self, text: str) -> Found | None:
        """What these words mean, or None. Knows `chatgpt`, `Open AI`, `openai:sora`, `openai/sora`."""
        return self._names.get(fold(text))

    def slug(self, name: str) -> str:
        """The slug of the service that is meant. What a tool is built on need not be one: then the name itself."""
        found = self.find(name)
        return found.service.slug if found else name

    def search(self, text: str) -> tuple[Found, ...]:
        """Services and parts whose names contain these words, those that begin with them first.

        A category brings its services, last. No words at all bring every service.
        """
        wanted = fold(text)
        if not wanted:
            return tuple(Found(service=service) for service in self.services)
        begin = [found for name, found in self._claims if name.startswith(wanted)]
        contain = [found for name, found in self._claims if wanted in name]
        filed = [Found(service=service) for service in self.services if fold(service.category) == wanted]
        return tuple({found.value: found for found in (*begin, *contain, *filed)}.values())

    def browse(self, text: str) -> tuple[Found, ...]:
        """What `search` finds, the services of a category of exactly that name first."""
        wanted = fold(text)
        filed = (Found(service=service) for service in self.services if fold(service.category) == wanted)
        return tuple({found.value: found for found in (*filed, *self.search(text))}.values())

    def suggest(self, text: str, n: int = 3) -> tuple[str, ...]:
        """At most `n` things to type that hold these words or look like them; each is found by `find`."""
        wanted = fold(text)
        if not wanted:
            return ()
        alike = difflib.get_close_matches(wanted, self._names, n=3 * n, cutoff=_ALIKE)
        found = (*self.search(text), *(self._names[name] for name in alike))
        return tuple(dict.fromkeys(each.value for each in found))[:n]

    def complete(self, typed: str, limit: int) -> list[tuple[str, str]]:
        """What was probably begun, as (what people see, what to type)."""
        return [(found.label, found.value) for found in self.search(typed)[:limit]]

    def replacing(self, services: Iterable[Service]) -> "Catalogue":
        """A catalogue in which these entries stand in for those of the same slug, or are added."""
        entries = {**self._slugs, **{service.slug: service for service in services}}
        return Catalogue(tuple(sorted(entries.values(), key=lambda service: service.slug)))


def matches(part: Part, component: Component) -> bool:
    """Whether a component of the page belongs to the part: by its name or by `Group / Name`."""
    names = (_tidy(component.name), _tidy(component.label))
    return any(_is_like(_tidy(pattern), name) for pattern in part.components for name in names)


_ALIKE = 0.7  # of difflib's 0 to 1: two letters swapped in a word of four still count as alike


def _sure_names(services: Iterable[Service]) -> Iterator[tuple[str, Found]]:
    """The names that mean one thing, the strongest first: a slug beats a name beats an alias beats `service part`."""
    wholes = [Found(service=service) for service in services]
    yield from ((fold(whole.service.slug), whole) for whole in wholes)
    yield from ((fold(whole.service.name), whole) for whole in wholes)
    yield from ((fold(alias), whole) for whole in wholes for alias in whole.service.aliases)
    for service, part in _parts(services):
        for front in (service.slug, service.name, *service.aliases):
            for back in (part.slug, part.name, *part.aliases):
                yield fold(front + back), Found(service=service, part=part)


def _own_names(services: Iterable[Service]) -> Iterator[tuple[str, Found]]:
    """What parts are called without their service. Several may be called the same: `API` alone means none of them."""
    for service, part in _parts(services):
        for name in dict.fromkeys(map(fold, (part.name, *part.aliases))):
            yield name, Found(service=service, part=part)


def _parts(services: Iterable[Service]) -> Iterator[tuple[Service, Part]]:
    return ((service, part) for service in services for part in service.parts)


def _tidy(name: str) -> str:
    """One form for `Group / Name` and `group/name`."""
    return "/".join(" ".join(piece.split()) for piece in name.casefold().split("/"))


def _is_like(pattern: str, text: str) -> bool:
    """Whether the pattern covers the whole text; `*` is any run of characters, nothing else is special.

    Not a regular expression: people type these, and a long row of stars must stay cheap.
    """
    head, *rest = pattern.split("*")
    if not rest:
        return head == text
    *middle, tail = rest
    start, end = len(head), len(text) - len(tail)
    if start > end or not text.startswith(head) or not text.endswith(tail):
        return False
    for piece in middle:
        at = text.find(piece, start, end)
        if at < 0:
            return False
        start = at + len(piece)
    return True
