from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.diff import diff
from bot.core.memory import remember
from bot.domain.change import Change, News, Reason
from bot.domain.status import Health, Impact, Incident, Kind, Phase, Snapshot
from tests.fakes import NOON
from tests.made import CHAT, ended, incident, snapshot, update

LATER = NOON + timedelta(hours=1)


def told(old: Snapshot | None, new: Snapshot, now: object = LATER) -> list[Change]:
    at = now if not isinstance(now, str) else LATER
    return list(diff(old, new, service="lamp", feed="lamp", now=at))  # type: ignore[arg-type] # snapshots


def said(old: Snapshot | None, new: Snapshot, now: object = LATER) -> list[tuple[News, Reason, str]]:
    changes = told(old, new, now)
    return [(change.news, change.reason, change.update.id if change.update else "") for change in changes]


def test_it_tells_what_is_open_when_it_begins_to_watch() -> None:
    assert said(None, snapshot(incident())) == [(News.OPENED, Reason.OPEN_AT_FIRST_SIGHT, "u9")]


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (ended(), Reason.CLOSED_AT_FIRST_SIGHT),
        (incident(phase=Phase.SCHEDULED), Reason.NOT_STARTED),
        (incident(phase=Phase.UNKNOWN), Reason.OPENNESS_UNSAID),
    ],
)
def test_it_keeps_the_rest_of_the_first_poll_to_itself(first: Incident, reason: Reason) -> None:
    assert [(news, why) for news, why, _ in said(None, snapshot(first))] == [(News.NOTHING, reason)]


def test_it_tells_a_new_incident() -> None:
    assert said(snapshot(), snapshot(incident())) == [(News.OPENED, Reason.NEW_INCIDENT, "u9")]


def test_it_tells_a_plan_that_is_announced_later() -> None:
    planned = incident(phase=Phase.SCHEDULED, kind=Kind.MAINTENANCE)
    assert said(snapshot(), snapshot(planned))[0][:2] == (News.OPENED, Reason.NEW_INCIDENT)


@pytest.mark.parametrize(
    ("hours", "news", "reason"),
    [(2, News.APPEARED_CLOSED, Reason.JUST_CLOSED), (4, News.NOTHING, Reason.CLOSED_LONG_AGO)],
)
def test_it_tells_what_it_first_sees_closed_only_if_that_was_lately(hours: float, news: News, reason: Reason) -> None:
    now = NOON + timedelta(minutes=30, hours=hours)
    assert said(snapshot(), snapshot(ended()), now)[0][:2] == (news, reason)
    assert said(snapshot(), snapshot(ended(resolved_at=None)), now)[0][:2] == (news, reason)


def test_what_has_no_date_at_all_is_taken_as_just_said() -> None:
    bare = incident(replace(update("u1", Phase.RESOLVED), posted_at=None), started_at=None)
    assert said(snapshot(), snapshot(bare))[0][:2] == (News.APPEARED_CLOSED, Reason.JUST_CLOSED)
    empty = replace(bare, updates=())
    assert said(snapshot(), snapshot(empty))[0][:2] == (News.APPEARED_CLOSED, Reason.JUST_CLOSED)


@pytest.mark.parametrize(
    ("hours", "news", "reason"),
    [(23, News.OPENED, Reason.NEW_INCIDENT), (25, News.NOTHING, Reason.OPENNESS_UNSAID)],
)
def test_an_entry_that_does_not_say_whether_it_is_open_is_told_while_it_is_recent(
    hours: float, news: News, reason: Reason
) -> None:
    entry = incident(update(phase=Phase.UNKNOWN), kind=Kind.NOTICE)
    assert said(snapshot(), snapshot(entry), NOON + timedelta(hours=hours))[0][:2] == (news, reason)


def test_each_new_update_is_told_oldest_first() -> None:
    before = incident(update("u9"))
    after = incident(update("u9"), update("u5", Phase.IDENTIFIED, minutes=5), update("u1", Phase.MONITORING, minutes=9))
    assert said(snapshot(before), snapshot(after)) == [
        (News.UPDATED, Reason.NEW_UPDATE, "u5"),
        (News.UPDATED, Reason.NEW_UPDATE, "u1"),
    ]


def test_a_phase_may_go_back() -> None:
    again = incident(*ended().updates, update("u0", Phase.INVESTIGATING, "Again.", 40))
    assert said(snapshot(ended()), snapshot(again)) == [(News.UPDATED, Reason.REOPENED, "u0")]


def test_a_plan_that_begins_says_so() -> None:
    planned = incident(update(phase=Phase.SCHEDULED), kind=Kind.MAINTENANCE)
    begun = incident(*planned.updates, update("u0", Phase.IN_PROGRESS, minutes=5), kind=Kind.MAINTENANCE)
    assert said(snapshot(planned), snapshot(begun)) == [(News.UPDATED, Reason.STARTED, "u0")]


def test_a_phase_that_changes_without_an_update_is_told() -> None:
    assert said(snapshot(incident()), snapshot(incident(phase=Phase.RESOLVED))) == [
        (News.UPDATED, Reason.PHASE_WITHOUT_UPDATE, "")
    ]


def test_a_post_mortem_of_something_over_is_an_edit_at_most() -> None:
    assert said(snapshot(ended()), snapshot(replace(ended(), phase=Phase.POSTMORTEM))) == []


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (incident(update(text="We know.")), Reason.TEXT_EDITED),
        (incident(update(phase=Phase.IDENTIFIED), phase=Phase.INVESTIGATING), Reason.TEXT_EDITED),
        (incident(title="Logins are slow"), Reason.TITLE_EDITED),
        (incident(impact=Impact.CRITICAL), Reason.IMPACT_EDITED),
    ],
)
def test_an_edit_is_an_edit(after: Incident, reason: Reason) -> None:
    assert said(snapshot(incident()), snapshot(after)) == [(News.EDITED, reason, "")]


