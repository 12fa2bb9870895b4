from datetime import timedelta

from bot.core.breaker import OPENS_AFTER, PROBE_EVERY, Breaker
from tests.fakes import NOON

SECOND = timedelta(seconds=1)


def opened() -> Breaker:
    breaker = Breaker()
    told = [breaker.failed(NOON) for _ in range(OPENS_AFTER)]
    assert told == [False] * (OPENS_AFTER - 1) + [True]
    return breaker


def test_a_few_failures_change_nothing_and_an_answer_forgets_them() -> None:
    breaker = Breaker()
    for _ in range(OPENS_AFTER - 1):
        assert not breaker.failed(NOON)
    assert not breaker.worked()
    assert not breaker.failed(NOON)
    assert breaker.room(NOON, 50) == 50


def test_when_it_is_open_one_may_try_now_and_then() -> None:
    breaker = opened()
    assert breaker.room(NOON, 50) == breaker.room(NOON + PROBE_EVERY - SECOND, 50) == 0
    assert breaker.room(NOON + PROBE_EVERY, 50) == 1
    assert breaker.room(NOON + PROBE_EVERY, 0) == 0
    breaker.probing(NOON + PROBE_EVERY)
    assert breaker.room(NOON + PROBE_EVERY + SECOND, 50) == 0
    assert not breaker.failed(NOON + PROBE_EVERY + SECOND)
    assert breaker.opened_at == NOON


def test_an_answer_closes_it() -> None:
    breaker = opened()
    assert breaker.worked()
    assert breaker.room(NOON, 50) == 50
    assert breaker.opened_at is None


def test_a_platform_that_shuts_us_out_is_not_even_tried_before_its_time() -> None:
    breaker = Breaker()
    assert breaker.shut(NOON, NOON + 600 * SECOND)
    assert not breaker.shut(NOON, NOON + 300 * SECOND)
    assert breaker.room(NOON + 599 * SECOND, 50) == 0
    assert breaker.room(NOON + 600 * SECOND, 50) == 1


def test_what_goes_out_while_it_is_closed_is_no_probe() -> None:
    breaker = Breaker()
    breaker.probing(NOON)
    assert not breaker.is_open
