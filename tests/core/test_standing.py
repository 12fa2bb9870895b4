from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalogue import Catalogue, Found
from bot.core.memory import remember
from bot.core.overview import feeds_of, found_all, standing_of
from bot.core.standing import Standing, see, standing
from bot.domain.polling import FeedState
from bot.domain.service import Part
from bot.domain.status import Freshness, Health, Impact, Incident, Kind, Phase, Sight, Snapshot
from tests.fakes import NOON
from tests.made import CHAT, FRESH, LAMP, TORCH, VIDEO, ended, incident, snapshot, update

MINUTE = timedelta(minutes=1)


def looked(minutes: float | None, trouble: Freshness | None = None, interval: timedelta = MINUTE) -> Freshness:
    read_at = None if minutes is None else NOON - minutes * MINUTE
    return see(read_at=read_at, trouble=trouble, trouble_text="why", interval=interval, now=NOON).freshness


@pytest.mark.parametrize(
    ("minutes", "interval", "freshness"),
    [
        (0, 1, Freshness.FRESH),
        (4.9, 1, Freshness.FRESH),
        (5, 1, Freshness.STALE),
        (14.9, 5, Freshness.FRESH),
        (15, 5, Freshness.STALE),
        (29.9, 1, Freshness.STALE),
        (30, 1, Freshness.UNREACHABLE),
        (60, 10, Freshness.UNREACHABLE),
        (None, 1, Freshness.STALE),
    ],
)
def test_a_page_grows_stale_and_is_then_out_of_sight(
    minutes: float | None, interval: float, freshness: Freshness
) -> None:
    assert looked(minutes, interval=interval * MINUTE) is freshness


def test_one_failed_poll_changes_nothing_yet() -> None:
    assert looked(1, Freshness.UNREACHABLE) is Freshness.FRESH


def test_a_page_that_was_never_reached_is_unreachable() -> None:
    assert looked(None, Freshness.UNREACHABLE) is Freshness.UNREACHABLE


def test_another_format_is_out_of_sight_at_once() -> None:
    assert looked(1, Freshness.NOT_THE_EXPECTED_FORMAT) is Freshness.NOT_THE_EXPECTED_FORMAT


def stand(page: Snapshot | None, part: str = "", sight: Sight = FRESH) -> Standing:
    return standing(LAMP, LAMP.part(part), page, sight, NOON)


@pytest.mark.parametrize(
    ("page", "health"),
    [
        (snapshot(), Health.OPERATIONAL),
        (snapshot(ended()), Health.OPERATIONAL),
        (snapshot(health=Health.DEGRADED), Health.DEGRADED),
        (snapshot(incident()), Health.PARTIAL_OUTAGE),
        (snapshot(incident(impact=Impact.NONE)), Health.OPERATIONAL),
        (snapshot(incident(impact=Impact.MINOR)), Health.DEGRADED),
        (snapshot(incident(impact=Impact.CRITICAL)), Health.MAJOR_OUTAGE),
        (snapshot(incident(impact=Impact.UNKNOWN)), Health.UNKNOWN),
        (snapshot(incident(phase=Phase.IN_PROGRESS, kind=Kind.MAINTENANCE)), Health.MAINTENANCE),
        (snapshot(incident(phase=Phase.SCHEDULED, kind=Kind.MAINTENANCE)), Health.OPERATIONAL),
        (snapshot(components=(replace(CHAT, health=Health.MAJOR_OUTAGE),)), Health.OPERATIONAL),
        (snapshot(components=(replace(CHAT, health=Health.DEGRADED),), health=Health.UNKNOWN), Health.DEGRADED),
        (snapshot(health=Health.UNKNOWN, raw_health="wobbly"), Health.UNKNOWN),
        (snapshot(ended(), health=Health.UNKNOWN, components=()), Health.OPERATIONAL),
        (snapshot(health=Health.UNKNOWN, components=()), Health.UNKNOWN),
        (snapshot(incident(phase=Phase.UNKNOWN), health=Health.UNKNOWN, components=()), Health.UNKNOWN),
        (None, Health.UNKNOWN),
    ],
)
def test_the_whole_service_is_the_worst_of_the_pages_word_and_its_open_incidents(
    page: Snapshot | None, health: Health
) -> None:
    assert stand(page).health is health


def test_a_part_is_judged_by_its_own_components_and_incidents() -> None:
    bad = replace(VIDEO, health=Health.MAJOR_OUTAGE)
    page = snapshot(components=(CHAT, bad), health=Health.PARTIAL_OUTAGE)
    assert stand(page, "chat").health is Health.OPERATIONAL
    assert stand(page, "video").health is Health.MAJOR_OUTAGE
    assert stand(page, "video").components == (bad,)
    assert stand(snapshot(incident(components=("c2",))), "chat").health is Health.OPERATIONAL
    assert stand(snapshot(incident(components=("c2",))), "video").health is Health.PARTIAL_OUTAGE


def test_an_incident_that_leaves_its_parts_unsaid_counts_and_is_marked() -> None:
    found = stand(snapshot(incident()), "chat")
    assert (found.health, found.incidents, len(found.unsaid)) == (Health.PARTIAL_OUTAGE, (), 1)


