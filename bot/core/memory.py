"""remember: what the page says now, plus what we must not forget that it said. Pure.

Two things a page does not keep for us: incidents that it stopped listing (told again, they would be noise), and
components that changed while no incident was posted (`core/episodes.py`).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.aliases import known_again
from bot.core.episodes import episodes
from bot.domain.status import Absent, Kind, Phase, Snapshot

ABSENT_POLLS = 3
ABSENT_FOR = timedelta(minutes=10)
ABSENT_KEPT = timedelta(days=30)
ABSENT_MOST = 200


def remember(old: Snapshot | None, new: Snapshot, now: datetime) -> Snapshot:
    """Return `new` with the incidents it no longer lists and the component episodes that go on."""
    if old is None:
        return replace(new, incidents=(*new.incidents, *episodes((), new, now)))
    new = known_again(old, new)
    listed = {incident.id for incident in new.incidents}
    ours = tuple(incident for incident in old.incidents if incident.is_ours)
    return replace(
        new,
        incidents=(*(i for i in new.incidents if not i.is_ours), *episodes(ours, new, now)),
        absent=_absent(old, new, listed, now),
    )


def waits_for_absent(snapshot: Snapshot) -> bool:
    """Whether an open incident is missing and not yet told: then an unchanged page counts as another miss."""
    return any(not absent.told and not absent.incident.phase.is_over for absent in snapshot.absent)


def _absent(old: Snapshot, new: Snapshot, listed: set[str], now: datetime) -> tuple[Absent, ...]:
    before = {absent.incident.id: absent for absent in old.absent}
    fresh = (
        Absent(incident=incident, since=now, polls=0)
        for incident in old.incidents
        if not incident.is_ours and incident.id not in before
    )
    missing = [absent for absent in (*before.values(), *fresh) if absent.incident.id not in listed]
    kept = [_missed(absent, now) for absent in missing if now - absent.since < ABSENT_KEPT]
    if new.ends_by_leaving:
        kept = [_ended(absent) for absent in kept]
    return tuple(sorted(kept, key=lambda absent: absent.since, reverse=True)[:ABSENT_MOST])


def _missed(absent: Absent, now: datetime) -> Absent:
    polls = absent.polls + 1
    told = absent.told or (polls >= ABSENT_POLLS and now - absent.since >= ABSENT_FOR)
    return replace(absent, polls=polls, told=told)


def _ended(absent: Absent) -> Absent:
    """On some pages an incident that leaves the list is over, and nothing else ever says so."""
    incident = absent.incident
    if not absent.told or incident.phase.is_over or incident.phase is Phase.SCHEDULED:
        return absent
    over = Phase.COMPLETED if incident.kind is Kind.MAINTENANCE else Phase.RESOLVED
    return replace(absent, incident=replace(incident, phase=over, raw_phase="", resolved_at=absent.since))
