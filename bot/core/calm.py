"""calm: when a page last said something that those who look at it again and again could act on. Pure.

Nearly all pages tell of nothing but what is long over, and a look at thousands of them is dear.
"""

from datetime import UTC, datetime

from bot.core.recovery import recovers
from bot.domain.status import Absent, Incident, Snapshot

NEVER = datetime.min.replace(tzinfo=UTC)


def last_word(snapshot: Snapshot) -> datetime | None:
    """When the last of its incidents ended, NEVER where there are none; None while one goes on, or says no date."""
    ends = [*map(_end, snapshot.incidents), *map(_end_of_absent, snapshot.absent)]
    return None if None in ends else max(filter(None, ends), default=NEVER)


def _end(incident: Incident) -> datetime | None:
    if incident.phase.is_over:
        said = (incident.resolved_at, incident.started_at, *(update.posted_at for update in incident.updates))
        return max(filter(None, said), default=None)
    # What is planned, or a notice of which nobody says how it stands, is nothing that fails.
    return None if incident.phase.is_open or recovers(incident) else NEVER


def _end_of_absent(absent: Absent) -> datetime | None:
    end = _end(absent.incident)
    return None if end is None else max(end, absent.since)
