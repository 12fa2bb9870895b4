"""render: a change becomes a card in the channel's language. Pure, no platform in it.

The provider's own words stay in the original, as a quote; everything else is ours and translated.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.alternatives import Counsel
from bot.core.episodes import last_health
from bot.core.glossary import (
    HEALTH_TONES,
    HEALTHS,
    IMPACT_TONES,
    IMPACTS,
    KINDS,
    PHASES,
    duration,
    or_raw,
    phase_of,
    titled,
)
from bot.core.render_advice import alternatives
from bot.core.text import shorten
from bot.domain.card import Bold, Card, Fact, Link, Moment, Rich, Shape, Tone
from bot.domain.change import Change, News
from bot.domain.service import Service
from bot.domain.status import Component, Incident, Kind, Phase
from bot.domain.words import Words

PARTS_SHOWN = 8
QUOTE_MOST = 1500


def headline(
    change: Change, service: Service, components: Sequence[Component], counsels: Sequence[Counsel], words: Words
) -> Card:
    """The one message of an incident in a channel: its latest state, and what to use instead while it is open."""
    incident = change.incident
    listings = () if incident.phase.is_over else alternatives(counsels, words)
    return Card(
        tone=tone(incident),
        title=titled(service.name, _headline(incident, words), words),
        url=incident.url,
        lead=_lead(change, words),
        quote=_latest_text(incident),
        facts=_facts(incident, components, words),
        listings=listings,
        footer=_footer(incident, service, words),
    )


def reply(change: Change, service: Service, words: Words, *, merged: int = 0) -> Card:
    """One update, under its incident's message. It speaks for `merged` others that came just before it."""
    incident = change.incident
    phase, raw = _phase(change)
    others = (words("Earlier updates, on the status page: {count}", count=merged), " · ") if merged else ()
    return Card(
        tone=tone(incident, phase),
        title=titled(service.name, _reply_title(change, phase, raw, words), words),
        url=incident.url,
        lead=_ended(incident, phase, words),
        quote=shorten(change.update.text, QUOTE_MOST) if change.update else "",
        footer=(*others, *_posted(change)),
    )


def told(change: Change, service: Service, words: Words) -> Card:
    """A word of our own under an incident's message: another tool is the one to use now."""
    text = change.update.text if change.update else ""
    return Card(tone=Tone.WARNING, title=titled(service.name, text, words), url=change.incident.url)


def _phase(change: Change) -> tuple[Phase, str]:
    """That of the update. Where updates have none, the newest one of what is over is the end."""
    incident, update = change.incident, change.update
    ends = incident.phase.is_over and update == incident.latest
    if update is None or (update.phase is Phase.UNKNOWN and not update.raw_phase and ends):
        return incident.phase, incident.raw_phase
    return update.phase, update.raw_phase


def tone(incident: Incident, phase: Phase | None = None) -> Tone:
    """The colour of an incident, at its own phase or at an earlier one."""
    phase = phase or incident.phase
    if phase.is_over:
        return Tone.GOOD
    if incident.is_ours:
        return HEALTH_TONES[last_health(incident)]
    if incident.kind is Kind.MAINTENANCE:
        return Tone.MAINTENANCE
    if incident.kind is Kind.NOTICE:
        return Tone.INFO
    return Tone.WARNING if phase is Phase.MONITORING else IMPACT_TONES[incident.impact]


def _headline(incident: Incident, words: Words) -> str:
    title = shorten(incident.title, 200)
    return f"{title} – {words(HEALTHS[last_health(incident)])}" if incident.is_ours else title


def _lead(change: Change, words: Words) -> Rich:
    incident = change.incident
    if change.news is News.UNLISTED and incident.phase.is_over:
        return (words("The provider took this off its page, which is how this page says that it is over."),)
    if change.news is News.UNLISTED:
        return (words("The provider's page no longer lists this and never said that it ended."),)
    if incident.is_ours:
        return (words("The provider's page shows this, and tells of no incident."),)
    state = phase_of(incident, words)
    parts: list[str | Bold] = [Bold(state)]
    if incident.kind is Kind.INCIDENT and not incident.phase.is_over:
        impact = or_raw(words(IMPACTS[incident.impact]), incident.raw_impact)
        parts.append(" – " + words("impact: {impact}", impact=impact))
    elif incident.kind is not Kind.INCIDENT:
        parts.append(" – " + words(KINDS[incident.kind]))
    return (*parts, *_ended_after(incident, words))


def _ended_after(incident: Incident, words: Words) -> Rich:
    took = _took(incident)
    return (" – " + words("lasted {time}", time=duration(words, took)),) if took else ()


def _ended(incident: Incident, phase: Phase, words: Words) -> Rich:
    took = _took(incident) if phase.is_over and phase is not Phase.POSTMORTEM else None
    return (words("It lasted {time}.", time=duration(words, took)),) if took else ()


def _took(incident: Incident) -> timedelta | None:
    if not (incident.phase.is_over and incident.started_at and incident.resolved_at):
        return None
    took = incident.resolved_at - incident.started_at
    return took if took > timedelta(0) else None


def _reply_title(change: Change, phase: Phase, raw: str, words: Words) -> str:
    if change.news is News.UNLISTED and not phase.is_over:
        return words("no longer listed by the provider")
    if change.incident.is_ours:
        return _headline(change.incident, words)
    if phase is Phase.UNKNOWN and not raw:
        return words("Update")
    return or_raw(words(PHASES[phase]), raw)


def _latest_text(incident: Incident) -> str:
    return shorten(incident.latest.text, QUOTE_MOST) if incident.latest else ""


def _facts(incident: Incident, components: Sequence[Component], words: Words) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    labels = [component.label for component in components if component.id in incident.components]
    if labels and not incident.is_ours:
        facts.append(Fact(words("Parts concerned"), (_some(labels, words),)))
    if incident.kind is Kind.MAINTENANCE and incident.started_at:
        until: Rich = (" – ", Moment(incident.until)) if incident.until else ()
        facts.append(Fact(words("When"), (Moment(incident.started_at), *until)))
    elif incident.started_at and not incident.phase.is_over:
        facts.append(Fact(words("Since"), (Moment(incident.started_at),)))
    return tuple(facts)


def _some(labels: Sequence[str], words: Words) -> str:
    shown = ", ".join(labels[:PARTS_SHOWN])
    more = len(labels) - PARTS_SHOWN
    return shown + (" " + words.plural("and {n} more", "and {n} more", more) if more > 0 else "")


def _footer(incident: Incident, service: Service, words: Words) -> Rich:
    page: Rich = (Link(words("Status page"), incident.url or service.page),)
    at = incident.latest.posted_at if incident.latest else None
    return (*page, " · ", words("last update"), " ", Moment(at)) if at else page


def _posted(change: Change) -> Rich:
    at = change.update.posted_at if change.update else None
    return (Moment(at, Shape.DATETIME),) if at else ()
