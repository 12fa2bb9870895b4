"""draft: a short notice about an incident, for people to edit. Pure; nothing here is ever sent by itself.

Facts and their sources only: no causes, no promises, no impact that the provider did not state. What only people can
know is left blank.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.core.episodes import last_health
from bot.core.glossary import HEALTHS, IMPACTS, duration, or_raw, phase_of
from bot.core.ranking import Ranked
from bot.core.text import printable, shorten, squeeze
from bot.core.uses import some
from bot.domain.service import Service
from bot.domain.status import Component, Freshness, Impact, Incident, Kind, Sight
from bot.domain.words import Words, mark

BLANK = "________"
TITLE_MOST = 200
QUOTE_MOST = 600
PARTS_SHOWN = 8
INSTEAD_SHOWN = 3


class Audience(StrEnum):
    """Who is to read it. Customers are told neither our tools nor our names."""

    INTERNAL = "internal"
    CUSTOMERS = "customers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a notice is about. `listed` is False where the page left it out without ever saying that it ended.

    `instead` is what the team uses meanwhile, the best first.
    """

    service: Service
    incident: Incident
    sight: Sight
    components: Sequence[Component] = ()
    listed: bool = True
    instead: Sequence[Ranked] = ()


_HEADS: Mapping[tuple[Audience, Kind | None], str] = MappingProxyType(
    {
        (Audience.INTERNAL, Kind.INCIDENT): mark("Incident at {name}: “{title}”"),
        (Audience.INTERNAL, Kind.MAINTENANCE): mark("Maintenance at {name}: “{title}”"),
        (Audience.INTERNAL, Kind.NOTICE): mark("Notice from {name}: “{title}”"),
        (Audience.INTERNAL, None): mark("On the status page of {name}: “{title}”"),
        (Audience.CUSTOMERS, Kind.INCIDENT): mark("{name}, a provider we work with, reports an incident: “{title}”"),
        (Audience.CUSTOMERS, Kind.MAINTENANCE): mark(
            "{name}, a provider we work with, reports maintenance work: “{title}”"
        ),
        (Audience.CUSTOMERS, Kind.NOTICE): mark("{name}, a provider we work with, has published a notice: “{title}”"),
        (Audience.CUSTOMERS, None): mark("{name}, a provider we work with, shows on its status page: “{title}”"),
    }
)
"""By audience and kind; no kind is a part that changed without any incident."""


def draft(subject: Subject, audience: Audience, words: Words) -> str:
    """The notice, one fact on each line."""
    return "\n".join(_lines(subject, audience, words))


def _lines(subject: Subject, audience: Audience, words: Words) -> Iterator[str]:
    incident = subject.incident
    kind = None if incident.is_ours else incident.kind
    yield words(_HEADS[audience, kind], name=subject.service.name, title=quoted(incident.title, TITLE_MOST))
    yield from _parts(subject, words)
    yield from _times(incident, words)
    yield from _state(subject, audience, words)
    yield from _said(incident, words)
    if audience is Audience.CUSTOMERS:
        yield words("What this means for you: {blank}", blank=BLANK)
    if not incident.phase.is_over:
        if audience is Audience.INTERNAL:
            yield words("What we use instead: {tools}", tools=_instead(subject.instead) or BLANK)
        yield words("We will write again at: {blank}", blank=BLANK)
    yield words("Source: {url}", url=incident.url or subject.service.page)


def _parts(subject: Subject, words: Words) -> Iterator[str]:
    """As the page names them. A part that changed without an incident is the title already."""
    incident = subject.incident
    names = [one.label for one in subject.components if one.id in incident.components]
    if names and not incident.is_ours:
        yield words("Parts concerned: {names}", names=quoted(some(names, words, PARTS_SHOWN)))


def _times(incident: Incident, words: Words) -> Iterator[str]:
    """In UTC: whoever reads it elsewhere can still tell. Beside the draft the platform shows the local time."""
    start = incident.started_at
    over = incident.phase.is_over
    if start and incident.until and incident.kind is Kind.MAINTENANCE and not over:
        yield words("Planned from {start} to {end}", start=_at(start, words), end=_at(incident.until, words))
    elif start:
        yield words("Began: {at}" if over else "Since: {at}", at=_at(start, words))
    end = incident.resolved_at
    if end and over:
        took = end - start if start else timedelta()
        lasted = f" ({duration(words, took)})" if took > timedelta() else ""
        yield words("Ended: {at}", at=_at(end, words)) + lasted


def _at(moment: datetime, words: Words) -> str:
    at = moment.astimezone(UTC)
    values = {"year": f"{at:%Y}", "month": f"{at:%m}", "day": f"{at:%d}", "time": f"{at:%H:%M}"}
    return words("{year}-{month}-{day} {time} UTC", **values)


def _state(subject: Subject, audience: Audience, words: Words) -> Iterator[str]:
    """Where it stands by the provider's page, and how sure we can be of that."""
    incident, sight = subject.incident, subject.sight
    if sight.freshness is Freshness.FRESH:
        yield words("State by its status page: {state}", state=_phase(incident, audience, words))
    elif sight.read_at:
        yield words(
            "State by its status page, last read {at} and not readable since: {state}",
            at=_at(sight.read_at, words),
            state=_phase(incident, audience, words),
        )
    else:
        yield words("Its status page cannot be read at the moment.")
    if not subject.listed:
        yield words("The provider's page no longer lists this and never said that it ended.")
    if incident.is_ours:
        yield words("The provider's page shows this, and tells of no incident.")


def _phase(incident: Incident, audience: Audience, words: Words) -> str:
    """Impact only where the page states one, and to colleagues alone: elsewhere it reads as our own judgement."""
    if incident.is_ours:
        return words(HEALTHS[last_health(incident)])
    state = phase_of(incident, words)
    stated = incident.kind is Kind.INCIDENT and incident.impact not in {Impact.UNKNOWN, Impact.NONE}
    if audience is Audience.CUSTOMERS or not stated or incident.phase.is_over:
        return state
    impact = or_raw(words(IMPACTS[incident.impact]), incident.raw_impact)
    return f"{state} – {words('impact: {impact}', impact=impact)}"


def _said(incident: Incident, words: Words) -> Iterator[str]:
    latest = incident.latest
    text = quoted(latest.text) if latest else ""
    if not latest or not text:
        return
    if latest.posted_at:
        yield words("The provider on {at}: “{text}”", at=_at(latest.posted_at, words), text=text)
    else:
        yield words("The provider: “{text}”", text=text)


def _instead(advice: Sequence[Ranked]) -> str:
    """What the team chose and may be recommended now; what nobody chose is not what we use."""
    chosen = [one.alternative for one in advice if one.alternative.chosen and one.is_recommended]
    return ", ".join(f"{one.name} ({one.url})" if one.url else one.name for one in chosen[:INSTEAD_SHOWN])


def quoted(text: str, most: int = QUOTE_MOST) -> str:
    """The provider's words on one line, where nothing calls anybody once somebody pastes them in a chat."""
    return shorten(_CALLS.sub(r"\g<sign> ", squeeze(printable(text))), most)


_CALLS = re.compile(r"(?P<sign>@(?=everyone|here|channel|group)|<(?=[@#!/:]|a?:|t:|id:))", re.IGNORECASE)
"""https://docs.discord.com/developers/reference#message-formatting and Slack's own names for everybody."""
