"""The words for states, in one place, so that every card says the same. Tables, not branches."""

from datetime import timedelta

from bot.domain.card import Tone
from bot.domain.status import Health, Impact, Incident, Kind, Phase
from bot.domain.words import Words, mark

HEALTHS = {
    Health.OPERATIONAL: mark("Operational"),
    Health.MAINTENANCE: mark("Under maintenance"),
    Health.UNKNOWN: mark("Unknown"),
    Health.DEGRADED: mark("Degraded"),
    Health.PARTIAL_OUTAGE: mark("Partial outage"),
    Health.MAJOR_OUTAGE: mark("Major outage"),
}
PHASES = {
    Phase.INVESTIGATING: mark("Investigating"),
    Phase.IDENTIFIED: mark("Cause identified"),
    Phase.MONITORING: mark("Fix applied, being watched"),
    Phase.RESOLVED: mark("Resolved"),
    Phase.POSTMORTEM: mark("Post-mortem published"),
    Phase.SCHEDULED: mark("Planned"),
    Phase.IN_PROGRESS: mark("In progress"),
    Phase.VERIFYING: mark("Being verified"),
    Phase.COMPLETED: mark("Completed"),
    Phase.CANCELLED: mark("Cancelled"),
    Phase.UNKNOWN: mark("Phase not stated"),
}
IMPACTS = {
    Impact.UNKNOWN: mark("not stated"),
    Impact.NONE: mark("none"),
    Impact.MINOR: mark("minor"),
    Impact.MAJOR: mark("major"),
    Impact.CRITICAL: mark("critical"),
}
KINDS = {
    Kind.INCIDENT: mark("Incident"),
    Kind.MAINTENANCE: mark("Maintenance"),
    Kind.NOTICE: mark("Notice"),
}
HEALTH_TONES = {
    Health.OPERATIONAL: Tone.GOOD,
    Health.MAINTENANCE: Tone.MAINTENANCE,
    Health.UNKNOWN: Tone.UNKNOWN,
    Health.DEGRADED: Tone.WARNING,
    Health.PARTIAL_OUTAGE: Tone.BAD,
    Health.MAJOR_OUTAGE: Tone.CRITICAL,
}
IMPACT_TONES = {
    Impact.UNKNOWN: Tone.WARNING,
    Impact.NONE: Tone.INFO,
    Impact.MINOR: Tone.WARNING,
    Impact.MAJOR: Tone.BAD,
    Impact.CRITICAL: Tone.CRITICAL,
}

MARKS = {
    Tone.GOOD: "✅",
    Tone.INFO: "🔵",
    Tone.MAINTENANCE: "🔧",
    Tone.UNKNOWN: "❔",
    Tone.WARNING: "🟡",
    Tone.BAD: "🟠",
    Tone.CRITICAL: "🔴",
}
"""A mark for each tone; words beside it always say the same, never the colour alone."""


def phase_of(incident: Incident, words: Words) -> str:
    """Where an incident stands, in a word or two; no more than the page said."""
    if incident.phase.is_open and not incident.phase_stated:
        return or_raw(words("Open"), incident.raw_phase)
    return or_raw(words(PHASES[incident.phase]), incident.raw_phase)


def or_raw(translated: str, raw: str) -> str:
    """A state we know, or "unknown" with the provider's own word beside it."""
    return f"{translated} (“{raw}”)" if raw else translated


def titled(name: str, says: str, words: Words) -> str:
    """`GitHub: Major outage`; French puts a blank before the colon."""
    return words("{name}: {says}", name=name, says=says)


def duration(words: Words, delta: timedelta) -> str:
    """`2 h 14 min`, `3 d 4 h`, `1 min` at the least."""
    minutes = max(1, round(delta.total_seconds() / 60))
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return words("{days} d {hours} h", days=days, hours=hours)
    return words("{hours} h {minutes} min", hours=hours, minutes=minutes) if hours else f"{minutes} min"
