from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.alternatives import advise, plans_concerned, plans_of
from bot.core.catalogue import Catalogue, Found
from bot.core.overview import counsels, watched
from bot.core.standing import Standing
from bot.domain.continuity import Alternative, Plan
from bot.domain.polling import FeedState
from bot.domain.status import Health, Incident
from tests.fakes import NOON
from tests.made import CHAT, FRESH, LAMP, PLAN, TORCH, VIDEO, incident, snapshot


def at(health: Health) -> Standing:
    return Standing(service=TORCH, part=None, health=health, last_known=health, sight=FRESH)


def ranked(healths: dict[str, Health | None]) -> list[str]:
    plan = Plan(wanted="lamp", alternatives=tuple(Alternative(name=name, service=name) for name in healths))
    return [one.alternative.name for one in advise(plan, {n: at(h) for n, h in healths.items() if h})]


def test_what_fails_itself_comes_last_and_the_team_decides_the_rest() -> None:
    order: dict[str, Health | None] = {
        "down": Health.MAJOR_OUTAGE,
        "unseen": Health.UNKNOWN,
        "template": None,
        "slow": Health.DEGRADED,
        "fine": Health.OPERATIONAL,
        "works": Health.MAINTENANCE,
    }
    assert ranked(order) == ["template", "fine", "works", "unseen", "slow", "down"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(Health)), st.randoms())
def test_nothing_failing_stands_above_something_usable(healths: dict[str, Health], luck: object) -> None:
    plan = Plan(wanted="lamp", alternatives=tuple(Alternative(name=n, service=n) for n in sorted(healths)))
    shuffled = list(healths.items())
    luck.shuffle(shuffled)  # type: ignore[attr-defined]
    advice = advise(plan, {name: at(health) for name, health in shuffled})
    usable = [one.is_usable for one in advice]
    assert usable == sorted(usable, reverse=True)
    assert len(advice) == len(healths)
    assert advice == advise(plan, {name: at(health) for name, health in healths.items()})


WHOLE, CHATS, BEAMS, OTHER = (Plan(wanted=w, alternatives=()) for w in ("lamp", "lamp:chat", "lamp:video", "torch"))


@pytest.mark.parametrize(
    ("about", "plans", "expected"),
    [
        (incident(components=("c1",)), (WHOLE, CHATS, BEAMS, OTHER), (CHATS,)),
        (incident(components=("c1", "c2")), (WHOLE, CHATS, BEAMS), (CHATS, BEAMS)),
        (incident(components=("c1",)), (WHOLE, BEAMS), (WHOLE,)),
        (incident(components=("c1",)), (BEAMS,), ()),
        (incident(components=("c3",)), (CHATS, BEAMS), ()),
        (incident(title="Beam fails"), (CHATS, BEAMS), (BEAMS,)),
        (incident(), (WHOLE, CHATS), (WHOLE,)),
        (incident(), (CHATS, BEAMS, OTHER), (CHATS, BEAMS)),
    ],
)
def test_advice_follows_the_part_that_fails(
    about: Incident, plans: tuple[Plan, ...], expected: tuple[Plan, ...]
) -> None:
    page = (CHAT, VIDEO, replace(CHAT, id="c3", name="API"))
    assert plans_concerned(plans, LAMP, about, page) == expected


def test_a_person_gets_the_parts_plan_else_the_services_and_for_a_service_all() -> None:
    plans = (WHOLE, CHATS, OTHER)
    assert plans_of(plans, Found(service=LAMP)) == (WHOLE, CHATS)
    assert plans_of(plans, Found(service=LAMP, part=LAMP.parts[0])) == (CHATS,)
    assert plans_of(plans, Found(service=LAMP, part=LAMP.parts[1])) == (WHOLE,)


def test_counsel_names_what_it_replaces() -> None:
    catalogue = Catalogue((LAMP, TORCH))
    states = {"torch": FeedState(feed="torch", snapshot=snapshot(), read_at=NOON)}
    first, second = counsels(catalogue, [PLAN, CHATS], states, NOON)
    assert (first.instead_of, second.instead_of) == ("Lamp", "Lamp Chat")
    assert [one.is_usable for one in first.advice] == [True, True]
    assert list(watched(catalogue, [PLAN])) == ["torch"]
