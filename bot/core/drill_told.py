"""drill_told: what a channel is told of a drill beside its page: that one comes, and what came of it. Pure."""

from datetime import datetime

from bot.core.drill import slug_of, threads_of
from bot.domain.change import Change, News, Reason
from bot.domain.drill import Drill, DrillPlan
from bot.domain.status import Incident, Kind, Phase, Update
from bot.domain.subscription import Action, Delivery
from bot.domain.words import Language

PLANNED = "planb-drill-plan"
"""The feed that announcements belong to."""
_REPORT = "drill-report"


def is_report(change: Change) -> bool:
    """Whether a message is the report of a drill."""
    return change.update is not None and change.update.id == _REPORT


def reporting(drill: Drill, name: str, thread: str, now: datetime) -> Delivery:
    """The promise to tell the report under the first message of the drill."""
    update = Update(id=_REPORT, phase=Phase.RESOLVED, text="", posted_at=now)
    incident = Incident(
        id=thread.removeprefix(threads_of(drill)),
        kind=Kind.NOTICE,
        title=name,
        phase=Phase.RESOLVED,
        updates=(update,),
    )
    slug = slug_of(drill)
    change = Change(
        service=slug, feed=slug, news=News.UPDATED, reason=Reason.NEW_UPDATE, incident=incident, update=update
    )
    return Delivery(
        key=f"{thread}|{_REPORT}",
        target=drill.target,
        action=Action.REPLY,
        change=change,
        reason="the result of a drill",
        language=drill.course.language,
    )


def announcing(plan: DrillPlan, name: str, language: Language) -> Delivery:
    """The promise to tell a channel of tomorrow's drill, once for each occasion."""
    incident = Incident(id=plan.key, kind=Kind.NOTICE, title=name, phase=Phase.SCHEDULED, started_at=plan.next_at)
    change = Change(service="", feed=PLANNED, news=News.OPENED, reason=Reason.NOT_STARTED, incident=incident)
    return Delivery(
        key=f"{plan.target.key}|{PLANNED}|{plan.key}|{Action.POST}",
        target=plan.target,
        action=Action.POST,
        change=change,
        reason="a planned drill comes tomorrow",
        language=language,
    )
