"""drill: what a drill is to the pipeline, when it begins, when it ends, and what is said of it afterwards. Pure.

A drill is a service of its own, which only its channel follows: `planb-drill-7-openai` stands for `openai` there. So
nothing of it can reach what is known of the real one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

from bot.core.catalogue import Found
from bot.core.standing import Standing
from bot.domain.drill import Act, Course, Drill, DrillPlan, End, Every, Report
from bot.domain.service import Feed, Service
from bot.domain.status import Kind
from bot.domain.subscription import Target

LEAST_MINUTES, MOST_MINUTES = 5.0, 120.0
PLANNED_MINUTES = 15.0
NOTICE = timedelta(days=1)
"""How long before a planned drill its channel is told."""
SHORT_NOTICE = timedelta(hours=20)
"""Who could not be told by then is not surprised: the drill is put off."""
LATE = timedelta(minutes=30)
OPENS, CLOSES = 9, 16
"""Working hours, UTC: a planned drill begins and ends between them, from Monday to Friday."""
TOLD_WITHIN = timedelta(minutes=2)
"""So long the report waits for the page's last word to be read."""
HOLDS = 0.1
"""The part of a drill that is its hold-down."""
KEPT = timedelta(days=1)
"""After its end a drill is still known for so long: a message of it may have had to wait."""
PREFIX = "planb-drill-"
"""Of every slug and feed that stands for a drilled service."""
_WEEKEND = 5
_DECEMBER = 12


class Turn(StrEnum):
    """What is to be done about a planned drill now."""

    WAIT = "wait"
    ANNOUNCE = "announce"
    START = "start"
    PUT_OFF = "put off"


def prefix_of(number: int) -> str:
    """What the slugs of a drill's service begin with."""
    return f"{PREFIX}{number}-"


def slug_for(number: int, service: str) -> str:
    """What stands for the service in that drill, and for its feed."""
    return prefix_of(number) + service.partition(":")[0]


def slug_of(drill: Drill) -> str:
    """Its service and its feed."""
    return slug_for(drill.id, drill.service)


def number_of(slug: str) -> int | None:
    """Which drill a service or a feed stands for; None for a real one."""
    number = slug.removeprefix(PREFIX).partition("-")[0]
    return int(number) if slug.startswith(PREFIX) and number.isascii() and number.isdecimal() else None


def is_drill(slug: str) -> bool:
    """Whether it stands for a drill: it is in no statistics and in no answer."""
    return number_of(slug) is not None


def real_slug(slug: str) -> str:
    """The service that is drilled; any other one is itself."""
    return slug.removeprefix(PREFIX).partition("-")[2] if is_drill(slug) else slug


def threads_of(drill: Drill) -> str:
    """What the keys of its threads begin with."""
    return f"{drill.target.key}|{slug_of(drill)}|"


def service_of(drill: Drill, found: Found, format_: str) -> Service:
    """What stands for the drilled service. Where the page is ours, its parts are called as people call them."""
    slug, parts = slug_of(drill), found.service.parts
    if not drill.scenario:
        parts = tuple(replace(part, components=(part.name,)) for part in parts)
    feed = Feed(id=slug, url=found.service.page, format=format_)
    return replace(found.service, slug=slug, feeds=(feed,), aliases=(), parts=parts)


def is_length(minutes: float) -> bool:
    """Whether a drill may be so long."""
    return LEAST_MINUTES <= minutes <= MOST_MINUTES


def interrupts(standing: Standing, since: datetime) -> bool:
    """Whether the real service has trouble: it fails, or an incident began. Planned work and what lingers do not."""
    began = [one for one in standing.incidents if one.kind is Kind.INCIDENT and one.phase.is_open and one.started_at]
    return standing.health.is_bad or any(one.started_at and one.started_at >= since for one in began)


def ending(drill: Drill, real: Standing | None, now: datetime) -> End | None:
    """Whether a running drill ends now, and why. What really happens comes first."""
    if real and interrupts(real, drill.started_at):
        return End.REAL
    return End.TIME if now >= drill.ends_at else None


