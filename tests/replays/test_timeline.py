"""Time: what is skipped, and what is not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.replays import replay, replays
from bot.replays.timeline import Timeline, timeline

ONE, TWO, THREE = (datetime(2025, 1, 1, hour, tzinfo=UTC) for hour in (8, 9, 17))


@pytest.fixture
def line() -> Timeline:
    return Timeline(moments=(ONE, TWO, THREE), beat=2.0)


def test_each_moment_begins_on_its_beat_and_the_clock_goes_on_in_between(line: Timeline) -> None:
    assert line.moment(0) == ONE
    assert line.moment(1.5) == ONE + timedelta(seconds=1.5)
    assert line.moment(2) == TWO
    assert line.moment(4) == THREE


def test_after_the_end_the_clock_goes_on(line: Timeline) -> None:
    assert line.moment(64) == THREE + timedelta(minutes=1)


def test_it_says_how_long_until_the_next_moment(line: Timeline) -> None:
    assert line.until_next(0) == 2
    assert line.until_next(3.5) == 0.5
    assert line.until_next(4) is None
    assert line.seconds == 6


def test_moments_closer_than_a_beat_are_not_overtaken() -> None:
    close = Timeline(moments=(ONE, ONE + timedelta(seconds=1)), beat=10)

    assert close.moment(9) == ONE + timedelta(seconds=1)
    assert close.moment(10) == ONE + timedelta(seconds=1)


@pytest.mark.parametrize("story", [story.id for story in replays()])
def test_a_whole_outage_plays_in_less_than_half_a_minute(story: str) -> None:
    line = timeline(replay(story))

    assert 20 <= line.seconds <= 25
    ticks = [line.moment(tick / 10) for tick in range(260)]
    assert all(before <= after for before, after in pairwise(ticks))


def test_every_event_and_aside_has_its_beat_once() -> None:
    story = replay("2025-09")
    line = timeline(story)

    told = sorted({item.at for item in story.course})
    assert line.moments == (told[0] - timedelta(minutes=1), *told)


def test_what_came_days_later_is_left_out_unless_asked_for() -> None:
    story = replay("2024-12")

    assert timeline(story).moments[-1] == datetime(2024, 12, 27, 4, 16, tzinfo=UTC)
    assert timeline(story, afterwards=True).moments[-1] == datetime(2025, 1, 2, 23, 31, tzinfo=UTC)


def test_speed_divides_the_beat() -> None:
    story = replay("2025-09")

    assert timeline(story, beat=3).beat == 3
    assert timeline(story, beat=3, speed=2).beat == 1.5
    assert timeline(story, speed=4).seconds == pytest.approx(timeline(story).seconds / 4)
