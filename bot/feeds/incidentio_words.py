"""The words of incident.io's own documents for where an incident stands; the v2 API writes Statuspage's."""

from bot.domain.status import Phase
from bot.feeds import vocabulary

_WORK = {
    "maintenance_scheduled": Phase.SCHEDULED,
    "maintenance_in_progress": Phase.IN_PROGRESS,
    "maintenance_complete": Phase.COMPLETED,
}


def phase_of(word: str) -> tuple[Phase, str]:
    """The phase, and the word itself where we do not know it."""
    known = _WORK.get(word)
    return (known, "") if known else vocabulary.phase_of(word)
