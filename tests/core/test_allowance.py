"""How often somebody may do something."""

from datetime import timedelta

import pytest

from bot.core import allowance
from bot.core.allowance import Allowance
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)
FREE = timedelta(0)


def test_so_many_times_and_then_no_more_until_the_first_is_old() -> None:
    three = Allowance(3, MINUTE)
    waits = [three.wait("ann", NOON + timedelta(seconds=10 * n)) for n in range(5)]

    assert waits == [FREE, FREE, FREE, timedelta(seconds=30), timedelta(seconds=20)]
    assert three.wait("ann", NOON + MINUTE) == FREE
    assert three.wait("ann", NOON + MINUTE) == timedelta(seconds=10)


def test_one_does_not_use_up_what_another_may() -> None:
    one = Allowance(1, MINUTE)

    assert [one.wait(name, NOON) for name in ("ann", "bob", "ann")] == [FREE, FREE, MINUTE]


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    one = Allowance(1, MINUTE)
    one.wait("ann", NOON)

    assert one.wait("ann", NOON - timedelta(days=1)) == FREE


def test_it_remembers_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "MOST_KNOWN", 2)
    one = Allowance(1, MINUTE)

    assert [one.wait(name, NOON) for name in ("ann", "bob", "cy", "cy", "bob", "ann")] == [
        FREE,
        FREE,
        FREE,
        MINUTE,
        MINUTE,
        FREE,
    ]
