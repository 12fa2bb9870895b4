"""What can be followed: services, their parts, and where their status is read."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A separately followable part of a service: the page's components whose names match `components`.

    A pattern is a component's name or `Group / Name`, case does not count, `*` matches anything. `by_api` is True where
    the part called `api` gives the same answers: what goes through it stands in when this one fails. `capabilities` are
    what this part is used for, where that is less than what the whole service is.
    """

    slug: str
    name: str
    components: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    by_api: bool = False
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Where a service's status is read: `url` is the page's base address, `format` the wire format's name.

    `page_id` is the identity that the page must state; empty accepts any. `trusted` feeds were named by the operator
    or the catalogue; others were pasted in a chat and may lead nowhere but to public addresses.
    """

    id: str
    url: str
    format: str
    page_id: str = ""
    trusted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """What a service is built on, and where that is said: the two may fail together."""

    name: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A tool a team depends on: one catalogue entry.

    `capabilities` are what it is used for (`chat`, `code`, `image` ...). `usual` are the slugs of the parts that are
    meant when nobody names any: a cloud has thirty regions, and hardly a team is in all of them. Empty means all.
    `checked` is when somebody last saw its page answer in this format.
    """

    slug: str
    name: str
    page: str
    feeds: tuple[Feed, ...]
    category: str = ""
    aliases: tuple[str, ...] = ()
    parts: tuple[Part, ...] = field(default=())
    capabilities: tuple[str, ...] = ()
    upstreams: tuple[Upstream, ...] = ()
    usual: tuple[str, ...] = ()
    checked: date | None = None

    def part(self, slug: str) -> Part | None:
        """The part of that slug, if the catalogue knows it."""
        return next((part for part in self.parts if part.slug == slug), None)

    @property
    def usual_parts(self) -> tuple[Part, ...]:
        """The parts that are meant when nobody names any; none means the whole service."""
        return tuple(part for part in self.parts if part.slug in self.usual)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedPage:
    """A service that is not in the catalogue: `teams` added its page from a chat.

    Or a catalogue entry whose feed moved: then `instead_of` is the place that it stands in for.
    """

    service: Service
    teams: frozenset[str] = frozenset()
    instead_of: str = ""
