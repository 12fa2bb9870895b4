"""When a drill begins and ends, what its page says, and what is made of what people did."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.console.draw import plain
from bot.core import drill as core
from bot.core.catalogue import Found
from bot.core.diff import diff
from bot.core.drill import Turn
from bot.core.drill_page import documents, moments
from bot.core.drill_told import PLANNED
from bot.core.memory import remember
from bot.core.render_drill import marked, result
from bot.core.standing import Standing, standing
from bot.domain.change import News
from bot.domain.drill import Act, Course, Drill, DrillPlan, End, Every, Report
from bot.domain.status import Health, Kind, Phase
from bot.feeds.formats.statuspage import FORMAT
from bot.locale import languages
from tests.fakes import NOON
from tests.made import CHAT, FRESH, LAMP, TEAM, incident, snapshot

ENGLISH, FRENCH = languages()["en"], languages()["fr"]
MINUTE = timedelta(minutes=1)
FOUND = Found(service=LAMP, part=LAMP.parts[0])
DRILL = Drill(target=TEAM, service="lamp:chat", started_by="U1", started_at=NOON, ends_at=NOON + 20 * MINUTE, id=7)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
PLAN = DrillPlan(target=TEAM, service="lamp", every=Every.MONTHLY, minutes=15, planned_by="U1", next_at=MONDAY)


def real(*incidents: object, health: Health = Health.OPERATIONAL) -> Standing:
    page = snapshot(*incidents, health=health)  # type: ignore[arg-type] # a Health
    return standing(LAMP, None, page, FRESH, NOON)


def test_a_drill_has_a_service_of_its_own_that_says_which_one_it_stands_for() -> None:
    slug = core.slug_of(DRILL)
    assert (slug, core.number_of(slug), core.real_slug(slug)) == ("planb-drill-7-lamp", 7, "lamp")
    assert (core.is_drill("lamp"), core.real_slug("lamp")) == (False, "lamp")
    assert not core.is_drill(PLANNED)
    assert core.real_slug("planb-drill-7-azure-openai") == "azure-openai"


def test_its_page_opens_goes_on_and_closes_and_each_word_is_news_once() -> None:
    service = core.service_of(DRILL, FOUND, "statuspage")
    old, told = None, []
    over = replace(DRILL, ended_at=DRILL.ends_at)
    for drill, minute in ((DRILL, 0), (DRILL, 4), (DRILL, 8), (DRILL, 16), (over, 20), (over, 21)):
        now = NOON + minute * MINUTE
        new = remember(old, FORMAT.parse(documents(drill, FOUND, ENGLISH, now), service.page), now)
        changes = diff(old, new, service=service.slug, feed=service.slug, now=now)
        told += [(minute, change.incident.phase) for change in changes if change.news is not News.NOTHING]
        old = new
    assert told == [
        (0, Phase.INVESTIGATING),
        (8, Phase.IDENTIFIED),
        (16, Phase.MONITORING),
        (20, Phase.RESOLVED),
    ]


def test_its_page_names_the_part_that_fails() -> None:
    page = FORMAT.parse(documents(DRILL, FOUND, ENGLISH, NOON), LAMP.page)
    (component,) = page.components
    assert component.name == "Lamp Chat"
    assert component.health is Health.MAJOR_OUTAGE
    assert page.incidents[0].components == (component.id,)
    whole = replace(DRILL, service="lamp")
    assert FORMAT.parse(documents(whole, Found(service=LAMP), ENGLISH, NOON), LAMP.page).components == ()


def test_a_drill_that_is_stopped_early_skips_what_it_had_to_say() -> None:
    stopped = replace(DRILL, ended_at=NOON + 3 * MINUTE)
    assert moments(DRILL) == tuple(NOON + minute * MINUTE for minute in (0, 8, 14, 20))
    assert moments(stopped) == (NOON, NOON + 3 * MINUTE)
    (told,) = FORMAT.parse(documents(stopped, FOUND, ENGLISH, NOON + 30 * MINUTE), LAMP.page).incidents
    assert [update.phase for update in told.updates] == [Phase.INVESTIGATING, Phase.RESOLVED]
    assert "stopped" in told.updates[-1].text


@pytest.mark.parametrize(
    ("about", "ends"),
    [
        (real(), None),
        (real(health=Health.PARTIAL_OUTAGE), End.REAL),
        (real(incident(started_at=NOON + MINUTE, components=("c1",))), End.REAL),
        (real(incident(kind=Kind.MAINTENANCE, phase=Phase.IN_PROGRESS)), None),
        (None, None),
    ],
)
def test_only_real_trouble_ends_a_drill_before_its_time(about: Standing | None, ends: End | None) -> None:
    assert core.ending(DRILL, about, NOON + 2 * MINUTE) is ends


def test_its_time_ends_it_and_what_is_real_is_said_first() -> None:
    assert core.ending(DRILL, real(), DRILL.ends_at) is End.TIME
    assert core.ending(DRILL, real(health=Health.DEGRADED), DRILL.ends_at) is End.REAL


def test_why_it_ended_follows_from_when() -> None:
    assert core.end_of(DRILL) is None
    assert core.end_of(replace(DRILL, ended_at=DRILL.ends_at)) is End.TIME
    assert core.end_of(replace(DRILL, ended_at=NOON + MINUTE)) is End.STOPPED
    assert core.end_of(replace(DRILL, ended_at=NOON + MINUTE, course=Course(end=End.REAL))) is End.REAL


def test_who_switched_and_is_back_by_the_end_has_switched_all_the_same() -> None:
    seen = core.observed(Course(), [Act(person="ann", at=NOON + MINUTE, tool="torch")], ["Candle"])
    later = [Act(person="ann", at=NOON + 9 * MINUTE), Act(person="bob", at=NOON + 5 * MINUTE, is_blocked=True)]
    seen = core.observed(seen, later, ["Candle", "Gas"])
    assert (seen.first_at, seen.moves, seen.acted) == (NOON + MINUTE, {"ann": "torch"}, ("ann", "bob"))
    drill = replace(DRILL, course=seen, ended_at=DRILL.ends_at)
    said = core.report(drill, links=("a", "b"), broken=("b",))
    assert said == Report(
        end=End.TIME, first=60, acted=2, switched=1, blocked=1, tools=("torch",),
        links=2, broken=("b",), failed=("Candle", "Gas"),
    )  # fmt: skip
    assert core.anonymous(seen, said) == Course(first_at=NOON + MINUTE, failed=("Candle", "Gas"), report=said)


def test_the_report_reads_like_a_report() -> None:
    report = Report(
        end=End.TIME, first=75, acted=4, switched=3, blocked=2, tools=("Torch",), links=2,
        broken=("https://x.example",), failed=("Candle",),
    )  # fmt: skip
    said = plain(result(report, "Lamp", ENGLISH), NOON)
    for words in (
        "can go back to Lamp",
        "Blocked: 2",
        "after 1 min",
        "3 of 4 who took part (75 %)",
        "Torch",
        "1 of 2",
        "https://x.example",
        "Candle",
    ):
        assert words in said
    french = plain(result(report, "Lamp", FRENCH), NOON)
    assert "sur\u00a04" in french
    assert "nobody pressed or said anything" in plain(result(Report(end=End.REAL), "Lamp", ENGLISH), NOON)


@pytest.mark.parametrize(
    ("report", "practised"),
    [
        (None, False),
        (Report(end=End.STOPPED), False),
        (Report(end=End.REAL, acted=1), True),
        (Report(end=End.TIME), True),
    ],
)
def test_a_drill_is_practice_where_it_ran_its_time_or_somebody_did_something(
    report: Report | None, *, practised: bool
) -> None:
    assert core.is_practice(report) is practised


def test_nobody_is_sent_back_to_a_tool_that_fails_in_earnest() -> None:
    said = plain(marked(result(Report(end=End.REAL), "Lamp", ENGLISH), ENGLISH, in_earnest=True), NOON)
    assert said.startswith("DRILL – ")
    assert "real incident now" in said
    assert "go back" not in said
    assert "nothing is down" not in said


def test_people_can_go_back_while_the_drill_still_runs() -> None:
    """Its part is green from the fix on, and it must hold for a tenth of its time only."""
    page = FORMAT.parse(documents(DRILL, FOUND, ENGLISH, NOON + 15 * MINUTE), LAMP.page)
    assert [one.health for one in page.components] == [Health.OPERATIONAL]
    assert moments(DRILL)[2] + core.hold_down(DRILL) == NOON + 16 * MINUTE


@pytest.mark.parametrize(
    ("after", "every", "day"),
    [
        (datetime(2026, 11, 20, 22, 30, tzinfo=UTC), Every.WEEKLY, 27),
        (datetime(2026, 11, 21, 9, tzinfo=UTC), Every.WEEKLY, 30),  # a Saturday: the Monday after
        (datetime(2026, 10, 31, 9, tzinfo=UTC), Every.MONTHLY, 30),  # November has no 31st
        (datetime(2025, 12, 31, 9, tzinfo=UTC), Every.MONTHLY, 2),  # January's is a Saturday
    ],
)
def test_planned_drills_come_on_working_days(after: datetime, every: Every, day: int) -> None:
    for channel in map(str, range(40)):
        at = core.next_time(every, after, replace(TEAM, channel=channel), 120)
        assert (at.day, at.weekday() < 5, at.minute) == (day, True, 0)
        assert at.hour >= 9
        assert at + timedelta(minutes=120) <= at.replace(hour=16)


def test_not_every_channel_practises_at_the_same_hour() -> None:
    hours = {core.next_time(Every.WEEKLY, NOON, replace(TEAM, channel=str(n)), 15).hour for n in range(50)}
    assert hours == {9, 10, 11, 12, 13, 14, 15}


@pytest.mark.parametrize(
    ("hours", "announced", "then"),
    [
        (-25, False, Turn.WAIT),
        (-24, False, Turn.ANNOUNCE),
        (-24, True, Turn.WAIT),
        (-20, False, Turn.ANNOUNCE),
        (-19, False, Turn.PUT_OFF),  # nobody is surprised
        (0, False, Turn.PUT_OFF),
        (0, True, Turn.START),
        (0.5, True, Turn.START),
        (0.6, True, Turn.PUT_OFF),  # we were not there
    ],
)
def test_a_planned_drill_is_announced_a_day_before_or_put_off(
    hours: float,
    announced: bool,  # noqa: FBT001 - a row of a table
    then: Turn,
) -> None:
    assert core.turn(PLAN, MONDAY + timedelta(hours=hours), announced=announced) is then


def test_no_planned_drill_begins_outside_working_hours() -> None:
    late = replace(PLAN, next_at=MONDAY.replace(hour=15, minute=50))
    assert core.turn(late, MONDAY.replace(hour=16, minute=1), announced=True) is Turn.PUT_OFF
    put_off = core.put_off(MONDAY, TEAM, 15)
    assert timedelta(days=1) < put_off - MONDAY < timedelta(days=3)
    assert core.works(put_off)


def test_a_part_of_a_real_replay_keeps_the_names_of_its_page() -> None:
    assert core.service_of(replace(DRILL, scenario="x"), FOUND, "incidentio").parts == LAMP.parts
    assert core.service_of(DRILL, FOUND, "statuspage").parts[0].components == (LAMP.parts[0].name,)
    assert CHAT.name in LAMP.parts[0].components
