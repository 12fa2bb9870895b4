from datetime import timedelta

import pytest

from bot.core.schedule import SEND_GIVE_UP, next_attempt, next_poll, next_poll_after_failure, next_reading
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)


def seconds(moment: object) -> float:
    return (moment - NOON).total_seconds()  # type: ignore[operator, no-any-return] # a moment, here


@pytest.mark.parametrize(("luck", "expected"), [(0, 54), (0.5, 60), (1, 66)])
def test_polls_are_spread_by_a_tenth(luck: float, expected: float) -> None:
    assert seconds(next_poll(NOON, MINUTE, luck)) == expected


@pytest.mark.parametrize(("wish", "expected"), [(10, 60), (300, 300), (86400, 900)])
def test_a_provider_may_ask_for_more_time_but_not_for_ever(wish: float, expected: float) -> None:
    assert seconds(next_poll(NOON, MINUTE, 0.5, timedelta(seconds=wish))) == expected


@pytest.mark.parametrize(("failures", "expected"), [(1, 120), (2, 240), (4, 960), (5, 1800), (500, 1800)])
def test_failures_double_the_wait_up_to_half_an_hour(failures: int, expected: float) -> None:
    assert seconds(next_poll_after_failure(NOON, MINUTE, failures, 1)) == expected
    assert seconds(next_poll_after_failure(NOON, MINUTE, failures, 0)) == expected / 2


@pytest.mark.parametrize(("retry", "expected"), [(30, 60), (600, 600), (999_999, 3600)])
def test_nobody_is_asked_before_retry_after(retry: float, expected: float) -> None:
    again = next_poll_after_failure(NOON, MINUTE, 1, 0, timedelta(seconds=retry))
    assert seconds(again) == expected


@pytest.mark.parametrize(("attempt", "expected"), [(1, 5), (2, 10), (5, 80), (50, 900)])
def test_a_send_waits_longer_each_time(attempt: int, expected: float) -> None:
    assert seconds(next_attempt(NOON, attempt, 1, promised=NOON)) == expected
    assert seconds(next_attempt(NOON, attempt, 0, promised=NOON)) == expected / 2


def test_a_send_is_never_tried_before_retry_after() -> None:
    for luck in (0.0, 0.5, 1.0):
        again = next_attempt(NOON, 9, luck, promised=NOON, retry_after=timedelta(seconds=7))
        assert 7 <= seconds(again) <= 8


def test_a_send_is_given_up_after_a_day() -> None:
    assert next_attempt(NOON + SEND_GIVE_UP, 3, 0.5, promised=NOON) is None


@pytest.mark.parametrize(("age", "wait"), [(0, 5), (50, 5), (600, 60), (86_400, 8640)])
def test_what_another_version_wrote_is_looked_at_soon_and_then_rarely(age: float, wait: float) -> None:
    assert seconds(next_reading(NOON, NOON - timedelta(seconds=age))) == wait
    assert next_reading(NOON, NOON - SEND_GIVE_UP) is None
