"""The stories themselves: what every file must keep."""

from itertools import pairwise

import pytest

from bot.catalogue import load_catalogue
from bot.core.catalogue import matches
from bot.domain.errors import UserError
from bot.domain.status import Component, Health
from bot.domain.words import LANGUAGES
from bot.replays import Replay, replay, replays

STORIES = replays()


def by_id(story: Replay) -> str:
    return story.id


def test_there_are_five_real_outages_oldest_first() -> None:
    assert [story.id for story in STORIES] == [
        "chatgpt-2024-12-26",
        "chatgpt-2025-01-23",
        "chatgpt-2025-06-10",
        "chatgpt-2025-09-03",
        "chatgpt-2026-02-03",
    ]


@pytest.mark.parametrize("name", ["chatgpt-2025-06-10", "chatgpt-2025-06", "2025-06"])
def test_an_outage_is_found_by_its_id_or_a_piece_of_it(name: str) -> None:
    assert replay(name).id == "chatgpt-2025-06-10"


@pytest.mark.parametrize("name", ["chatgpt", "2019"])
def test_a_name_that_means_none_or_several_is_refused_with_the_list(name: str) -> None:
    with pytest.raises(UserError, match=r"No single outage .*chatgpt-2026-02-03"):
        replay(name)


@pytest.mark.parametrize("story", STORIES, ids=by_id)
def test_events_and_asides_are_told_in_order(story: Replay) -> None:
    assert all(before.at < after.at for before, after in pairwise(story.events))
    assert all(before.at < after.at for before, after in pairwise(story.asides))
    assert min(aside.at for aside in story.asides) <= story.starts < story.events[0].at


@pytest.mark.parametrize("story", STORIES, ids=by_id)
def test_every_moment_is_utc(story: Replay) -> None:
    moments = [story.starts, *(item.at for item in story.course)]

    assert {moment.tzname() for moment in moments} == {"UTC"}


@pytest.mark.parametrize("story", STORIES, ids=by_id)
def test_events_speak_of_components_that_their_page_has(story: Replay) -> None:
    for event in story.events:
        page = story.pages[story.incidents[event.incident].service]
        assert set(event.components) <= set(page.components), event.text


@pytest.mark.parametrize("story", STORIES, ids=by_id)
def test_every_incident_opens_with_an_impact_and_ends_resolved(story: Replay) -> None:
    for key in story.incidents:
        events = [event for event in story.events if event.incident == key]
        assert events[0].impact is not None
        assert "resolved" in {event.phase for event in events}
        assert events[-1].phase in {"resolved", "postmortem"}


@pytest.mark.parametrize("story", STORIES, ids=by_id)
def test_every_component_ends_operational(story: Replay) -> None:
    for slug in story.services:
        states = {name: state for event in story.events_of(slug) for name, state in event.components.items()}
        assert set(states.values()) == {"operational"}


@pytest.mark.parametrize("story", STORIES, ids=by_id)
def test_the_shape_of_openais_page_is_that_of_its_time(story: Replay) -> None:
    assert story.pages["openai"].format == ("statuspage" if story.id < "chatgpt-2025-02" else "incidentio")


@pytest.mark.parametrize("story", STORIES, ids=by_id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_alternatives_name_things_the_catalogue_knows(story: Replay, language: str) -> None:
    catalogue = load_catalogue()

    plans = story.plans("fr" if language == "fr" else "en")

    assert plans[0].wanted == "openai:chatgpt"
    for plan in plans:
        assert catalogue.find(plan.wanted)
        for alternative in plan.alternatives:
            assert alternative.name
            assert alternative.note
            assert not alternative.service or catalogue.find(alternative.service)
            assert alternative.service != plan.wanted


def test_the_alternatives_are_in_the_language_of_the_reader() -> None:
    story = replay("2025-06")

    assert story.plans("en")[2].alternatives[0].name == "The library of finished clips"
    assert story.plans("fr")[2].alternatives[0].name == "La bibliothèque de clips finis"
    assert story.summary.words("fr").startswith("Une mise à jour")


@pytest.mark.parametrize("story", STORIES, ids=by_id)
def test_every_row_of_openais_page_belongs_to_a_part_of_the_catalogue(story: Replay) -> None:
    openai = load_catalogue().get("openai")
    assert openai is not None

    for name in story.pages["openai"].components:
        component = Component(id=name, name=name, health=Health.OPERATIONAL)
        assert any(matches(part, component) for part in openai.parts), name


def test_times_that_no_source_gives_to_the_minute_are_marked() -> None:
    assert [event.approximate for event in replay("2025-01").events] == [True, False, True, True, False]
