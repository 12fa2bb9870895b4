"""route: who is told what, and why not. Pure; a decision to stay silent is a delivery with action `none`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from bot.core.scope import Concerns, concerns, meant_parts
from bot.domain.change import Change, News
from bot.domain.service import Service
from bot.domain.status import Impact, Incident, Kind, Phase, Snapshot
from bot.domain.subscription import Action, Delivery, MaintenanceWish, Subscription


class Silence(StrEnum):
    """Why a channel is not told a change that is news."""

    OTHER_PARTS = "about other parts than this channel follows"
    COMPONENT_ONLY = "a part changed without an incident, and this channel does not follow it by name"
    TOO_SMALL = "below the least impact this channel wants"
    PLANNED_WORK = "this channel does not want planned work"
    NOT_YET = "planned work is told here when it starts"
    NEVER_TOLD = "over, and never told here"


def thread_key(subscription: Subscription, change: Change) -> str:
    """What one incident is in one channel."""
    return f"{subscription.target.key}|{change.feed}|{change.incident.id}"


def route(
    changes: Sequence[Change],
    subscriptions: Iterable[Subscription],
    *,
    service: Service,
    snapshot: Snapshot,
    rooted: frozenset[str],
    now: datetime,
) -> tuple[Delivery, ...]:
    """Decide for each channel. `snapshot` is the page now, `rooted` are the thread keys already told there.

    One incident is one message per channel (`post`), each new update a reply, and the first message is edited to the
    latest state. What was told once is told to its end, whatever the filters say by then.
    """
    grouped = [tuple(group) for _, group in groupby(changes, key=lambda change: change.incident.id)]
    return tuple(
        delivery
        for subscription in subscriptions
        for group in grouped
        for delivery in _for_channel(subscription, group, service, snapshot, rooted, now)
    )


def _for_channel(
    subscription: Subscription,
    group: tuple[Change, ...],
    service: Service,
    snapshot: Snapshot,
    rooted: frozenset[str],
    now: datetime,
) -> Iterable[Delivery]:
    news = [change for change in group if change.news is not News.NOTHING]
    if not news:
        return (_delivery(subscription, group[-1], Action.NONE, group[-1].reason, now),)
    last = news[-1]
    if thread_key(subscription, last) in rooted:
        return _continue(subscription, news, now)
    silence = _silence(subscription, last, service, snapshot)
    if silence:
        return (_delivery(subscription, last, Action.NONE, silence, now),)
    return (_delivery(subscription, last, Action.POST, last.reason, now),)


def _continue(subscription: Subscription, news: Sequence[Change], now: datetime) -> Iterable[Delivery]:
    for change in news:
        if change.news is not News.EDITED:
            yield _delivery(subscription, change, Action.REPLY, change.reason, now)
    yield _delivery(subscription, news[-1], Action.EDIT, news[-1].reason, now)


def _silence(subscription: Subscription, change: Change, service: Service, snapshot: Snapshot) -> Silence | None:
    incident = change.incident
    parts = meant_parts(service, subscription.parts)
    if change.component and not subscription.parts and snapshot.tells_incidents:
        return Silence.COMPONENT_ONLY
    if concerns(service, parts, incident, snapshot.components) is Concerns.NO:
        return Silence.OTHER_PARTS
    if incident.kind is Kind.MAINTENANCE and (silence := _planned(subscription, incident)):
        return silence
    if _too_small(subscription, incident):
        return Silence.TOO_SMALL
    if change.news is not News.APPEARED_CLOSED and incident.phase.is_over:
        return Silence.NEVER_TOLD
    return None


def _planned(subscription: Subscription, incident: Incident) -> Silence | None:
    if subscription.maintenance is MaintenanceWish.OFF:
        return Silence.PLANNED_WORK
    if subscription.maintenance is MaintenanceWish.START and incident.phase is Phase.SCHEDULED:
        return Silence.NOT_YET
    return None


def _too_small(subscription: Subscription, incident: Incident) -> bool:
    """An unknown impact passes: silence would be a guess. Planned work has its own filter and no impact."""
    if incident.kind is Kind.MAINTENANCE or incident.impact is Impact.UNKNOWN:
        return False
    return incident.impact.rank < subscription.min_impact.rank


def _delivery(subscription: Subscription, change: Change, action: Action, reason: StrEnum, now: datetime) -> Delivery:
    return Delivery(
        key=f"{thread_key(subscription, change)}|{action}|{_point(change, action, now)}",
        target=subscription.target,
        action=action,
        change=change,
        reason=str(reason),
        language=subscription.language,
    )


def _point(change: Change, action: Action, now: datetime) -> str:
    """What makes the promise unique: an update is told once, an edit may be repeated at another time."""
    if change.update and action is not Action.EDIT:
        return change.update.id
    return f"{change.incident.phase}@{now.timestamp():.3f}"
