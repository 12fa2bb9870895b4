"""A real outage within the minutes of a drill, and one that is cut short."""

from datetime import timedelta

from bot.feeds import FORMATS
from bot.replays import page_at, replays
from bot.replays.rehearse import cut_short, rehearsed
from tests.fakes import NOON

END = NOON + timedelta(minutes=20)
LATER = NOON + timedelta(minutes=21)


def test_every_outage_fits_into_a_drill_from_its_first_word_to_its_last() -> None:
    for replay in replays():
        for service in replay.services:
            played = rehearsed(replay, service, start=NOON, end=END)
            times = [event.at for event in played.events]
            assert (times[0], times[-1]) == (NOON, END), replay.id
            assert times == sorted(times)
            page = replay.pages[service]
            before = FORMATS[page.format].parse(page_at(played, service, NOON), page.url)
            after = FORMATS[page.format].parse(page_at(played, service, LATER), page.url)
            assert any(not incident.phase.is_over for incident in before.incidents), replay.id
            assert after.incidents


def test_an_outage_that_is_cut_short_is_over_and_its_parts_work() -> None:
    for replay in replays():
        service = replay.services[0]
        played = rehearsed(replay, service, start=NOON, end=END)
        middle = NOON + timedelta(minutes=3)
        page = replay.pages[service]
        stopped = cut_short(played, service, at=middle, saying="It was a drill.")
        read = FORMATS[page.format].parse(page_at(stopped, service, LATER), page.url)
        assert all(incident.phase.is_over for incident in read.incidents), replay.id
        assert any(update.text == "It was a drill." for one in read.incidents for update in one.updates), replay.id
        assert all(component.health.value == "operational" for component in read.components)