def test_an_edit_beside_a_new_update_is_told_as_both() -> None:
    after = incident(update(text="We know."), update("u1", Phase.IDENTIFIED, minutes=5))
    assert [news for news, _, _ in said(snapshot(incident()), snapshot(after))] == [News.UPDATED, News.EDITED]


@pytest.mark.parametrize("text", ["We  look.", " We look.\n", "We\tlook."])
def test_white_space_is_no_edit(text: str) -> None:
    assert said(snapshot(incident()), snapshot(incident(update(text=text)))) == []


def test_components_alone_are_no_news() -> None:
    assert said(snapshot(incident()), snapshot(incident(components=("c1",)))) == [
        (News.NOTHING, Reason.ONLY_COMPONENTS, "")
    ]


def test_what_comes_back_is_not_told_again() -> None:
    first = remember(None, snapshot(incident()), NOON)
    gone = remember(first, snapshot(), NOON + timedelta(minutes=1))
    back = remember(gone, snapshot(incident()), NOON + timedelta(minutes=2))
    assert said(first, gone) == []
    assert said(gone, back) == [(News.NOTHING, Reason.BACK_ON_THE_PAGE, "")]


def test_what_comes_back_with_news_is_told_as_that() -> None:
    gone = remember(remember(None, snapshot(incident()), NOON), snapshot(), NOON)
    back = remember(gone, snapshot(ended()), NOON)
    assert said(gone, back) == [(News.UPDATED, Reason.NEW_UPDATE, "u1")]


def test_an_open_incident_that_vanishes_for_good_is_told_once_and_is_no_all_clear() -> None:
    page, now, heard = remember(None, snapshot(incident()), NOON), NOON, []
    for _ in range(6):
        now += timedelta(minutes=4)
        next_page = remember(page, snapshot(), now)
        heard.append(said(page, next_page))
        page = next_page
    assert heard == [[], [], [], [(News.UNLISTED, Reason.NO_LONGER_LISTED, "")], [], []]


def test_a_closed_incident_may_roll_off_the_page() -> None:
    page, now = remember(None, snapshot(ended()), NOON), NOON
    for _ in range(5):
        now += timedelta(minutes=10)
        next_page = remember(page, snapshot(), now)
        assert said(page, next_page) == []
        page = next_page


def test_a_component_that_fails_without_an_incident_is_told_to_its_end() -> None:
    healths = [Health.OPERATIONAL, Health.DEGRADED, Health.MAJOR_OUTAGE, Health.MAJOR_OUTAGE, Health.OPERATIONAL]
    page, heard = None, []
    for number, health in enumerate(healths):
        now = NOON + timedelta(minutes=number)
        next_page = remember(page, snapshot(components=(replace(CHAT, health=health),)), now)
        heard.append([(news, reason) for news, reason, _ in said(page, next_page, now)])
        page = next_page
    assert heard == [
        [],
        [(News.OPENED, Reason.COMPONENT_WORSE)],
        [(News.UPDATED, Reason.COMPONENT_CHANGED)],
        [],
        [(News.UPDATED, Reason.COMPONENT_BACK)],
    ]
    assert page is not None
    assert {change.component for change in told(None, page)} == {"c1"}


PAGES = st.lists(
    st.sampled_from(
        [
            incident(id="a"),
            ended(id="b"),
            incident(id="c", phase=Phase.UNKNOWN),
            incident(id="d", phase=Phase.SCHEDULED, kind=Kind.MAINTENANCE, started_at=None),
        ]
    ),
    unique_by=lambda one: one.id,
).map(lambda incidents: snapshot(*incidents))


@given(PAGES)
def test_the_same_page_again_is_no_news(page: Snapshot) -> None:
    first = remember(None, page, NOON)
    assert told(first, remember(first, page, LATER)) == []


@given(PAGES, PAGES)
def test_the_order_of_the_document_does_not_matter(old: Snapshot, new: Snapshot) -> None:
    turned = replace(new, incidents=new.incidents[::-1])
    before = remember(None, old, NOON)
    assert said(before, remember(before, new, LATER)) == said(before, remember(before, turned, LATER))


def after_three_polls(page: Snapshot, **values: Any) -> tuple[Snapshot, Snapshot]:
    """The last two of three polls that no longer list anything."""
    before = page = remember(None, page, NOON)
    for polls in (1, 2, 3):
        before, page = page, remember(page, snapshot(**values), NOON + timedelta(minutes=6 * polls))
    return before, page


def test_it_tells_the_end_where_leaving_the_list_is_the_end() -> None:
    before, page = after_three_polls(snapshot(incident(), ends_by_leaving=True), ends_by_leaving=True)
    (change,) = told(before, page)
    assert (change.news, change.reason) == (News.UNLISTED, Reason.ENDED_BY_LEAVING)
    assert change.incident.phase is Phase.RESOLVED
    assert said(page, page) == []
    assert [one[:2] for one in said(page, snapshot(incident()))] == [(News.UPDATED, Reason.REOPENED)]


def test_what_was_over_may_leave_any_list_in_silence() -> None:
    before, page = after_three_polls(snapshot(ended(), ends_by_leaving=True), ends_by_leaving=True)
    assert said(before, page) == []


def test_an_incident_that_nobody_spoke_of_for_weeks_is_not_told_when_it_begins_to_watch() -> None:
    weeks = NOON + timedelta(days=15)
    assert said(None, snapshot(incident()), weeks) == [(News.NOTHING, Reason.LINGERING, "u9")]
    assert said(snapshot(), snapshot(incident()), weeks)[0][:2] == (News.OPENED, Reason.NEW_INCIDENT)
