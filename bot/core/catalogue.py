"""The services we know, and what people call them. Reading them from a file is `bot/catalogue`'s work."""

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.status import Component, Feed, Part, Service


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
    _names: Mapping[str, Found] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Build the two indexes once: completion asks at every key that is pressed."""
        object.__setattr__(self, "_slugs", {service.slug: service for service in self.services})
        names: dict[str, Found] = {}
        for name, found in _names_of(self.services):
            names.setdefault(plain(name), found)
        object.__setattr__(self, "_names", names)

    def get(self, slug: str) -> Service | None:
        """The service of exactly that slug."""
        return self._slugs.get(slug)

    def feed(self, feed_id: str) -> Feed | None:
        """The feed of that id."""
        return next((feed for service in self.services for feed in service.feeds if feed.id == feed_id), None)

    def find(self, text: str) -> Found | None:
        """What these words mean, or None. Knows `chatgpt`, `Open AI`, `openai:sora`, `openai/sora`."""
        return self._names.get(plain(text))

    def search(self, text: str) -> tuple[Found, ...]:
        """Services and parts whose names contain these words, those that begin with them first.

        A category brings its services, last. No words at all bring every service.
        """
        wanted = plain(text)
        if not wanted:
            return tuple(Found(service=service) for service in self.services)
        begin = [found for name, found in self._names.items() if name.startswith(wanted)]
        contain = [found for name, found in self._names.items() if wanted in name]
        filed = [Found(service=service) for service in self.services if plain(service.category) == wanted]
        return tuple({found.value: found for found in (*begin, *contain, *filed)}.values())

    def suggest(self, text: str, n: int = 3) -> tuple[str, ...]:
        """At most `n` things to type that look like these words, the likeliest first; each is found by `find`."""
        alike = difflib.get_close_matches(plain(text), self._names, n=3 * n)
        values = dict.fromkeys(self._names[name].value for name in alike)
        others = self.search(text) if plain(text) else ()
        return tuple(values | dict.fromkeys(found.value for found in others))[:n]

    def complete(self, typed: str, limit: int) -> list[tuple[str, str]]:
        """What was probably begun, as (what people see, what to type)."""
        return [(found.label, found.value) for found in self.search(typed)[:limit]]

    def replacing(self, services: Iterable[Service]) -> "Catalogue":
        """A catalogue in which these entries stand in for those of the same slug, or are added."""
        entries = {**self._slugs, **{service.slug: service for service in services}}
        return Catalogue(tuple(sorted(entries.values(), key=lambda service: service.slug)))


def plain(text: str) -> str:
    """Only the letters and digits, without case and accents: two names that look alike become equal."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in spread if char.isalnum())


def matches(part: Part, component: Component) -> bool:
    """Whether a component of the page belongs to the part: by its name or by `Group / Name`."""
    names = (_tidy(component.name), _tidy(component.label))
    return any(_is_like(_tidy(pattern), name) for pattern in part.components for name in names)


def _names_of(services: Iterable[Service]) -> Iterator[tuple[str, Found]]:
    """Every name of everything, the strongest claims first: a slug beats a name beats an alias beats a part.

    A part's slug means something only behind the name of its service; so does a name that several parts have (`API`).
    """
    wholes = [Found(service=service) for service in services]
    parts = [Found(service=service, part=part) for service in services for part in service.parts]
    yield from ((whole.service.slug, whole) for whole in wholes)
    yield from ((whole.service.name, whole) for whole in wholes)
    yield from ((alias, whole) for whole in wholes for alias in whole.service.aliases)
    yield from ((front + back, found) for found in parts for front in _fronts(found) for back in _backs(found))
    claims = [(name, found) for found in parts for name in {plain(name) for name in _own_names(found)}]
    times = Counter(name for name, _ in claims)
    yield from ((name, found) for name, found in claims if times[name] == 1)


def _fronts(found: Found) -> tuple[str, ...]:
    return (found.service.slug, found.service.name, *found.service.aliases)


def _backs(found: Found) -> tuple[str, ...]:
    return (found.part.slug, *_own_names(found)) if found.part else ()


def _own_names(found: Found) -> tuple[str, ...]:
    return (found.part.name, *found.part.aliases) if found.part else ()


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
