"""Reads the catalogue: `services.toml` beside this file, then a team's own `[services]` over it."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

from pydantic import ValidationError

from bot.catalogue.models import Stanza
from bot.core.catalogue import Catalogue
from bot.core.text import fold
from bot.domain.errors import SettingsError
from bot.domain.service import Service
from bot.faults import alike, fault

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def load_catalogue(extra: Mapping[str, object] | None = None, *, formats: Collection[str] = ()) -> Catalogue:
    """All services we know. `extra` has stanzas of a team: each adds a service, or stands in for ours of that slug.

    `formats` are those that can be read; without them a stanza's format is not checked.

    Raise SettingsError, one line, for a stanza that is wrong, or that takes the name of another service.
    """
    ours = _ours()
    for service in ours.services:
        _check_format(service, formats)
    if not extra:
        return ours
    theirs = tuple(_services(extra, formats))
    uses = {use for service in ours.services for use in service.capabilities}
    known = ours.replacing(theirs)
    for service in theirs:
        _check_uses(service, uses)
        _check_names(service, known)
    return known


@cache
def _ours() -> Catalogue:
    """Read once: the file is a part of the program, and a team's own is read again and again."""
    text = resources.files("bot.catalogue").joinpath("services.toml").read_text("utf-8")
    return Catalogue(()).replacing(_services(tomllib.loads(text), ()))


def _services(stanzas: Mapping[str, object], formats: Collection[str]) -> Iterator[Service]:
    for slug, stanza in stanzas.items():
        try:
            service = Stanza.model_validate(stanza).service(slug)
        except ValidationError as error:
            path, what = fault(error, Stanza)
            raise _wrong(slug, path, what) from error
        _check_slugs(service)
        _check_format(service, formats)
        yield service


def _wrong(slug: str, path: Sequence[str], what: str) -> SettingsError:
    key = f"{'.'.join(path)}: " if path else ""
    return SettingsError(f"Service {slug!r}: {key}{what}", place=("services", slug, *path))


def _check_slugs(service: Service) -> None:
    for part, slug in (((), service.slug), *((("parts", part.slug), part.slug) for part in service.parts)):
        if not _SLUG.fullmatch(slug):
            raise _wrong(service.slug, part, f"{slug!r} must be lower case letters, digits and single hyphens")


def _check_format(service: Service, formats: Collection[str]) -> None:
    for feed in service.feeds:
        if formats and feed.format not in formats:
            hint = alike(feed.format, sorted(formats)) or "; `planb feed URL` finds the one of a page"
            raise _wrong(service.slug, ("format",), f"{feed.format!r} is not one of docs/formats.md{hint}")


def _check_uses(service: Service, known: Collection[str]) -> None:
    """A closed list, so that one tool can stand in for another."""
    parts = [(["parts", part.slug], part.capabilities) for part in service.parts]
    for above, uses in [([], service.capabilities), *parts]:
        for use in uses:
            if use not in known:
                hint = alike(use, sorted(known)) or f"; known here: {', '.join(sorted(known))}."
                raise _wrong(service.slug, [*above, "capabilities"], f"nothing is used for {use!r}{hint}")


def _check_names(service: Service, known: Catalogue) -> None:
    """What people type must go on meaning what it meant. To replace a service, take its slug."""
    for path, name in (((), service.slug), (("name",), service.name), *((("aliases",), a) for a in service.aliases)):
        other = next((one for one in known.services if one.slug != service.slug and fold(name) in _names(one)), None)
        if other:
            hint = f"to put another page in its place, write [services.{other.slug}]"
            raise _wrong(service.slug, path, f"{name!r} means {other.name} already; {hint}")


def _names(service: Service) -> set[str]:
    parts = (name for part in service.parts for name in (part.name, *part.aliases) if part.slug != "api")
    return set(map(fold, (service.slug, service.name, *service.aliases, *parts)))
