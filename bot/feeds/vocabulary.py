"""Words that mean the same wherever a status product uses them, however it writes them.

`DEGRADED_PERFORMANCE`, `Degraded Performance` and `degradedperformance` are one word. A product that means something
else by one of these has a table of its own. What is in no table is unknown and keeps its raw text.
"""

import re

from bot.domain.status import Health, Impact, Phase
from bot.feeds.plaintext import line

_HEALTHS = {
    "operational": Health.OPERATIONAL,
    "undermaintenance": Health.MAINTENANCE,
    "maintenance": Health.MAINTENANCE,
    "degraded": Health.DEGRADED,
    "degradedperformance": Health.DEGRADED,
    "partialoutage": Health.PARTIAL_OUTAGE,
    "majoroutage": Health.MAJOR_OUTAGE,
    "fulloutage": Health.MAJOR_OUTAGE,
    "outage": Health.MAJOR_OUTAGE,
    "down": Health.MAJOR_OUTAGE,
    "downtime": Health.MAJOR_OUTAGE,
}
_PHASES = {
    "investigating": Phase.INVESTIGATING,
    "identified": Phase.IDENTIFIED,
    "monitoring": Phase.MONITORING,
    "resolved": Phase.RESOLVED,
    "postmortem": Phase.POSTMORTEM,
    "scheduled": Phase.SCHEDULED,
    "planned": Phase.SCHEDULED,
    "notstartedyet": Phase.SCHEDULED,
    "inprogress": Phase.IN_PROGRESS,
    "verifying": Phase.VERIFYING,
    "completed": Phase.COMPLETED,
    "cancelled": Phase.CANCELLED,
    "canceled": Phase.CANCELLED,
}
_IMPACTS = {
    "none": Impact.NONE,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
}
HEALTH_OF_IMPACT = {
    Impact.NONE: Health.OPERATIONAL,
    Impact.MINOR: Health.DEGRADED,
    Impact.MAJOR: Health.PARTIAL_OUTAGE,
    Impact.CRITICAL: Health.MAJOR_OUTAGE,
    Impact.UNKNOWN: Health.UNKNOWN,
}
IMPACT_OF_HEALTH = {
    Health.OPERATIONAL: Impact.NONE,
    Health.MAINTENANCE: Impact.NONE,
    Health.DEGRADED: Impact.MINOR,
    Health.PARTIAL_OUTAGE: Impact.MAJOR,
    Health.MAJOR_OUTAGE: Impact.CRITICAL,
    Health.UNKNOWN: Impact.UNKNOWN,
}
"""Where a product says of an incident how the parts it concerns are, and has no severity besides."""


def bare(word: str) -> str:
    """Lower case letters and digits alone."""
    return re.sub(r"[^a-z0-9]+", "", word.lower())


def health_of(word: str) -> tuple[Health, str]:
    """The health that a word means, and the word itself where it is none of ours."""
    found = _HEALTHS.get(bare(word), Health.UNKNOWN)
    return found, line(word) if found is Health.UNKNOWN else ""


def phase_of(word: str) -> tuple[Phase, str]:
    """The phase that a word means, and the word itself where it is none of ours."""
    found = _PHASES.get(bare(word), Phase.UNKNOWN)
    return found, line(word) if found is Phase.UNKNOWN else ""


def impact_of(word: str) -> tuple[Impact, str]:
    """The impact that a word means, and the word itself where it is none of ours."""
    found = _IMPACTS.get(bare(word), Impact.UNKNOWN)
    return found, line(word) if found is Impact.UNKNOWN else ""


def planned(phase: Phase) -> Phase:
    """The phase of planned work, where a product uses the words of incidents for it."""
    return _OF_WORK.get(phase, phase)


_OF_WORK = {Phase.RESOLVED: Phase.COMPLETED, Phase.INVESTIGATING: Phase.IN_PROGRESS, Phase.MONITORING: Phase.VERIFYING}
