"""When a status page no longer calls us though it has news."""

from datetime import datetime, timedelta

import pytest

from bot.core.quarantine import unheard
from bot.domain.status import Snapshot
from tests.fakes import NOON
from tests.made import incident, snapshot, update

LATER = NOON + timedelta(minutes=11)
BEFORE = NOON - timedelta(days=7)


def page(*minutes: float) -> Snapshot:
    return snapshot(incident(*(update(f"u{number}", minutes=number) for number in minutes)))


@pytest.mark.parametrize(
    ("says", "heard", "now", "missed"),
    [
        (page(0), None, LATER, NOON),
        (page(0), NOON - timedelta(hours=2), LATER, NOON),
        (page(0), NOON + timedelta(seconds=5), LATER, None),
        (page(0), NOON - timedelta(minutes=4), LATER, None),
        (page(0), None, NOON + timedelta(minutes=9), None),
        (page(0), None, NOON + timedelta(days=2), None),
        (page(0, 30), NOON, NOON + timedelta(minutes=41), NOON + timedelta(minutes=30)),
        (page(0, 30), NOON, NOON + timedelta(minutes=39), None),
        (snapshot(incident(id="component:1:x")), None, LATER, None),
        (snapshot(), None, LATER, None),
    ],
)
def test_an_update_that_no_webhook_told_of_is_missed_after_ten_minutes(
    says: Snapshot, heard: datetime | None, now: datetime, missed: datetime | None
) -> None:
    assert unheard(says, since=BEFORE, heard=heard, now=now) == missed


def test_what_was_posted_before_the_page_had_our_address_is_not_missed() -> None:
    assert unheard(page(0), since=NOON + timedelta(minutes=1), heard=None, now=LATER) is None
