from datetime import timedelta

import pytest

from bot.domain.status import Phase
from bot.feeds.assemble import distinct_incidents, ended_at, in_order, incident
from bot.feeds.moments import rfc822
from tests.fakes import NOON
from tests.made import update

OPEN, DONE = update("a", Phase.INVESTIGATING), update("b", Phase.RESOLVED, minutes=10)


def test_updates_are_in_order_and_each_id_is_there_once() -> None:
    newer = update("a", text="Edited.")
    undated = update("c")
    assert [one.id for one in in_order([DONE, OPEN, newer, undated])] == ["a", "c", "b"]
    assert in_order([OPEN, newer]) == (newer,)


@pytest.mark.parametrize(
    ("phase", "stated", "updates", "ended"),
    [
        (Phase.RESOLVED, None, [OPEN, DONE], 10),
        (Phase.RESOLVED, 5, [OPEN, DONE], 5),
        (Phase.RESOLVED, None, [DONE, OPEN], None),
        (Phase.RESOLVED, None, [DONE, update("c", Phase.POSTMORTEM, minutes=99)], 10),
        (Phase.RESOLVED, None, [DONE, update("c", Phase.RESOLVED, minutes=20)], 10),
        (Phase.RESOLVED, None, [], None),
        (Phase.MONITORING, 5, [DONE], None),
    ],
)
def test_it_ended_when_the_page_says_so_or_when_it_was_over_for_good(
    phase: Phase, stated: float | None, updates: list[object], ended: float | None
) -> None:
    moment = NOON + timedelta(minutes=stated) if stated else None
    expected = NOON + timedelta(minutes=ended) if ended else None
    assert ended_at(phase, moment, updates) == expected  # type: ignore[arg-type] # cases of many types


def test_an_incident_never_begins_after_its_end() -> None:
    one = incident("a", "A", Phase.RESOLVED, started=NOON + timedelta(days=2), ended=NOON)
    assert one.started_at == one.resolved_at == NOON


def test_of_an_incident_that_is_told_twice_the_newer_telling_stays() -> None:
    old = incident("a", "A", Phase.MONITORING, updates=[OPEN])
    new = incident("a", "A", Phase.RESOLVED, updates=[OPEN, DONE])
    assert distinct_incidents([old, new]) == distinct_incidents([new, old]) == (new,)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Mon, 18 May 2026 02:29:34 GMT", "2026-05-18 02:29:34"),
        ("18 May 2026 02:29 PDT", "2026-05-18 09:29:00"),
        ("Mon, 18 May 2026 02:29:34 +0530", "2026-05-17 20:59:34"),
        ("Mon, 18 May 2026 02:29:34 -0700", "2026-05-18 09:29:34"),
        ("Mon, 31 Feb 2026 02:29:34 GMT", None),
        ("Mon, 18 Xyz 2026 02:29:34 GMT", None),
        ("Mon, 18 May 2026 02:29:34 QQQ", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_time_as_mail_writes_it(text: object, utc: str | None) -> None:
    moment = rfc822(text)
    assert (moment.strftime("%Y-%m-%d %H:%M:%S") if moment else None) == utc
