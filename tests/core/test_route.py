from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.route import Silence, route
from bot.domain.change import Change, News, Reason
from bot.domain.status import Impact, Kind, Phase
from bot.domain.subscription import Action, Delivery, MaintenanceWish, Subscription
from tests.fakes import NOON
from tests.made import CHAT, LAMP, TEAM, VIDEO, change, ended, follow, incident, snapshot, update

ROOT = frozenset({f"{TEAM.key}|lamp|i1"})


def sent(*changes: Change, to: Subscription | None = None, rooted: frozenset[str] = frozenset()) -> list[Delivery]:
    routed = route(
        changes, [to or follow()], service=LAMP, snapshot=snapshot(components=(CHAT, VIDEO)), rooted=rooted, now=NOON
    )
    return list(routed)


def acts(*changes: Change, to: Subscription | None = None, rooted: frozenset[str] = frozenset()) -> list[Action]:
    return [delivery.action for delivery in sent(*changes, to=to, rooted=rooted)]


def silence(one: Change, to: Subscription, rooted: frozenset[str] = frozenset()) -> str:
    (delivery,) = sent(one, to=to, rooted=rooted)
    assert delivery.action is Action.NONE
    return delivery.reason


def test_an_incident_is_one_message_however_much_is_new_about_it() -> None:
    (delivery,) = sent(change(), change(news=News.UPDATED), change(news=News.EDITED))
    assert (delivery.action, delivery.reason, delivery.target) == (Action.POST, Reason.NEW_INCIDENT, TEAM)


def test_an_update_is_a_reply_and_an_edit_of_the_first_message() -> None:
    first, second = (change(incident(update(name)), News.UPDATED) for name in ("u1", "u2"))
    assert acts(first, second, rooted=ROOT) == [Action.REPLY, Action.REPLY, Action.EDIT]


def test_an_edit_posts_nothing() -> None:
    edit = change(news=News.EDITED, reason=Reason.TEXT_EDITED)
    assert acts(edit, rooted=ROOT) == [Action.EDIT]


def test_what_is_no_news_is_kept_back_with_its_reason() -> None:
    quiet = change(news=News.NOTHING, reason=Reason.ONLY_COMPONENTS)
    assert silence(quiet, follow(), ROOT) == Reason.ONLY_COMPONENTS


def test_keys_are_unique_by_channel_incident_and_update_and_edits_by_their_time() -> None:
    once = sent(change(news=News.UPDATED), rooted=ROOT)
    later = route(
        [change(news=News.UPDATED)],
        [follow()],
        service=LAMP,
        snapshot=snapshot(components=()),
        rooted=ROOT,
        now=NOON + timedelta(seconds=1),
    )
    assert once[0].key == later[0].key
    assert once[1].key != later[1].key


@pytest.mark.parametrize(
    ("least", "impact", "action"),
    [
        (Impact.MAJOR, Impact.MINOR, Action.NONE),
        (Impact.MAJOR, Impact.MAJOR, Action.POST),
        (Impact.MAJOR, Impact.CRITICAL, Action.POST),
        (Impact.CRITICAL, Impact.UNKNOWN, Action.POST),
        (Impact.NONE, Impact.NONE, Action.POST),
    ],
)
def test_a_channel_hears_of_its_least_impact_and_of_what_is_not_stated(
    least: Impact, impact: Impact, action: Action
) -> None:
    assert acts(change(incident(impact=impact)), to=follow(min_impact=least)) == [action]


def test_what_grows_big_enough_is_told_then() -> None:
    grown = change(incident(impact=Impact.CRITICAL), News.EDITED, reason=Reason.IMPACT_EDITED)
    assert acts(grown, to=follow(min_impact=Impact.MAJOR)) == [Action.POST]


def test_what_was_told_is_told_to_its_end() -> None:
    end = change(ended(impact=Impact.MINOR), News.UPDATED)
    assert acts(end, to=follow(min_impact=Impact.MAJOR), rooted=ROOT) == [Action.REPLY, Action.EDIT]


def test_the_end_of_what_was_never_told_is_not_told() -> None:
    assert silence(change(ended(), News.UPDATED), follow()) == Silence.NEVER_TOLD


