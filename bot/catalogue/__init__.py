"""Reads the catalogue: `services.toml` beside this file, then a team's own `[services]` over it."""

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import resources

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.catalogue.models import PartStanza, Stanza
from bot.core.catalogue import Catalogue
from bot.domain.errors import SettingsError
from bot.domain.service import Service

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def load_catalogue(extra: Mapping[str, object] | None = None, *, formats: Collection[str] = ()) -> Catalogue:
    """All services we know. `extra` has stanzas of a team: each adds a service, or stands in for ours of that slug.

    `formats` are those that can be read; without them a stanza's format is not checked.

    Raise SettingsError, one line, for a stanza that is wrong.
    """
    ours = _ours()
    for service in ours.services:
        _check_format(service, formats)
    return ours.replacing(_services(extra, formats)) if extra else ours


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
            raise SettingsError(f"Service {slug!r}: {_said(error.errors()[0])}") from error
        _check_slugs(service)
        _check_format(service, formats)
        yield service


def _check_slugs(service: Service) -> None:
    for slug in (service.slug, *(part.slug for part in service.parts)):
        if not _SLUG.fullmatch(slug):
            raise SettingsError(
                f"Service {service.slug!r}: {slug!r} must be lower case letters, digits and single hyphens"
            )


def _check_format(service: Service, formats: Collection[str]) -> None:
    for feed in service.feeds:
        if formats and feed.format not in formats:
            raise SettingsError(
                f"Service {service.slug!r}: format {feed.format!r} is none of {', '.join(sorted(formats))}"
                f"{_did_you_mean(feed.format, formats)}"
            )


def _said(error: ErrorDetails) -> str:
    """One line for one of pydantic's errors, with the key and the likely right one."""
    *above, key = error["loc"] or ("",)
    place = ".".join(map(str, (*above, key)))
    if error["type"] == "extra_forbidden":
        known = PartStanza.model_fields if above else Stanza.model_fields
        return f"unknown key {place!r}{_did_you_mean(str(key), known)}"
    if error["type"] == "missing":
        return f"the key {place!r} is missing"
    return f"{place}: {error['msg']}" if place else error["msg"]


def _did_you_mean(typed: str, known: Collection[str]) -> str:
    alike = difflib.get_close_matches(typed, known, n=1)
    return f"; did you mean {alike[0]!r}?" if alike else ""
