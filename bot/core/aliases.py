"""aliases: the same incidents under new ids. Pure.

Pages change the ids of their entries: a new template, a move to another host, a product that makes them from the text.
Told again, they would all be noise. An incident is known again by its title and its start, or by an address of its own.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from bot.core.text import fold
from bot.domain.status import Incident, Snapshot, Update


def known_again(old: Snapshot, new: Snapshot) -> Snapshot:
    """`new`, with the old ids of incidents that the page lists under other ids now."""
    before = [*old.incidents, *(absent.incident for absent in old.absent)]
    known = {incident.id for incident in before}
    listed = {incident.id for incident in new.incidents}
    lost = [incident for incident in before if incident.id not in listed and not incident.is_ours]
    if not lost or not listed - known:
        return new
    fresh = [incident for incident in new.incidents if incident.id not in known]
    named = _sure(lost).keys() & _sure(fresh).keys()
    owners = {mark: incident for mark, incident in _sure(lost).items() if mark in named}
    renamed = {incident.id: owners[mark] for mark, incident in _sure(fresh).items() if mark in owners}
    incidents = tuple(_as_before(renamed.get(one.id), one) for one in new.incidents)
    return replace(new, incidents=incidents)


def _sure(incidents: Iterable[Incident]) -> dict[tuple[str, str], Incident]:
    """Incidents by what tells them apart; what several share tells nothing."""
    incidents = tuple(incidents)
    marks = [(mark, incident) for incident in incidents for mark in _marks(incident)]
    count = Counter(mark for mark, _ in marks)
    return {mark: incident for mark, incident in marks if count[mark] == 1}


def _marks(incident: Incident) -> Iterable[tuple[str, str]]:
    if incident.title and incident.started_at:
        yield fold(incident.title), incident.started_at.isoformat()
    if incident.url:
        yield "url", incident.url


def _as_before(before: Incident | None, after: Incident) -> Incident:
    if before is None:
        return after
    ids = {_moment(update): update.id for update in before.updates}
    updates = tuple(replace(update, id=ids.get(_moment(update), update.id)) for update in after.updates)
    return replace(after, id=before.id, updates=updates)


def _moment(update: Update) -> tuple[str, str]:
    return str(update.posted_at), update.phase
