"""What teams chose and tried, and what cards recommend, on both engines."""

from datetime import date, timedelta

from bot.domain.advice import Advised, Listed
from bot.domain.continuity import Alternative, Data, Plan, Source
from bot.domain.subscription import Platform, Receipt
from bot.store.advised import KEPT
from bot.store.practice import advised as table
from bot.store.store import SqlStore
from tests.fakes import NOON
from tests.store.made import claim_all, delivery

TOOL = Alternative(
    name="Claude 🟢 “ours”",
    service="claude",
    url="https://claude.ai",
    note="ask Ann",
    owner="Ann",
    seats=5,
    data=Data.INTERNAL,
    upstreams=("aws",),
    tested=date(2026, 11, 2),
)
LIST = Plan(wanted="openai:chatgpt", alternatives=(TOOL, Alternative(name="Templates")), source=Source.CHAT)


async def test_a_list_comes_back_as_it_was_chosen(store: SqlStore, other: SqlStore) -> None:
    await store.put_choice("slack:T1", LIST, "U1", NOON)
    assert await other.choices_of("slack:T1") == [LIST]
    shorter = Plan(wanted=LIST.wanted, alternatives=(TOOL,), source=Source.CHAT)
    await other.put_choice("slack:T1", shorter, "U2", NOON)
    assert await store.choices_of("slack:T1") == [shorter]


async def test_each_team_has_its_own_lists(store: SqlStore) -> None:
    await store.put_choice("slack:T1", LIST, "U1", NOON)
    await store.put_choice("slack:T2", Plan(wanted="capability:chat", alternatives=(TOOL,)), "U1", NOON)
    assert await store.choices_of("discord:T1") == []
    assert {team: [plan.wanted for plan in plans] for team, plans in (await store.all_choices()).items()} == {
        "slack:T1": ["openai:chatgpt"],
        "slack:T2": ["capability:chat"],
    }
    assert not await store.drop_choice("slack:T2", LIST.wanted)
    assert await store.drop_choice("slack:T1", LIST.wanted)
    assert await store.choices_of("slack:T1") == []


async def test_teams_with_a_list_or_a_trial_are_known_from_all_the_others(store: SqlStore) -> None:
    assert await store.choosers() == frozenset()
    await store.put_choice("slack:T1", LIST, "U1", NOON)
    await store.put_choice("slack:T1", Plan(wanted="capability:chat", alternatives=(TOOL,)), "U1", NOON)
    await store.note_trial("discord:T2", "Claude", "U1", NOON)
    assert await store.choosers() == {"slack:T1", "discord:T2"}


async def test_who_removes_the_bot_leaves_no_list_and_no_trial(store: SqlStore) -> None:
    for team in ("slack:T1", "slack:T2"):
        await store.put_choice(team, LIST, "U1", NOON)
        await store.note_trial(team, "Claude", "U1", NOON)
    await store.forget_workspace(Platform.SLACK, "T1", NOON)
    assert (await store.choices_of("slack:T1"), await store.trials_of("slack:T1")) == ([], {})
    assert (await store.choices_of("slack:T2"), await store.trials_of("slack:T2")) == ([LIST], {"Claude": NOON})


async def test_of_several_trials_of_a_tool_the_last_one_counts(store: SqlStore) -> None:
    await store.note_trial("slack:T1", "Claude", "U1", NOON - timedelta(days=1))
    await store.note_trial("slack:T1", "Claude", "U2", NOON)
    assert await store.trials_of("slack:T1") == {"Claude": NOON}
    assert await store.trials_of("slack:T2") == {}
    await store.note_trial("slack:T2", "Mistral", "U1", NOON)
    assert await store.all_trials() == {"slack:T1": {"Claude": NOON}, "slack:T2": {"Mistral": NOON}}


ROW = Advised(listed=(Listed(instead_of="ChatGPT", good=("Claude",), told="Claude"),), watched=("claude",))


async def test_what_a_card_recommends_is_remembered_until_its_incident_is_over(store: SqlStore) -> None:
    long = "slack:T1:C1|" + "x" * 900
    later = Advised(listed=ROW.listed, watched=("mistral",), said_at=NOON, words=2)
    await store.note_advised(long, ROW, NOON)
    await store.note_advised(long, later, NOON)
    assert await store.advised([long, "other"]) == {long: ROW}
    await store.put_advised({long: later, "t2": ROW}, NOON)
    assert await store.advised([long]) == {long: later}
    assert await store.advised_services() == {"claude", "mistral"}
    async with store._database.writing() as connection:
        await connection.execute(table.insert().values(thread_key="t3", best="of another version", at=NOON))
    assert await store.advised(["t3"]) == {}
    assert await store.advised_services() == {"claude", "mistral"}
    await store.keep_advised([long], NOON)
    assert await store.advised([long, "t2"]) == {long: later}
    await store.keep_advised([], NOON + KEPT * 2)
    assert await store.advised_services() == frozenset()


async def test_a_thread_is_posted_when_its_first_message_is_there(store: SqlStore) -> None:
    promised = delivery("a")
    await store.promise([promised], NOON)
    assert await store.posted([promised.thread_key]) == frozenset()
    (claim,) = await claim_all(store, NOON, timedelta(minutes=1), 1)
    await store.sent(claim, Receipt(message="m", channel="C1"), NOON)
    assert await store.posted([promised.thread_key, "other"]) == {promised.thread_key}
