from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.canary import Arrival
from bot.core.vitals import Said, Signal, ailments, heard, signal
from bot.domain.subscription import Platform
from bot.domain.vitals import Flow, Vitals
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)
BEATS = ("poll", "deliver", "slack")
WELL = Vitals(
    feeds=40,
    unreachable=2,
    due_since=NOON - MINUTE,
    beats=dict.fromkeys(BEATS, NOON - MINUTE),
    flows={Platform.SLACK: Flow(waiting_since=NOON - MINUTE, last_sent=NOON - 2 * MINUTE)},
)
BEGAN = Said(began=NOON - 60 * MINUTE)


def found(vitals: Vitals) -> tuple[str, ...]:
    return ailments(vitals, beats=BEATS, platforms=(Platform.SLACK, Platform.DISCORD), now=NOON)


def test_a_busy_pipeline_is_well() -> None:
    assert found(WELL) == ()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"beats": {**WELL.beats, "poll": NOON - 3 * MINUTE}}, "no sign of life: poll"),
        ({"beats": {"poll": NOON, "deliver": NOON}}, "no sign of life: slack"),
        ({"due_since": NOON - 5 * MINUTE}, "polls are overdue"),
        ({"unreachable": 20}, "most status pages cannot be reached"),
        ({"flows": {Platform.DISCORD: Flow(waiting_since=NOON - 5 * MINUTE)}}, "deliveries to discord wait"),
    ],
)
def test_each_part_that_stands_still_is_named(changed: dict[str, object], says: str) -> None:
    assert found(replace(WELL, **changed)) == (says,)  # type: ignore[arg-type] # named values of many types


def test_three_pages_that_fail_prove_nothing() -> None:
    assert found(replace(WELL, feeds=3, unreachable=3)) == ()


def test_what_waits_for_a_platform_without_a_token_is_no_failure() -> None:
    assert found(replace(WELL, flows={Platform.CONSOLE: Flow(waiting_since=NOON - 60 * MINUTE)})) == ()


def test_while_all_is_well_the_switch_hears_it_once_a_minute() -> None:
    said, sent = BEGAN, []
    for second in range(0, 200, 20):
        now = NOON + timedelta(seconds=second)
        wanted, said = signal(said, (), Arrival.WELL, now)
        if wanted is not Signal.NOTHING:
            sent.append((second, wanted))
            said = heard(said, wanted, now, arrived=True)
    assert sent == [(0, Signal.ALIVE), (60, Signal.ALIVE), (120, Signal.ALIVE), (180, Signal.ALIVE)]


def looks(said: Said, *found: tuple[str, ...], canary: Arrival | None = None, arrives: bool = True) -> list[Signal]:
    """What is sent at looks twenty seconds apart."""
    sent = []
    for number, one in enumerate(found):
        now = NOON + timedelta(seconds=20 * number)
        wanted, said = signal(said, one, canary, now)
        sent.append(wanted)
        if wanted is not Signal.NOTHING:
            said = heard(said, wanted, now, arrived=arrives)
    return sent


ALIVE, FAILED, NOTHING = Signal.ALIVE, Signal.FAILED, Signal.NOTHING
BAD = ("the database is away",)


def test_a_failure_that_lasts_is_told_once_then_silence_and_its_end_is_told_at_once() -> None:
    sent = looks(BEGAN, (), BAD, BAD, BAD, BAD, BAD, BAD, BAD, ())
    assert sent == [ALIVE, NOTHING, NOTHING, FAILED, NOTHING, NOTHING, NOTHING, NOTHING, ALIVE]


def test_a_failure_of_a_moment_is_not_told() -> None:
    assert looks(BEGAN, (), BAD, (), ()) == [ALIVE, NOTHING, NOTHING, ALIVE]


def test_a_failure_that_could_not_be_told_is_told_again_a_minute_later() -> None:
    sent = looks(BEGAN, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, arrives=False)
    assert sent == [NOTHING, NOTHING, FAILED, NOTHING, NOTHING, FAILED, NOTHING, NOTHING]


def test_a_canary_that_is_late_means_silence() -> None:
    assert looks(BEGAN, (), (), canary=Arrival.LATE) == [NOTHING, NOTHING]
    assert looks(BEGAN, (), (), (), canary=Arrival.FAILED) == [NOTHING, NOTHING, FAILED]


def test_a_process_that_has_only_begun_tells_no_failure() -> None:
    young = Said(began=NOON)
    assert set(looks(young, *[BAD] * 18)) == {NOTHING}
    assert FAILED in looks(young, *[BAD] * 20)
    assert looks(young, (), BAD, BAD, BAD) == [ALIVE, NOTHING, NOTHING, FAILED]
