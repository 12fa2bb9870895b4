from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.blindness import OURS_LEAST, Blind, Fault, blind, fails, turn
from bot.core.render_sight import sight
from bot.domain.polling import FeedState
from bot.domain.service import Feed
from bot.domain.status import Incident, Kind, Phase
from bot.locale import languages
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)
FEEDS = {f"f{n}": Feed(id=f"f{n}", url="https://x.example", format="statuspage" if n < 6 else "rss") for n in range(20)}


def states(**minutes: float) -> list[FeedState]:
    """All feeds were read just now, but these so many minutes ago."""
    return [FeedState(feed=name, read_at=NOON - minutes.get(name, 0) * MINUTE) for name in FEEDS]


def found(**minutes: float) -> list[tuple[Fault, str, int]]:
    return [(one.fault, one.name, len(one.feeds)) for one in blind(states(**minutes), FEEDS, NOON)]


@pytest.mark.parametrize(
    ("minutes", "blinds"),
    [
        ({}, []),
        ({"f7": 29.9}, []),
        ({"f7": 30}, [(Fault.PAGE, "f7", 1)]),
        ({"f7": 30, "f8": 40}, [(Fault.PAGE, "f7", 1), (Fault.PAGE, "f8", 1)]),
        ({"f0": 30, "f1": 30}, [(Fault.PAGE, "f0", 1), (Fault.PAGE, "f1", 1)]),
        ({"f0": 30, "f1": 6, "f2": 6}, [(Fault.PLATFORM, "statuspage", 3)]),
        ({"f0": 30, "f1": 6, "f2": 6, "f9": 31}, [(Fault.PLATFORM, "statuspage", 3), (Fault.PAGE, "f9", 1)]),
        ({"f7": 30, "f8": 6, "f9": 6, "f10": 6}, [(Fault.PAGE, "f7", 1)]),
        ({f"f{n}": 30 for n in range(6, 12)}, [(Fault.OURS, "", 6)]),
        ({f"f{n}": 6 for n in range(20)}, []),
    ],
)
def test_whose_fault_it_seems_to_be(minutes: dict[str, float], blinds: list[tuple[Fault, str, int]]) -> None:
    assert found(**minutes) == blinds


def test_of_a_few_pages_some_may_fail_without_the_fault_being_ours() -> None:
    few = [state for state in states(f6=31, f7=31, f8=31) if state.feed in {"f6", "f7", "f8", "f9"}]
    assert len(few) == OURS_LEAST
    assert [one.fault for one in blind(few, FEEDS, NOON)] == [Fault.PAGE] * 3


def test_pages_that_are_no_longer_listed_and_pages_never_read_are_left_out() -> None:
    strangers = [FeedState(feed="gone", read_at=NOON - 99 * MINUTE), FeedState(feed="f1")]
    assert blind(strangers, FEEDS, NOON) == ()


def test_a_page_that_was_never_read_is_blind_since_the_first_try() -> None:
    (one,) = blind([FeedState(feed="f1", since=NOON - 31 * MINUTE)], FEEDS, NOON)
    assert one.since == NOON - 31 * MINUTE


def test_a_slow_interval_takes_longer() -> None:
    slow = FeedState(feed="f1", read_at=NOON - 31 * MINUTE, interval=11 * MINUTE)
    assert not fails(slow, NOON)
    assert not blind([slow], FEEDS, NOON)


PAGE = Blind(fault=Fault.PAGE, name="f7", since=NOON, feeds=("f7",))
OURS = Blind(fault=Fault.OURS, name="", since=NOON, feeds=("f1", "f7"))


def test_each_blindness_is_opened_once_and_closed_once() -> None:
    first = turn((), (PAGE,), frozenset({"f7"}))
    assert (first.opened, first.closed, first.open) == ((PAGE,), (), (PAGE,))
    later = replace(PAGE, since=NOON + MINUTE)
    again = turn(first.open, (later,), frozenset({"f7"}))
    assert (again.opened, again.closed, again.open) == ((), (), (PAGE,))
    last = turn(again.open, (), frozenset())
    assert (last.opened, last.closed, last.open) == ((), (PAGE,), ())


def test_a_page_that_was_told_stays_told_while_more_is_told() -> None:
    more = turn((PAGE,), (OURS,), frozenset({"f1", "f7"}))
    assert (more.opened, more.closed, more.open) == ((OURS,), (), (PAGE, OURS))
    less = turn(more.open, (), frozenset({"f7"}))
    assert (less.closed, less.open) == ((OURS,), (PAGE,))


def told(blindness: Blind, **values: object) -> list[str]:
    incident = Incident(
        id=blindness.incident, kind=Kind.NOTICE, title="Lamp, Torch", phase=Phase.UNKNOWN, started_at=NOON
    )
    card = sight(replace(incident, **values), languages()["en"])  # type: ignore[arg-type] # named values of many types
    return [card.title, "".join(str(piece) for piece in card.lead)]


def test_a_card_speaks_of_our_sight_and_says_nothing_about_the_tool() -> None:
    assert told(PAGE) == [
        "I cannot read the status page of Lamp, Torch",
        "How it is now I do not know, and I cannot warn you until I can read it again.",
    ]
    assert told(OURS) == [
        "I can hardly see any status page now",
        "The fault is most likely on my side. Until it is mended I cannot warn you about Lamp, Torch.",
    ]
    platform = Blind(fault=Fault.PLATFORM, name="statuspage", since=NOON, feeds=("f1",))
    assert told(platform) == [
        "Many pages made with Atlassian Statuspage cannot be read now",
        "So I cannot warn you about Lamp, Torch for now. The tools themselves may be well.",
    ]
    over = {"phase": Phase.RESOLVED, "resolved_at": NOON + 40 * MINUTE, "url": "https://x.example"}
    assert told(PAGE, **over) == [
        "I can read the status page of Lamp, Torch again",
        "It was out of my sight for 40 min.",
    ]
    assert told(PAGE, phase=Phase.RESOLVED, started_at=None) == ["I can read the status page of Lamp, Torch again", ""]


def test_a_card_links_the_page_and_says_when_it_was_read() -> None:
    incident = Incident(id=PAGE.incident, kind=Kind.NOTICE, title="Lamp", phase=Phase.UNKNOWN, url="https://x.example")
    assert len(sight(incident, languages()["en"]).footer) == 2
    assert len(sight(replace(incident, url="", started_at=NOON), languages()["en"]).footer) == 3
