"""I switched, I am blocked, I am back: typed, or pressed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.console.draw import plain
from bot.commands import COMMANDS, PRESSES
from bot.commands.desk import Desk
from bot.commands.spec import Caller
from bot.domain.move import Move, MoveKind
from bot.domain.status import Incident, Kind, Phase
from bot.domain.subscription import Action, Delivery, Platform, Target
from bot.store.store import SqlStore
from tests.commands.test_commands import Channel, channel_of
from tests.fakes import NOON
from tests.made import LAMP, PLAN, TEAM, TORCH, change, ended, incident, update

NOTHING = "Nothing that I told this channel of fails now. To see how things are: `/outage active`"
GONE = "I do not know this message any more. Please type the command instead."


@pytest.fixture
def channel(memory: SqlStore) -> Channel:
    channel = channel_of(memory, (LAMP, TORCH), (PLAN,))
    channel.desk = Desk(channel.office, COMMANDS, PRESSES)
    return channel


async def tell(
    store: SqlStore, about: Incident, *, target: Target = TEAM, service: str = "lamp", action: Action = Action.POST
) -> Delivery:
    one = replace(change(about), service=service, feed=service)
    key = f"{target.key}|{service}|{about.id}|{about.phase}|{action}"
    told = Delivery(key=key, target=target, action=action, change=one, reason="new")
    await store.promise([told], NOON)
    return told


async def press(channel: Channel, does: str, *, user: str = "U1", target: Target = TEAM) -> list[str]:
    caller = Caller(target=target, user=user, may_manage=False, language="en")
    return plain(await channel.desk.press(does, caller), channel.clock.now()).splitlines()


async def test_who_types_is_counted_and_not_named(channel: Channel) -> None:
    told = await tell(channel.store, incident())
    assert await channel.ask("switched torch", manager=False) == [
        "Noted: you switched to Torch",
        "About: Logins fail",
        "In this channel: 1 switched to Torch",
        (
            "I write to you when you can go back. Your answer is counted without your name. "
            "To have it shown: /outage switched Torch name=…"
        ),
    ]
    assert (await press(channel, "blocked:1", user="U2"))[2] == "In this channel: 1 switched to Torch, 1 blocked"
    channel.clock.tick(seconds=1)
    assert (await channel.ask("back"))[2] == "In this channel: 1 blocked, 1 back"
    assert await channel.store.moves(told.thread_key) == [
        Move(kind=MoveKind.BLOCKED, person="U2"),
        Move(kind=MoveKind.BACK, person="U1"),
    ]


async def test_only_who_gives_a_name_is_named(channel: Channel) -> None:
    await tell(channel.store, incident())
    named = await channel.ask('switched "torch" name="Ann from\tsales"')
    assert named[2:] == [
        "In this channel: 1 switched to Torch (Ann from sales)",
        "I write to you when you can go back. ",
    ]
    assert (await press(channel, "switched:1:Torch", user="U2"))[2] == (
        "In this channel: 2 switched to Torch (Ann from sales)"
    )


@pytest.mark.parametrize(
    ("typed", "counted"),
    [("TORCH", "Torch"), ("candle", "Candle"), ("beam", "Beam (Lamp)"), ("pen and paper", "pen and paper")],
)
async def test_one_tool_has_one_name(channel: Channel, typed: str, counted: str) -> None:
    await tell(channel.store, incident())
    assert f"1 switched to {counted}" in (await channel.ask(f"switched {typed}"))[2]


async def test_a_hostile_tool_is_one_short_plain_line(channel: Channel) -> None:
    told = await tell(channel.store, incident())
    await press(channel, "switched:1:a\nb\u202e" + "c" * 200)
    [move] = await channel.store.moves(told.thread_key)
    assert move.tool.startswith("a b")
    assert len(move.tool) <= 60
    assert move.tool.isprintable()


@pytest.mark.parametrize("does", ["switched:1:", "switched:1: \n"])
async def test_a_switch_to_nothing_is_asked_where_to(channel: Channel, does: str) -> None:
    await tell(channel.store, incident())
    assert await press(channel, does) == ["Say what you use now: `/outage switched <tool>`"]


async def test_what_is_typed_is_about_the_newest_incident_that_is_open_here(channel: Channel) -> None:
    await tell(channel.store, incident(id="old", title="Old"))
    await tell(channel.store, incident(id="new", title="New"))
    await tell(channel.store, ended(id="over", title="Over"))
    await tell(channel.store, incident(id="work", title="Work", kind=Kind.MAINTENANCE, phase=Phase.IN_PROGRESS))
    await tell(channel.store, incident(id="far", title="Far"), target=replace(TEAM, channel="C2"))
    assert (await channel.ask("blocked"))[1] == "About: New"


async def test_a_service_may_be_named(channel: Channel) -> None:
    await tell(channel.store, incident(id="i1", title="Lamp fails"))
    await tell(channel.store, incident(id="i2", title="Torch fails"), service="torch")
    assert (await channel.ask("blocked lamp"))[1] == "About: Lamp fails"
    assert (await channel.ask("switched candle service=torch"))[1] == "About: Torch fails"
    assert "Did you mean" in (await channel.ask("blocked lmap"))[0]


async def test_where_nothing_fails_it_is_said(channel: Channel) -> None:
    assert await channel.ask("blocked") == [NOTHING]
    await tell(channel.store, ended())
    assert await channel.ask("switched torch") == [NOTHING]


@pytest.mark.parametrize(("hours", "first"), [(1, "Noted: you are back"), (30, NOTHING)])
async def test_people_come_back_for_a_day_after_the_end(channel: Channel, hours: float, first: str) -> None:
    await tell(channel.store, ended())
    channel.clock.time = NOON + timedelta(hours=hours)
    assert (await channel.ask("back"))[0] == first


async def test_a_button_counts_for_the_incident_of_its_message_whatever_came_since(channel: Channel) -> None:
    await tell(channel.store, incident(id="i1", title="First"))
    await tell(channel.store, incident(id="i2", title="Second"))
    later = incident(update(), update("u2", Phase.MONITORING), id="i1", title="First, again")
    await tell(channel.store, later, action=Action.EDIT)
    assert (await press(channel, "blocked:1"))[1] == "About: First, again"


@pytest.mark.parametrize(
    "elsewhere",
    [replace(TEAM, channel="C2"), replace(TEAM, workspace="T2"), replace(TEAM, platform=Platform.DISCORD)],
)
async def test_a_button_of_another_channel_is_refused(channel: Channel, elsewhere: Target) -> None:
    told = await tell(channel.store, incident())
    assert await press(channel, "blocked:1", target=elsewhere) == [GONE]
    assert await press(channel, "blocked:77") == [GONE]
    assert await channel.store.moves(told.thread_key) == []


async def test_when_it_is_over_nobody_switches_any_more(channel: Channel) -> None:
    await tell(channel.store, ended())
    assert await press(channel, "switched:1:Torch") == ["That is over."]
    assert await press(channel, "blocked:1") == ["That is over."]
    assert (await press(channel, "back:1"))[0] == "Noted: you are back"


async def test_many_tools_are_summed_up_and_many_names_too(channel: Channel) -> None:
    await tell(channel.store, incident())
    for number in range(8):
        await press(channel, f"switched:1:Tool {min(number, 6)}", user=f"U{number}")
    said = (await press(channel, "blocked:1", user="U99"))[2]
    assert said.startswith("In this channel: 2 switched to Tool 6, 1 switched to Tool 0")
    assert said.endswith("2 to other tools, 1 blocked")
