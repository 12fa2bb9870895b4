"""The shape of a stanza, the same in `services.toml` and in a team's `planb.toml`."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bot.domain.service import Feed, Part, Service

FORMATS = ("incidentio", "rss", "statuspage")

_Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def _web_address(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        raise ValueError("must begin with https://")
    return address.rstrip("/")


_Address = Annotated[str, AfterValidator(_web_address)]


class PartStanza(BaseModel):
    """`[slug.parts.<part>]`."""

    model_config = ConfigDict(extra="forbid")

    name: _Words
    components: Annotated[tuple[_Words, ...], Field(min_length=1)]
    aliases: tuple[_Words, ...] = ()

    def part(self, slug: str) -> Part:
        return Part(slug=slug, name=self.name, components=self.components, aliases=self.aliases)


class Stanza(BaseModel):
    """`[slug]`. `checked` is when somebody last saw the page answer in this format: for those who maintain the list."""

    model_config = ConfigDict(extra="forbid")

    name: _Words
    page: _Address
    format: str
    feed: _Address | None = None
    category: str = ""
    aliases: tuple[_Words, ...] = ()
    checked: date | None = None
    parts: dict[str, PartStanza] = {}

    def service(self, slug: str) -> Service:
        return Service(
            slug=slug,
            name=self.name,
            page=self.page,
            feeds=(Feed(id=slug, url=self.feed or self.page, format=self.format),),
            category=self.category,
            aliases=self.aliases,
            parts=tuple(stanza.part(name) for name, stanza in self.parts.items()),
        )
