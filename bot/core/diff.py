"""diff: what is new between two snapshots. Pure; every change has its reason, silence included.

The rules come from thousands of captured documents: updates are keyed by id and edited in place for days; an
incident's `components` show the present and are no news; phases go back; what is seen first may be over already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.episodes import last_health
from bot.core.text import same_text
from bot.domain.change import Change, News, Reason
from bot.domain.status import Health, Incident, Phase, Snapshot, Update

JUST_NOW = timedelta(hours=3)
"""An incident first seen closed is told if it ended no longer ago than this; pages backfill older ones."""
LINGERING = timedelta(days=14)
"""An open incident without a word for as long is not told when we begin to watch: pages forget to close some."""
RECENT = timedelta(hours=24)
"""An entry that does not say whether it is open is told if it is no older than this."""


@dataclass(frozen=True, slots=True)
class _Look:
    service: str
    feed: str
    first: bool
    now: datetime

    def change(self, news: News, reason: Reason, incident: Incident, update: Update | None = None) -> Change:
        component = incident.components[0] if incident.is_ours else ""
        return Change(
            service=self.service,
            feed=self.feed,
            news=news,
            reason=reason,
            incident=incident,
            update=update,
            component=component,
        )


def diff(old: Snapshot | None, new: Snapshot, *, service: str, feed: str, now: datetime) -> tuple[Change, ...]:
    """Compare a remembered snapshot with the newer one (see `memory.remember`), incidents oldest first."""
    look = _Look(service, feed, old is None, now)
    known = _known(old) if old else {}
    ordered = sorted(new.incidents, key=lambda incident: (_began(incident, now), incident.id))
    changes = [change for incident in ordered for change in _incident(look, known.get(incident.id), incident)]
    if old:
        gone = {absent.incident.id for absent in old.absent}
        changes += [
            look.change(News.NOTHING, Reason.BACK_ON_THE_PAGE, incident)
            for incident in ordered
            if incident.id in gone and not any(change.incident.id == incident.id for change in changes)
        ]
        changes += _unlisted(look, old, new)
    return tuple(changes)


def _known(old: Snapshot) -> dict[str, Incident]:
    return {absent.incident.id: absent.incident for absent in old.absent} | {i.id: i for i in old.incidents}


def _began(incident: Incident, now: datetime) -> datetime:
    return incident.started_at or (incident.updates[0].posted_at if incident.updates else None) or now


def _incident(look: _Look, before: Incident | None, after: Incident) -> Iterable[Change]:
    if after.is_ours:
        return _episode(look, before, after)
    if before is None:
        return (_first_sight(look, after),)
    return _again(look, before, after)


def _first_sight(look: _Look, incident: Incident) -> Change:
    news, reason = _first_reason(look, incident)
    return look.change(news, reason, incident, incident.latest)


def _first_reason(look: _Look, incident: Incident) -> tuple[News, Reason]:
    if incident.phase.is_open:
        return _first_open(look, incident)
    if incident.phase is Phase.SCHEDULED:
        return (News.NOTHING, Reason.NOT_STARTED) if look.first else (News.OPENED, Reason.NEW_INCIDENT)
    if incident.phase is Phase.UNKNOWN:
        told = not look.first and look.now - _said(incident, look.now) < RECENT
        return (News.OPENED, Reason.NEW_INCIDENT) if told else (News.NOTHING, Reason.OPENNESS_UNSAID)
    if look.first:
        return News.NOTHING, Reason.CLOSED_AT_FIRST_SIGHT
    if look.now - (incident.resolved_at or _said(incident, look.now)) < JUST_NOW:
        return News.APPEARED_CLOSED, Reason.JUST_CLOSED
    return News.NOTHING, Reason.CLOSED_LONG_AGO


def _first_open(look: _Look, incident: Incident) -> tuple[News, Reason]:
    if not look.first:
        return News.OPENED, Reason.NEW_INCIDENT
    lingers = look.now - _said(incident, look.now) > LINGERING
    return (News.NOTHING, Reason.LINGERING) if lingers else (News.OPENED, Reason.OPEN_AT_FIRST_SIGHT)


def _said(incident: Incident, now: datetime) -> datetime:
    return (incident.latest.posted_at if incident.latest else None) or incident.started_at or now


def _again(look: _Look, before: Incident, after: Incident) -> Iterator[Change]:
    seen = {update.id for update in before.updates}
    fresh = [update for update in after.updates if update.id not in seen]
    for number, update in enumerate(fresh):
        reason = _turn(before, after) if number == len(fresh) - 1 else Reason.NEW_UPDATE
        yield look.change(News.UPDATED, reason, after, update)
    if not fresh and _turned(before, after):
        yield look.change(News.UPDATED, _turn(before, after, Reason.PHASE_WITHOUT_UPDATE), after)
    elif edited := _edited(before, after):
        yield look.change(News.EDITED, edited, after, None)
    elif not fresh and before.components != after.components:
        yield look.change(News.NOTHING, Reason.ONLY_COMPONENTS, after)


def _turned(before: Incident, after: Incident) -> bool:
    """The phase changed in a way people act on; resolved to post-mortem is the same end."""
    return before.phase is not after.phase and not (before.phase.is_over and after.phase.is_over)


def _turn(before: Incident, after: Incident, otherwise: Reason = Reason.NEW_UPDATE) -> Reason:
    if before.phase.is_over and not after.phase.is_over:
        return Reason.REOPENED
    if before.phase is Phase.SCHEDULED and after.phase.is_open:
        return Reason.STARTED
    return otherwise


def _edited(before: Incident, after: Incident) -> Reason | None:
    earlier = {update.id: update for update in before.updates}
    for update in after.updates:
        was = earlier.get(update.id)
        if was and (was.phase is not update.phase or not same_text(was.text, update.text)):
            return Reason.TEXT_EDITED
    if not same_text(before.title, after.title):
        return Reason.TITLE_EDITED
    return Reason.IMPACT_EDITED if before.impact is not after.impact else None


def _episode(look: _Look, before: Incident | None, after: Incident) -> Iterator[Change]:
    if before is None:
        yield look.change(News.OPENED, Reason.COMPONENT_WORSE, after, after.latest)
    elif len(after.updates) > len(before.updates):
        back = last_health(after) is Health.OPERATIONAL
        reason = Reason.COMPONENT_BACK if back else Reason.COMPONENT_CHANGED
        yield look.change(News.UPDATED, reason, after, after.latest)


def _unlisted(look: _Look, old: Snapshot, new: Snapshot) -> Iterator[Change]:
    told = {absent.incident.id for absent in old.absent if absent.told}
    over = {key for key, incident in _known(old).items() if incident.phase.is_over}
    for absent in new.absent:
        if absent.told and absent.incident.id not in told | over:
            ended = absent.incident.phase.is_over
            yield look.change(
                News.UNLISTED, Reason.ENDED_BY_LEAVING if ended else Reason.NO_LONGER_LISTED, absent.incident
            )
