"""We IDENTIFY rarely, across restarts."""

import json
from datetime import timedelta

import pytest

from bot.chat.discord import budget
from tests.chat.discord.fakes import NOON

NOW = int(NOON.timestamp())


@pytest.mark.parametrize(
    ("ages", "seconds"),
    [
        ([], 0),
        ([1, 2, 3, 4], 0),
        ([1, 2, 3, 4, 5], 595),
        ([5, 4, 3, 2, 1], 595),
        ([1, 2, 3, 4, 599], 1),
        ([1, 2, 3, 4, 600], 0),
        ([700 * n + 700 for n in range(99)], 0),
        ([700 * n + 700 for n in range(100)], 86400 - 70000),
    ],
)
def test_five_in_ten_minutes_and_a_hundred_a_day(ages: list[int], seconds: int) -> None:
    assert budget.wait_for([NOW - age for age in ages], NOON) == timedelta(seconds=seconds)


def test_a_restart_every_minute_for_a_day_stays_within_a_hundred() -> None:
    note, count = None, 0
    for minute in range(24 * 60):
        now = NOON + timedelta(minutes=minute)
        if not budget.wait_for(budget.read(note), now):
            note, count = budget.write(budget.read(note), now), count + 1
    assert count == 100


@pytest.mark.parametrize("note", [None, "", "{", '"x"', "{}", "null"])
def test_a_note_that_is_not_ours_counts_as_empty(note: str | None) -> None:
    assert budget.read(note) == []


def test_stamps_older_than_a_day_are_forgotten() -> None:
    note = budget.write([NOW - 90_000, NOW - 10], NOON)
    assert json.loads(note) == [NOW - 10, NOW]
    assert budget.read(note) == [NOW - 10, NOW]
