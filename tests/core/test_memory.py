from dataclasses import replace
from datetime import timedelta

from bot.core.episodes import EPISODE_KEPT, MANY
from bot.core.memory import ABSENT_KEPT, ABSENT_MOST, remember, waits_for_absent
from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot
from tests.fakes import NOON
from tests.made import CHAT, VIDEO, ended, incident, snapshot

BAD = replace(CHAT, health=Health.PARTIAL_OUTAGE)


def episodes(page: Snapshot) -> list[Incident]:
    return [one for one in page.incidents if one.is_ours]


def test_a_missing_incident_is_counted_while_it_is_missing() -> None:
    page = remember(None, snapshot(incident()), NOON)
    for polls in (1, 2, 3):
        page = remember(page, snapshot(), NOON + timedelta(minutes=6 * polls))
        (absent,) = page.absent
        assert (absent.polls, absent.told) == (polls, polls == 3)
    assert not remember(page, snapshot(incident()), NOON).absent


def test_three_polls_within_ten_minutes_are_too_soon_to_say_that_it_is_gone() -> None:
    page = remember(None, snapshot(incident()), NOON)
    for seconds in range(5):
        page = remember(page, snapshot(), NOON + timedelta(seconds=seconds))
    assert [absent.told for absent in page.absent] == [False]
    assert waits_for_absent(page)


def test_nobody_waits_for_what_was_over() -> None:
    assert not waits_for_absent(remember(remember(None, snapshot(ended()), NOON), snapshot(), NOON))


def test_what_is_long_gone_is_forgotten_and_not_too_much_is_kept() -> None:
    many = remember(None, snapshot(*(incident(id=f"i{n}") for n in range(ABSENT_MOST + 5))), NOON)
    gone = remember(many, snapshot(), NOON)
    assert len(gone.absent) == ABSENT_MOST
    assert remember(gone, snapshot(), NOON + ABSENT_KEPT).absent == ()


def test_a_bad_component_that_no_incident_explains_becomes_an_incident_of_ours() -> None:
    (ours,) = episodes(remember(None, snapshot(components=(BAD, VIDEO)), NOON))
    assert (ours.title, ours.phase, ours.impact, ours.components) == ("Chat", Phase.UNKNOWN, Impact.MAJOR, ("c1",))
    assert ours.updates[0].text == ""


def test_an_incident_that_names_the_component_explains_it() -> None:
    assert not episodes(remember(None, snapshot(incident(components=("c1",)), components=(BAD,)), NOON))


def test_an_incident_that_names_no_component_may_explain_any() -> None:
    assert not episodes(remember(None, snapshot(incident(), components=(BAD,)), NOON))


def test_an_incident_about_another_component_explains_nothing() -> None:
    assert episodes(remember(None, snapshot(incident(components=("c2",)), components=(BAD,)), NOON))


def test_an_episode_goes_on_until_the_page_shows_the_component_working() -> None:
    page = remember(None, snapshot(components=(BAD,)), NOON)
    for health in (Health.UNKNOWN, Health.MAINTENANCE, Health.DEGRADED):
        page = remember(page, snapshot(components=(replace(CHAT, health=health),)), NOON)
        assert episodes(page)[0].phase is Phase.UNKNOWN
    assert episodes(page)[0].impact is Impact.MINOR
    page = remember(page, snapshot(components=(CHAT,)), NOON)
    assert (episodes(page)[0].phase, episodes(page)[0].resolved_at) == (Phase.RESOLVED, NOON)


def test_an_episode_of_a_component_that_left_the_page_stays_as_it_is() -> None:
    page = remember(None, snapshot(components=(BAD,)), NOON)
    assert episodes(remember(page, snapshot(components=()), NOON)) == episodes(page)


def test_an_ended_episode_is_kept_for_a_day_and_a_new_one_is_another() -> None:
    page = remember(None, snapshot(components=(BAD,)), NOON)
    page = remember(page, snapshot(components=(CHAT,)), NOON)
    soon = remember(page, snapshot(components=(BAD,)), NOON + timedelta(hours=1))
    assert len({one.id for one in episodes(soon)}) == 2
    assert not episodes(remember(page, snapshot(), NOON + EPISODE_KEPT))


def test_our_episodes_are_never_absent() -> None:
    page = remember(None, snapshot(components=(BAD,)), NOON)
    assert remember(page, snapshot(components=(CHAT,)), NOON).absent == ()


def test_a_label_names_the_group() -> None:
    assert [one.label for one in (CHAT, VIDEO)] == ["Chat", "Media / Video maker"]
    assert isinstance(CHAT, Component)


def test_where_leaving_the_list_is_the_end_it_has_ended_after_three_polls() -> None:
    page = remember(None, snapshot(incident(), ends_by_leaving=True), NOON)
    for polls in (1, 2, 3):
        page = remember(page, snapshot(ends_by_leaving=True), NOON + timedelta(minutes=6 * polls))
    (absent,) = page.absent
    assert (absent.incident.phase, absent.incident.resolved_at) == (Phase.RESOLVED, NOON + timedelta(minutes=6))


def test_planned_work_that_leaves_such_a_list_is_not_said_to_be_done_before_it_began() -> None:
    work = (
        incident(kind=Kind.MAINTENANCE, phase=Phase.SCHEDULED),
        incident(id="i2", kind=Kind.MAINTENANCE, phase=Phase.IN_PROGRESS),
    )
    page = remember(None, snapshot(*work, ends_by_leaving=True), NOON)
    for polls in (1, 2, 3):
        page = remember(page, snapshot(ends_by_leaving=True), NOON + timedelta(minutes=6 * polls))
    assert {absent.incident.id: absent.incident.phase for absent in page.absent} == {
        "i1": Phase.SCHEDULED,
        "i2": Phase.COMPLETED,
    }


def many(count: int, health: Health = Health.DEGRADED) -> tuple[Component, ...]:
    return tuple(Component(id=f"m{n}", name=f"Row {n}", health=health) for n in range(count))


def test_many_components_that_fail_at_once_are_one_episode() -> None:
    page = remember(None, snapshot(components=many(MANY + 1)), NOON)
    (ours,) = episodes(page)
    assert ours.title == "Row 0, Row 1, Row 2, …"
    assert len(ours.components) == MANY + 1
    worse = (*many(MANY), replace(many(MANY + 1)[-1], health=Health.MAJOR_OUTAGE))
    page = remember(page, snapshot(components=worse), NOON)
    assert (episodes(page)[0].impact, episodes(page)[0].phase) == (Impact.CRITICAL, Phase.UNKNOWN)
    page = remember(page, snapshot(components=many(MANY + 1, Health.OPERATIONAL)), NOON)
    assert [one.phase for one in episodes(page)] == [Phase.RESOLVED]


def test_a_few_components_that_fail_at_once_have_an_episode_each() -> None:
    assert len(episodes(remember(None, snapshot(components=many(MANY)), NOON))) == MANY


def test_a_component_that_is_well_when_it_is_not_listed_ends_its_episode_by_leaving() -> None:
    page = remember(None, snapshot(components=(BAD,), unlisted=Health.OPERATIONAL), NOON)
    page = remember(page, snapshot(components=(), unlisted=Health.OPERATIONAL), NOON)
    assert [one.phase for one in episodes(page)] == [Phase.RESOLVED]


def test_a_pinned_notice_explains_no_failing_component() -> None:
    pinned = incident(kind=Kind.NOTICE)
    assert episodes(remember(None, snapshot(pinned, components=(BAD,)), NOON))
    assert not episodes(remember(None, snapshot(replace(pinned, components=("c1",)), components=(BAD,)), NOON))
