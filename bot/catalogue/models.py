"""The shape of a stanza, the same in `services.toml` and in a team's `planb.toml`."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.domain.service import Feed, Part, Service, Upstream

_Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def _web_address(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        raise ValueError("must begin with https://")
    return address.rstrip("/")


def _as_written(address: str) -> str:
    """A feed may live at an address that ends in a slash."""
    _web_address(address)
    return address


_Address = Annotated[str, AfterValidator(_web_address)]
_Exactly = Annotated[str, AfterValidator(_as_written)]


class PartStanza(BaseModel):
    """`[slug.parts.<part>]`."""

    model_config = ConfigDict(extra="forbid")

    name: _Words
    components: Annotated[tuple[_Words, ...], Field(min_length=1)]
    aliases: tuple[_Words, ...] = ()
    by_api: bool = False
    capabilities: tuple[_Words, ...] = ()

    def part(self, slug: str) -> Part:
        return Part(
            slug=slug,
            name=self.name,
            components=self.components,
            aliases=self.aliases,
            by_api=self.by_api,
            capabilities=self.capabilities,
        )


class UpstreamStanza(BaseModel):
    """One of `[[slug.upstreams]]`: what it is built on, and where that is said."""

    model_config = ConfigDict(extra="forbid")

    name: _Words
    source: _Address


class Stanza(BaseModel):
    """`[slug]`, see the head of `services.toml`."""

    model_config = ConfigDict(extra="forbid")

    name: _Words
    page: _Address
    format: str
    feed: _Exactly | None = None
    category: str = ""
    aliases: tuple[_Words, ...] = ()
    capabilities: tuple[_Words, ...] = ()
    upstreams: tuple[UpstreamStanza, ...] = ()
    page_id: str = ""
    usual: tuple[_Words, ...] = ()
    checked: date | None = None
    parts: dict[str, PartStanza] = {}

    @model_validator(mode="after")
    def _usual_parts_are_parts(self) -> Self:
        strangers = [slug for slug in self.usual if slug not in self.parts]
        if strangers:
            raise ValueError(f"usual: {strangers[0]!r} is none of its parts")
        return self

    def service(self, slug: str) -> Service:
        return Service(
            slug=slug,
            name=self.name,
            page=self.page,
            feeds=(Feed(id=slug, url=self.feed or self.page, format=self.format, page_id=self.page_id),),
            category=self.category,
            aliases=self.aliases,
            parts=tuple(stanza.part(name) for name, stanza in self.parts.items()),
            capabilities=self.capabilities,
            upstreams=tuple(Upstream(name=one.name, source=one.source) for one in self.upstreams),
            usual=self.usual,
            checked=self.checked,
        )