def end_of(drill: Drill) -> End | None:
    """Why it ended; None while it runs. Nobody notes that somebody stopped it: the time says so."""
    if drill.ended_at is None:
        return None
    return drill.course.end or (End.STOPPED if drill.ended_at < drill.ends_at else End.TIME)


def hold_down(drill: Drill) -> timedelta:
    """How long its tool must work until people are told to go back: so that they practise that too before it ends."""
    return (drill.ends_at - drill.started_at) * HOLDS


def observed(course: Course, acts: Sequence[Act], failed: Iterable[str]) -> Course:
    """What was seen so far, with what is seen now. A person's later word takes nothing of the earlier one back."""
    first = min([act.at for act in acts] + ([course.first_at] if course.first_at else []), default=None)
    moves = {**course.moves, **{act.person: act.tool for act in acts if act.tool}}
    people = dict.fromkeys((*course.acted, *(act.person for act in acts)))
    return replace(
        course,
        first_at=first,
        moves=moves,
        acted=tuple(people),
        blocked=tuple(dict.fromkeys((*course.blocked, *(act.person for act in acts if act.is_blocked)))),
        failed=tuple(dict.fromkeys((*course.failed, *failed))),
    )


def report(drill: Drill, *, links: Collection[str], broken: Collection[str]) -> Report:
    """What it came to. `links` are the addresses that were asked, `broken` those that do not answer."""
    course = drill.course
    first = (course.first_at - drill.started_at).total_seconds() if course.first_at else None
    return Report(
        end=end_of(drill) or End.TIME,
        first=max(first, 0.0) if first is not None else None,
        acted=len(course.acted),
        switched=len(course.moves),
        blocked=len(course.blocked),
        tools=tuple(sorted(set(course.moves.values()))),
        links=len(links),
        broken=tuple(sorted(broken)),
        failed=course.failed,
    )


def is_practice(report: Report | None) -> bool:
    """Whether a team practised: one that was called off before anybody did anything is no drill."""
    return report is not None and (report.acted > 0 or report.end is End.TIME)


def anonymous(course: Course, report: Report) -> Course:
    """What is kept: the report, and nobody's name."""
    return replace(course, moves={}, acted=(), blocked=(), report=report)


def next_time(every: Every, after: datetime, target: Target, minutes: float) -> datetime:
    """A week or a month later, on a working day, at an hour of the channel's own: not all drills begin at once."""
    day = after + timedelta(days=7) if every is Every.WEEKLY else _a_month_after(after)
    return _at_work(day, target, minutes)


def put_off(now: datetime, target: Target, minutes: float) -> datetime:
    """The next working day that leaves time to tell the channel before."""
    return _at_work(now + NOTICE + timedelta(days=1), target, minutes)


def turn(plan: DrillPlan, now: datetime, *, announced: bool) -> Turn:
    """What is to be done about a planned drill."""
    left = plan.next_at - now
    if left > NOTICE:
        return Turn.WAIT
    if not announced:
        return Turn.ANNOUNCE if left >= SHORT_NOTICE else Turn.PUT_OFF
    if left > timedelta():
        return Turn.WAIT
    return Turn.START if -left <= LATE and works(now) else Turn.PUT_OFF


def works(now: datetime) -> bool:
    """Whether people are at work, as far as UTC can say."""
    return now.weekday() < _WEEKEND and OPENS <= now.hour < CLOSES


def _a_month_after(after: datetime) -> datetime:
    year, month = (after.year + 1, 1) if after.month == _DECEMBER else (after.year, after.month + 1)
    for day in range(after.day, 27, -1):
        try:
            return after.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return after.replace(year=year, month=month)


def _at_work(day: datetime, target: Target, minutes: float) -> datetime:
    hours = CLOSES - OPENS - int(-(-minutes // 60))
    hour = OPENS + crc32(target.key.encode()) % (hours + 1)
    day = day.replace(hour=hour, minute=0, second=0, microsecond=0)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= _WEEKEND else 0)
