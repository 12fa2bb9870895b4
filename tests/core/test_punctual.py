"""What is punctual."""

import pytest

from bot.domain.punctuality import GOAL, Punctuality
from bot.domain.subscription import Platform


@pytest.mark.parametrize(
    ("soon", "told", "quantile", "limit"),
    [
        ({1: 50, 2: 90, 5: 99, 300: 99}, 100, 0.5, 1),
        ({1: 50, 2: 90, 5: 99, 300: 99}, 100, 0.95, 5),
        ({1: 50, 2: 90, 5: 99, 300: 99}, 100, 0.999, None),
        ({}, 0, 0.5, None),
    ],
)
def test_the_shortest_time_that_is_enough(soon: dict[int, int], told: int, quantile: float, limit: int | None) -> None:
    assert Punctuality(platform=Platform.SLACK, told=told, soon=soon).within(quantile) == limit


def test_what_was_given_up_or_still_waits_was_not_in_time() -> None:
    one = Punctuality(platform=Platform.SLACK, told=998, given_up=1, waiting=1, spoken_for=500, soon={300: 998})
    assert one.share == 0.998 < GOAL
    assert Punctuality(platform=Platform.SLACK, spoken_for=3).share is None
