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
    assert breaker.room(50) == 50


def test_when_it_is_open_it_is_asked_now_and_then_and_one_message_tries_when_it_answers() -> None:
    breaker = opened()
    assert not breaker.asks(NOON + PROBE_EVERY - SECOND)
    assert breaker.room(50) == 0
    assert breaker.asks(NOON + PROBE_EVERY)
    assert not breaker.asks(NOON + PROBE_EVERY + SECOND)
    assert breaker.room(50) == 0
    breaker.answered()
    assert (breaker.room(50), breaker.room(0)) == (1, 0)
    breaker.took()
    assert breaker.room(50) == 0
    assert not breaker.failed(NOON + PROBE_EVERY + SECOND)
    assert breaker.opened_at == NOON


def test_an_answer_closes_it() -> None:
    breaker = opened()
    assert breaker.worked()
    assert breaker.room(50) == 50
    assert breaker.opened_at is None


def test_a_platform_that_shuts_us_out_is_not_even_tried_before_its_time() -> None:
    breaker = Breaker()
    assert breaker.shut(NOON, NOON + 600 * SECOND)
    assert not breaker.shut(NOON, NOON + 300 * SECOND)
    assert not breaker.asks(NOON + 599 * SECOND)
    assert breaker.asks(NOON + 600 * SECOND)


def test_while_it_is_closed_nobody_asks() -> None:
    breaker = Breaker()
    breaker.took()
    assert not breaker.asks(NOON)
    assert not breaker.is_open
