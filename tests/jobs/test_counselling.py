"""An incident asks what can be used instead for every channel; most teams ask the same."""

import asyncio
from collections.abc import Iterable, Mapping

import pytest

from bot.core.catalogue import Catalogue
from bot.domain.continuity import Alternative, Plan
from bot.domain.polling import FeedState
from bot.jobs.counselling import Counselling
from bot.library import Library
from bot.store.store import SqlStore
from tests.fakes import NOON, FakeClock
from tests.made import LAMP, PLAN, TORCH, incident

OWN = Plan(wanted="lamp", alternatives=(Alternative(name="Lantern"),))


def counselling(store: SqlStore, lately_s: float = 0.0) -> Counselling:
    library = Library(Catalogue((LAMP, TORCH)))
    return Counselling(store=store, library=library, plans=(PLAN,), clock=FakeClock(), lately_s=lately_s)


async def names(of: Counselling, team: str) -> list[str]:
    plans = await of.of_team(team)
    advice, _ = await of.advice(plans, of.library.of(team), LAMP, incident(), ())
    return [one.alternative.name for counsel in advice for one in counsel.advice]


async def test_a_team_has_its_own_list_and_all_others_that_of_the_file(memory: SqlStore) -> None:
    of = counselling(memory)
    await memory.put_choice("slack:T1", OWN, "U1", NOON)
    assert await names(of, "slack:T1") == ["Lantern"]
    assert await names(of, "slack:T2") == ["Candle", "Torch"]


async def test_read_all_at_once_the_plans_are_the_same_as_one_by_one(memory: SqlStore) -> None:
    of = counselling(memory)
    await memory.put_choice("slack:T1", OWN, "U1", NOON)
    await memory.note_trial("slack:T2", "Candle", "U1", NOON)
    teams = await of.of_all()
    for team in ("slack:T1", "slack:T2", "slack:T3"):
        assert teams.of(team) == await of.of_team(team)
        assert teams.of(team) is teams.of(team)
    assert teams.of("slack:T2").plans[0].alternatives[1].tested == NOON.date()


async def test_of_many_who_ask_the_same_only_one_is_answered_anew(
    memory: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    states = SqlStore.states

    async def noted(self: SqlStore, feeds: Iterable[str]) -> Mapping[str, FeedState]:
        asked.append(sorted(feeds))
        return await states(self, feeds)

    monkeypatch.setattr(SqlStore, "states", noted)
    await memory.put_choice("slack:T1", OWN, "U1", NOON)
    of = counselling(memory, lately_s=60)
    found = await asyncio.gather(*(names(of, f"slack:T{number}") for number in range(30)))
    assert [one for one in found if one != ["Candle", "Torch"]] == [["Lantern"]]
    assert asked.count(["torch"]) == 1
