from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import pace
from bot.core.pace import BUDGETS, Budget, Pace
from bot.domain.errors import Scope
from bot.domain.subscription import Action, Platform, Target
from tests.fakes import NOON

SECOND = timedelta(seconds=1)
HERE = Target(platform=Platform.SLACK, workspace="T1", channel="C1")
BESIDE = replace(HERE, channel="C2")
AWAY = replace(HERE, workspace="T2")
SERVER = Target(platform=Platform.DISCORD, workspace="G1", channel="7")
NEVER = timedelta(days=1)


def sent_at(books: Pace, target: Target, action: Action, calls: int) -> list[float]:
    """Seconds after which each call goes out, when all are asked for at noon."""
    found, now = [], NOON
    for _ in range(calls):
        while wait := books.reserve(target, action, now, timedelta()):
            now += wait
        found.append((now - NOON).total_seconds())
    return found


def test_slack_takes_a_message_a_second_in_a_channel_and_others_at_once() -> None:
    books = Pace()
    assert sent_at(books, HERE, Action.POST, 3) == [0, 1, 2]
    assert sent_at(books, BESIDE, Action.POST, 1) == [0]


def test_slack_counts_edits_apart_and_for_the_whole_workspace() -> None:
    books = Pace()
    assert sent_at(books, HERE, Action.EDIT, 3) == [0, 0, 1.25]
    assert books.reserve(BESIDE, Action.EDIT, NOON, NEVER) > SECOND
    assert not books.reserve(BESIDE, Action.POST, NOON, NEVER)
    assert not books.reserve(AWAY, Action.EDIT, NOON, NEVER)


def test_discord_takes_so_many_calls_a_second_from_all_of_us() -> None:
    late = sent_at(Pace(), SERVER, Action.POST, 50)
    assert late[:5] == [0] * 5
    assert late[49] == pytest.approx(1, abs=0.02)


def test_a_console_prints_as_fast_as_it_likes() -> None:
    assert sent_at(Pace(), replace(HERE, platform=Platform.CONSOLE), Action.POST, 99) == [0] * 99


def test_what_would_wait_too_long_is_not_booked() -> None:
    books = Pace()
    books.reserve(HERE, Action.POST, NOON, NEVER)
    assert books.reserve(HERE, Action.POST, NOON, SECOND / 2) == SECOND
    assert books.reserve(HERE, Action.POST, NOON, SECOND) == SECOND
    assert books.reserve(HERE, Action.POST, NOON, SECOND) == 2 * SECOND


@pytest.mark.parametrize(
    ("scope", "waits"),
    [
        (Scope.MESSAGE, (0, 0, 0)),
        (Scope.CHANNEL, (30, 0, 0)),
        (Scope.WORKSPACE, (30, 30, 0)),
        (Scope.PLATFORM, (30, 30, 30)),
    ],
)
def test_what_a_platform_says_of_waiting_holds_for_whom_it_is_about(scope: Scope, waits: tuple[int, ...]) -> None:
    books = Pace()
    books.hold(HERE, Action.REPLY, scope, NOON + 30 * SECOND)
    books.hold(HERE, Action.REPLY, scope, NOON + 10 * SECOND)
    found = [books.reserve(one, Action.POST, NOON, timedelta()).total_seconds() for one in (HERE, BESIDE, AWAY)]
    assert tuple(found) == waits
    assert not books.reserve(HERE, Action.POST, NOON + 30 * SECOND, NEVER)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=60))
def test_no_second_ever_sees_more_than_its_budget(asked: list[int]) -> None:
    """Whenever calls are asked for: in any window, at most the burst and what the window earns."""
    budget = Budget(scope=Scope.CHANNEL, most=2, per=SECOND, burst=3)
    books = Pace(budgets={(Platform.SLACK, Action.POST): (budget,)})
    sent: list[datetime] = []
    for milliseconds in sorted(asked):
        now = NOON + timedelta(milliseconds=milliseconds)
        sent.append(now + books.reserve(HERE, Action.POST, now, NEVER))
    for first in sent:
        within = [one for one in sent if first <= one < first + SECOND]
        assert len(within) <= budget.burst + budget.most


def test_books_that_say_nothing_any_more_are_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST_KEYS", 3)
    books = Pace()
    for n in range(9):
        target = replace(HERE, workspace=f"T{n}")
        books.reserve(target, Action.POST, NOON + n * 60 * SECOND, NEVER)
        books.hold(target, Action.POST, Scope.WORKSPACE, NOON + n * 60 * SECOND)
    assert len(books._free_at) <= 5
    assert len(books._held) <= 5


def test_every_message_on_a_platform_of_others_has_a_budget() -> None:
    spoken = set(Action) - {Action.NONE}
    assert set(BUDGETS) == {(one, action) for one in (Platform.SLACK, Platform.DISCORD) for action in spoken}


def test_turns_that_were_missed_are_not_made_up_for_at_once() -> None:
    """The program stood still for a second: 45 turns are over, and only as many go as at any other moment."""
    books = Pace()
    for _ in range(50):
        books.reserve(SERVER, Action.POST, NOON, NEVER)
    late = NOON + SECOND
    gone = [books.go(SERVER, Action.POST, late) for _ in range(50)]
    assert gone[:5] == [timedelta()] * 5
    assert set(gone[5:]) == {SECOND / 45}
    assert not books.go(SERVER, Action.POST, late + SECOND / 45)


def test_in_any_second_no_more_go_than_the_platform_takes() -> None:
    books, went = Pace(), []
    for step in range(3000):
        now = NOON + timedelta(milliseconds=step)
        went += [step for _ in range(20) if not books.go(SERVER, Action.POST, now)]
    assert max(sum(start <= one < start + 1000 for one in went) for start in range(2000)) == 49