def test_what_appeared_closed_a_short_while_ago_is_told() -> None:
    assert acts(change(ended(), News.APPEARED_CLOSED)) == [Action.POST]


@pytest.mark.parametrize(
    ("wish", "phase", "expected"),
    [
        (MaintenanceWish.OFF, Phase.IN_PROGRESS, Silence.PLANNED_WORK),
        (MaintenanceWish.START, Phase.SCHEDULED, Silence.NOT_YET),
        (MaintenanceWish.START, Phase.IN_PROGRESS, None),
        (MaintenanceWish.ALL, Phase.SCHEDULED, None),
    ],
)
def test_planned_work_has_its_own_wish(wish: MaintenanceWish, phase: Phase, expected: Silence | None) -> None:
    work = incident(phase=phase, kind=Kind.MAINTENANCE, impact=Impact.NONE)
    (delivery,) = sent(change(work), to=follow(maintenance=wish, min_impact=Impact.CRITICAL))
    assert (delivery.reason if delivery.action is Action.NONE else None) == expected


def test_a_channel_that_follows_a_part_hears_of_that_part() -> None:
    chat = follow(parts=("chat",))
    assert acts(change(incident(components=("c1",))), to=chat) == [Action.POST]
    assert silence(change(incident(components=("c2",))), chat) == Silence.OTHER_PARTS
    assert acts(change(incident()), to=chat) == [Action.POST]


def test_a_component_without_an_incident_is_told_where_it_is_followed_by_name() -> None:
    ours = incident(id="component:c1:1", components=("c1",), kind=Kind.NOTICE, phase=Phase.UNKNOWN)
    worse = change(ours, component="c1")
    assert silence(worse, follow()) == Silence.COMPONENT_ONLY
    assert acts(worse, to=follow(parts=("chat",))) == [Action.POST]
    assert silence(worse, follow(parts=("video",))) == Silence.OTHER_PARTS


def test_every_channel_decides_for_itself() -> None:
    lounge = replace(TEAM, channel="C2")
    both = [follow(), follow(target=lounge, min_impact=Impact.CRITICAL)]
    routed = route([change()], both, service=LAMP, snapshot=snapshot(components=()), rooted=frozenset(), now=NOON)
    assert [(one.target.channel, one.action) for one in routed] == [("C1", Action.POST), ("C2", Action.NONE)]


@given(
    st.lists(st.sampled_from(News), min_size=1, max_size=6),
    st.booleans(),
    st.sampled_from([incident(), ended(), incident(phase=Phase.UNKNOWN)]),
)
def test_no_thread_is_ever_posted_twice(news: list[News], rooted: bool, about: object) -> None:  # noqa: FBT001 - an example
    changes = [change(about, one) for one in news]  # type: ignore[arg-type] # an Incident
    actions = acts(*changes, rooted=ROOT if rooted else frozenset())
    assert actions.count(Action.POST) <= (0 if rooted else 1)
    assert actions.count(Action.EDIT) <= 1


def test_a_service_is_told_for_its_usual_parts_unless_the_channel_names_others() -> None:
    usual = replace(LAMP, usual=("chat",))
    page = snapshot(components=(CHAT, VIDEO))
    far = change(incident(components=(VIDEO.id,)))

    def routed(to: Subscription) -> list[Action]:
        return [one.action for one in route([far], [to], service=usual, snapshot=page, rooted=frozenset(), now=NOON)]

    assert routed(follow()) == [Action.NONE]
    assert routed(follow(parts=("video",))) == [Action.POST]
    assert routed(follow(parts=("*",))) == [Action.POST]


def test_where_a_page_has_no_incidents_a_component_alone_is_news() -> None:
    ours = incident(id="component:c1:1", components=("c1",), kind=Kind.NOTICE, phase=Phase.UNKNOWN)
    alone = replace(change(ours), component="c1")
    page = snapshot(components=(CHAT,), tells_incidents=False)
    (one,) = route([alone], [follow()], service=LAMP, snapshot=page, rooted=frozenset(), now=NOON)
    assert one.action is Action.POST
