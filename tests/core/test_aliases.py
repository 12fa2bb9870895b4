from dataclasses import replace
from datetime import timedelta

from bot.core.aliases import known_again
from bot.core.diff import diff
from bot.core.memory import remember
from bot.domain.change import News
from bot.domain.status import Incident, Snapshot
from tests.fakes import NOON
from tests.made import ended, incident, snapshot, update

LATER = NOON + timedelta(hours=1)


def news(old: Snapshot, new: Snapshot) -> list[News]:
    before = remember(None, old, NOON)
    after = remember(before, new, LATER)
    changes = diff(before, after, service="lamp", feed="lamp", now=LATER)
    return [change.news for change in changes if change.news is not News.NOTHING]


def other(one: Incident, number: int, **values: object) -> Incident:
    """The same under new ids."""
    updates = tuple(replace(each, id=f"new-{each.id}") for each in one.updates)
    return replace(one, id=f"new{number}", updates=updates, **values)  # type: ignore[arg-type] # by name


FIRST = incident(update("u1"), update("u2", minutes=5), url="https://x.example/1")
SECOND = incident(update("u3"), id="i2", title="Rain", url="https://x.example/2")
OVER = ended(id="i3", title="Fog", url="https://x.example/3")


def test_when_all_ids_change_at_once_nothing_is_told() -> None:
    old = snapshot(FIRST, SECOND, OVER)
    new = snapshot(*(other(one, number) for number, one in enumerate((FIRST, SECOND, OVER))))
    assert news(old, new) == []
    assert [one.id for one in known_again(old, new).incidents] == ["i1", "i2", "i3"]


def test_what_is_new_besides_is_told() -> None:
    grown = replace(other(FIRST, 0), updates=(*other(FIRST, 0).updates, update("u9", minutes=20)))
    assert news(snapshot(FIRST), snapshot(grown)) == [News.UPDATED]


def test_an_address_of_its_own_is_enough() -> None:
    assert news(snapshot(FIRST), snapshot(other(FIRST, 0, title="Reworded", started_at=None))) == [News.EDITED]


def test_an_address_that_all_share_tells_nothing() -> None:
    home = "https://x.example"
    old = snapshot(replace(FIRST, url=home), replace(SECOND, url=home))
    again = replace(other(FIRST, 0), url=home, title="Something else", started_at=LATER)
    more = replace(other(SECOND, 1), url=home, title="Another", started_at=LATER)
    assert len(news(old, snapshot(again, more))) == 2


def test_another_incident_of_the_same_title_is_another() -> None:
    assert news(snapshot(FIRST), snapshot(FIRST, other(FIRST, 0, url="", started_at=LATER))) == [News.OPENED]


def test_an_incident_that_went_missing_is_known_again_under_another_id() -> None:
    gone = remember(remember(None, snapshot(FIRST), NOON), snapshot(), NOON)
    back = remember(gone, snapshot(other(FIRST, 0)), LATER)
    assert [one.id for one in back.incidents] == ["i1"]
    assert back.absent == ()


def test_an_incident_without_anything_to_know_it_by_stays_new() -> None:
    bare = replace(FIRST, url="", title="")
    assert [one.id for one in known_again(snapshot(bare), snapshot(other(bare, 0))).incidents] == ["new0"]