def test_a_part_that_the_page_does_not_list_is_unknown() -> None:
    unlisted = Part(slug="x", name="X", components=("X",))
    assert standing(LAMP, unlisted, snapshot(), FRESH, NOON).health is Health.UNKNOWN


def test_since_is_the_oldest_open_incident_and_planned_work_is_listed_apart() -> None:
    older = incident(id="i0", started_at=NOON - MINUTE)
    plan = incident(id="i2", phase=Phase.SCHEDULED, kind=Kind.MAINTENANCE)
    found = stand(snapshot(incident(), older, plan, incident(id="i3", started_at=None)))
    assert (found.since, found.planned, len(found.incidents)) == (NOON - MINUTE, (plan,), 3)


def test_an_open_incident_that_is_missing_counts_until_that_is_believed() -> None:
    page = remember(remember(None, snapshot(incident()), NOON), snapshot(), NOON)
    assert stand(page).health is Health.PARTIAL_OUTAGE
    for minutes in (6, 12):
        page = remember(page, snapshot(), NOON + minutes * MINUTE)
    assert stand(page).health is Health.OPERATIONAL


def test_a_stale_page_keeps_its_trouble_and_loses_its_green() -> None:
    stale = Sight(freshness=Freshness.STALE, read_at=NOON)
    assert stand(snapshot(incident()), sight=stale).health is Health.PARTIAL_OUTAGE
    assert stand(snapshot(), sight=stale).health is Health.UNKNOWN
    assert stand(snapshot(), sight=stale).last_known is Health.OPERATIONAL


def test_what_is_out_of_sight_is_unknown() -> None:
    gone = Sight(freshness=Freshness.UNREACHABLE, read_at=NOON)
    assert stand(snapshot(incident()), sight=gone).health is Health.UNKNOWN


def test_a_standing_is_called_by_the_part_or_the_service() -> None:
    assert (stand(snapshot(), "video").name, stand(snapshot()).name) == ("Beam", "Lamp")


@given(
    st.sampled_from([one for one in Freshness if one is not Freshness.FRESH]),
    st.sampled_from([incident(), ended(), incident(impact=Impact.NONE)]),
    st.sampled_from(["", "chat"]),
)
def test_nothing_is_green_unless_it_was_read_lately(freshness: Freshness, one: Incident, part: str) -> None:
    assert not stand(snapshot(one), part, Sight(freshness=freshness, read_at=NOON)).is_healthy


def test_the_state_of_a_feed_becomes_a_standing() -> None:
    state = FeedState(feed="lamp", snapshot=snapshot(incident(update())), read_at=NOON)
    assert standing_of(Found(service=LAMP), {"lamp": state}, NOON).health is Health.PARTIAL_OUTAGE
    assert standing_of(Found(service=TORCH), {"lamp": state}, NOON).health is Health.UNKNOWN


def test_names_that_nobody_knows_are_left_out_and_each_feed_is_asked_once() -> None:
    found = found_all(Catalogue((LAMP, TORCH)), ["lamp", "lamp:chat", "nothing"])
    assert list(found) == ["lamp", "lamp:chat"]
    assert feeds_of(found.values()) == ("lamp",)


def later(page: Snapshot, days: float) -> Standing:
    now = NOON + timedelta(days=days)
    return standing(LAMP, None, page, replace(FRESH, read_at=now), now)


def test_an_open_incident_without_a_word_for_weeks_is_shown_but_the_page_speaks_louder() -> None:
    page = snapshot(incident())
    assert later(page, 13).health is Health.PARTIAL_OUTAGE
    assert (later(page, 15).health, len(later(page, 15).incidents)) == (Health.OPERATIONAL, 1)


def test_planned_work_is_no_longer_coming_when_its_day_is_over() -> None:
    work = incident(kind=Kind.MAINTENANCE, phase=Phase.SCHEDULED, until=NOON + timedelta(days=3))
    assert [len(later(snapshot(work), days).planned) for days in (0, 3.9, 4.1)] == [1, 1, 0]
    undated = incident(kind=Kind.MAINTENANCE, phase=Phase.SCHEDULED, started_at=None)
    assert len(later(snapshot(undated), 40).planned) == 1


def test_a_part_that_the_page_does_not_list_is_as_the_page_says_of_those() -> None:
    page = snapshot(components=(), unlisted=Health.OPERATIONAL)
    assert stand(page, "chat").health is Health.OPERATIONAL


USUAL = replace(LAMP, usual=("chat",))


def test_the_whole_service_means_its_usual_parts() -> None:
    far = replace(VIDEO, health=Health.MAJOR_OUTAGE)
    page = snapshot(incident(components=(VIDEO.id,)), components=(CHAT, far), health=Health.MAJOR_OUTAGE)
    assert standing(USUAL, None, page, FRESH, NOON).health is Health.OPERATIONAL
    assert standing(LAMP, None, page, FRESH, NOON).health is Health.MAJOR_OUTAGE
    assert standing(USUAL, LAMP.part("video"), page, FRESH, NOON).health is Health.MAJOR_OUTAGE
