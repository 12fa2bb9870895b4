"""When people can go back, situation by situation."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.recovery import SHOWN, Recovery, Seen, Stage, look, recovers, recovery, relapsed
from bot.domain.status import Health, Incident, Kind, Phase, Update
from tests.fakes import NOON
from tests.made import CHAT, VIDEO, ended, incident, snapshot, update

HOLD = timedelta(minutes=15)


def at(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def said(*phases: tuple[Phase, float]) -> Incident:
    return incident(*(update(f"u{n}", phase, minutes=minutes) for n, (phase, minutes) in enumerate(phases)))


def stage(
    one: Incident, minutes: float, seen: Seen | None = None, *, fresh: bool = True, hold: timedelta = HOLD
) -> Stage:
    return judged(one, minutes, seen, fresh=fresh, hold=hold).stage


def judged(
    one: Incident, minutes: float, seen: Seen | None = None, *, fresh: bool = True, hold: timedelta = HOLD
) -> Recovery:
    return recovery(one, snapshot(one), seen or Seen(), now=NOON + at(minutes), hold=hold, is_fresh=fresh)


INVESTIGATING, IDENTIFIED = Phase.INVESTIGATING, Phase.IDENTIFIED
MONITORING, RESOLVED, UNKNOWN = Phase.MONITORING, Phase.RESOLVED, Phase.UNKNOWN
FIXED = said((INVESTIGATING, 0), (MONITORING, 30))
OVER = said((INVESTIGATING, 0), (MONITORING, 30), (RESOLVED, 40))
STRAIGHT = replace(said((INVESTIGATING, 0), (RESOLVED, 30)), resolved_at=NOON + at(30))
RELAPSED = said((INVESTIGATING, 0), (MONITORING, 30), (INVESTIGATING, 35))
AGAIN = said((INVESTIGATING, 0), (MONITORING, 30), (INVESTIGATING, 35), (MONITORING, 50))
CHATTY = said((INVESTIGATING, 0), (MONITORING, 30), (UNKNOWN, 40), (MONITORING, 44))
REOPENED = said((INVESTIGATING, 0), (RESOLVED, 30), (IDENTIFIED, 38), (RESOLVED, 60))


@pytest.mark.parametrize(
    ("one", "minutes", "expected"),
    [
        (said((INVESTIGATING, 0)), 300, Stage.FAILING),
        (said((INVESTIGATING, 0), (IDENTIFIED, 10)), 300, Stage.FAILING),
        (FIXED, 30, Stage.RECOVERING),
        (FIXED, 44.9, Stage.RECOVERING),
        (FIXED, 45, Stage.CLEAR),
        (OVER, 44, Stage.RECOVERING),
        (OVER, 45, Stage.CLEAR),
        (STRAIGHT, 30, Stage.RECOVERING),
        (STRAIGHT, 45, Stage.CLEAR),
        (RELAPSED, 35, Stage.FAILING),
        (RELAPSED, 300, Stage.FAILING),
        (AGAIN, 55, Stage.RECOVERING),
        (AGAIN, 65, Stage.CLEAR),
        (CHATTY, 45, Stage.CLEAR),
        (REOPENED, 70, Stage.RECOVERING),
        (REOPENED, 75, Stage.CLEAR),
        (STRAIGHT, 45 + SHOWN / timedelta(minutes=1), Stage.CLEAR),
        (STRAIGHT, 46 + SHOWN / timedelta(minutes=1), Stage.PAST),
    ],
)
def test_it_must_hold_for_a_while_without_a_relapse(one: Incident, minutes: float, expected: Stage) -> None:
    assert stage(one, minutes) is expected


def test_the_hold_down_can_be_none_and_hours() -> None:
    assert stage(FIXED, 30, hold=at(0)) is Stage.CLEAR
    assert stage(FIXED, 200, hold=at(240)) is Stage.RECOVERING


def test_it_says_since_when_it_is_better_and_until_when_it_must_hold() -> None:
    assert judged(OVER, 41) == Recovery(stage=Stage.RECOVERING, since=NOON + at(30), until=NOON + at(45))


def test_a_time_that_is_still_to_come_counts_from_now() -> None:
    assert judged(FIXED, 10).until == NOON + at(25)


def test_while_the_page_cannot_be_read_nobody_is_sent_back() -> None:
    assert stage(OVER, 60, fresh=False) is Stage.RECOVERING


@pytest.mark.parametrize(
    ("health", "expected"), [(Health.DEGRADED, Stage.RECOVERING), (Health.OPERATIONAL, Stage.CLEAR)]
)
def test_while_the_page_shows_a_part_of_it_failing_nobody_is_sent_back(health: Health, expected: Stage) -> None:
    one = replace(OVER, components=(CHAT.id,))
    page = snapshot(one, components=(replace(CHAT, health=health), replace(VIDEO, health=Health.MAJOR_OUTAGE)))
    assert recovery(one, page, Seen(), now=NOON + at(60), hold=HOLD, is_fresh=True).stage is expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (incident(id="i2"), Stage.RECOVERING),
        (incident(id="i2", components=(CHAT.id,)), Stage.RECOVERING),
        (incident(id="i2", components=(VIDEO.id,)), Stage.CLEAR),
        (incident(id="i2", phase=MONITORING), Stage.CLEAR),
        (incident(id="i2", kind=Kind.MAINTENANCE, phase=Phase.IN_PROGRESS), Stage.CLEAR),
        (ended(id="i2"), Stage.CLEAR),
    ],
)
def test_another_incident_of_the_same_parts_keeps_people_away(other: Incident, expected: Stage) -> None:
    one = replace(OVER, components=(CHAT.id,))
    page = snapshot(one, other)
    assert recovery(one, page, Seen(), now=NOON + at(60), hold=HOLD, is_fresh=True).stage is expected


def looked(one: Incident, *healths: tuple[Health, float]) -> Seen:
    seen = Seen()
    for health, minutes in healths:
        seen = look(seen, one, (replace(CHAT, health=health),), NOON + at(minutes))
    return seen


def test_parts_that_work_again_count_from_when_we_first_saw_them_all_well() -> None:
    one = replace(said((INVESTIGATING, 0), (IDENTIFIED, 5)), components=(CHAT.id,))
    seen = looked(one, (Health.PARTIAL_OUTAGE, 6), (Health.OPERATIONAL, 20), (Health.OPERATIONAL, 30))
    assert seen.well_since == NOON + at(20)
    assert stage(one, 34, seen) is Stage.RECOVERING
    assert stage(one, 35, seen) is Stage.CLEAR


def test_parts_that_were_green_all_the_time_say_nothing() -> None:
    one = replace(said((INVESTIGATING, 0)), components=(CHAT.id,))
    assert looked(one, (Health.OPERATIONAL, 1), (Health.OPERATIONAL, 60)) == Seen()


def test_parts_that_fail_again_begin_anew() -> None:
    one = replace(said((INVESTIGATING, 0)), components=(CHAT.id,))
    well, bad = Health.OPERATIONAL, Health.DEGRADED
    assert looked(one, (bad, 1), (well, 2), (bad, 3)).well_since is None
    assert looked(one, (bad, 1), (well, 2), (bad, 3), (well, 9)).well_since == NOON + at(9)


def test_a_later_word_that_it_fails_outweighs_green_parts() -> None:
    before = replace(said((INVESTIGATING, 0), (MONITORING, 10)), components=(CHAT.id,))
    seen = looked(before, (Health.DEGRADED, 1), (Health.OPERATIONAL, 11))
    after = replace(said((INVESTIGATING, 0), (MONITORING, 10), (INVESTIGATING, 14)), components=(CHAT.id,))
    seen = look(seen, after, (CHAT,), NOON + at(15))
    assert seen == Seen()
    assert stage(after, 60, look(seen, after, (CHAT,), NOON + at(60))) is Stage.FAILING


@pytest.mark.parametrize(
    ("phases", "number", "expected"),
    [
        ((INVESTIGATING, MONITORING, INVESTIGATING), 2, True),
        ((INVESTIGATING, RESOLVED, IDENTIFIED), 2, True),
        ((INVESTIGATING, MONITORING, UNKNOWN, INVESTIGATING), 3, True),
        ((INVESTIGATING, MONITORING, INVESTIGATING, IDENTIFIED), 3, False),
        ((INVESTIGATING, IDENTIFIED), 1, False),
        ((INVESTIGATING, MONITORING), 1, False),
        ((INVESTIGATING, MONITORING, UNKNOWN), 2, False),
        ((INVESTIGATING,), 0, False),
    ],
)
def test_a_relapse_is_the_first_bad_word_after_a_good_one(
    phases: tuple[Phase, ...], number: int, *, expected: bool
) -> None:
    one = said(*((phase, float(minute)) for minute, phase in enumerate(phases)))
    assert relapsed(one, one.updates[number]) is expected
    assert relapsed(one, None) is relapsed(one, Update(id="x", phase=INVESTIGATING, text="")) is False


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (incident(), True),
        (incident(id="component:c1:1", kind=Kind.NOTICE), True),
        (incident(kind=Kind.NOTICE), False),
        (incident(kind=Kind.MAINTENANCE), False),
    ],
)
def test_nobody_goes_back_after_planned_work_or_a_notice(one: Incident, *, expected: bool) -> None:
    assert recovers(one) is expected


def test_a_page_that_only_ever_said_that_it_is_better_counts_from_its_first_word() -> None:
    assert judged(said((MONITORING, 0), (MONITORING, 10)), 5).until == NOON + at(15)
