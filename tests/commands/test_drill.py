"""Drills as people ask for them; what runs is shown in tests/system/test_drill.py."""

from dataclasses import replace

import pytest

from bot.chat.console.draw import plain
from bot.commands.drill import understood
from bot.commands.spec import Caller
from bot.domain.change import Change, News, Reason
from bot.domain.status import Health, Phase
from bot.domain.subscription import Action, Delivery
from bot.store.store import SqlStore
from tests.commands.test_commands import Channel, channel_of
from tests.made import LAMP, PLAN, TEAM, TORCH, incident, snapshot


@pytest.fixture
def channel(memory: SqlStore) -> Channel:
    return channel_of(memory, (LAMP, TORCH), (PLAN,))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ({}, {"action": "status", "service": ""}),
        ({"service": "start google cloud 20"}, {"action": "start", "service": "google cloud", "minutes": "20"}),
        ({"service": "Start lamp", "minutes": "9"}, {"action": "start", "service": "lamp", "minutes": "9"}),
        ({"service": "schedule lamp Monthly"}, {"action": "schedule", "service": "lamp", "every": "monthly"}),
        (
            {"service": "schedule lamp 30 off"},
            {"action": "schedule", "service": "lamp", "minutes": "30", "every": "off"},
        ),
        (
            {"service": "schedule lamp Weekly 20"},
            {"action": "schedule", "service": "lamp", "minutes": "20", "every": "weekly"},
        ),
        ({"service": "begin lamp"}, {"action": "", "service": "begin lamp"}),
        ({"action": "start", "service": "start 5"}, {"action": "start", "service": "start", "minutes": "5"}),
        ({"service": "start 365"}, {"action": "start", "service": "365"}),
        ({"service": "stop"}, {"action": "stop", "service": ""}),
    ],
)
def test_what_was_typed_in_one_line_is_understood(typed: dict[str, str], meant: dict[str, str]) -> None:
    assert understood(typed) == meant


async def test_who_says_too_little_is_shown_what_to_say(channel: Channel) -> None:
    assert await channel.ask("drill lamp") == [
        "Say what to do: `/outage drill start chatgpt 15`, stop, status or schedule."
    ]
    assert await channel.ask("drill start") == ["Say which tool: `/outage drill start chatgpt 15`."]
    assert await channel.ask("drill schedule") == ["Say which tool: `/outage drill schedule chatgpt monthly`."]


async def test_what_was_done_counts_in_the_status_at_once(channel: Channel) -> None:
    await channel.ask("drill start beam 20")
    (thread,) = [f"{TEAM.key}|planb-drill-1-lamp|i1"]
    one = Change(
        service="planb-drill-1-lamp", feed="planb-drill-1-lamp", news=News.OPENED, reason=Reason.NEW_INCIDENT,
        incident=incident(id="i1"),
    )  # fmt: skip
    told = Delivery(key=f"{thread}|post", target=TEAM, action=Action.POST, change=one, reason="new")
    await channel.store.promise([told], channel.clock.now())
    assert (await channel.ask("switched torch"))[0] == "DRILL – Noted: you switched to Torch"
    assert (await channel.ask("drill status"))[2:] == ["Took part: 1", "Switched: 1"]
    channel.clock.tick(seconds=1)
    assert (await channel.ask("blocked"))[1].startswith("This is a drill, nothing is down. About: ")
    over = replace(told, key="over", change=replace(one, incident=incident(id="i1", phase=Phase.RESOLVED)))
    await channel.store.promise([over], channel.clock.now())
    assert (await channel.ask("back"))[0].startswith("Nothing that I told this channel of fails now.")


async def test_a_drill_begins_with_its_end_and_how_to_end_it(channel: Channel) -> None:
    said = await channel.ask("drill start beam 20")
    assert said[0] == "DRILL – it begins, for Beam (Lamp)"
    assert "To end it: /outage drill stop" in said[-1]
    assert [one.service for one in await channel.follows()] == ["planb-drill-1-lamp"]
    assert await channel.ask("list") == [
        "This channel follows nothing yet",
        "To be told here: /outage subscribe chatgpt",
    ]
    assert (await channel.ask("drill"))[0] == "DRILL – Beam (Lamp): running"
    assert (await channel.ask("drill stop"))[0] == "DRILL – it is over, and its result comes in its thread"
    assert (await channel.ask("drill status"))[0] == "DRILL – Beam (Lamp): over, the result follows"


async def test_the_drill_of_one_channel_is_nobody_elses(channel: Channel) -> None:
    await channel.ask("drill start lamp 20")
    channel.target = replace(channel.target, channel="C2")
    assert (await channel.ask("drill"))[0] == "There was no drill in this channel yet"
    assert await channel.ask("drill stop") == ["No drill is running in this channel."]
    assert (await channel.ask("drill start lamp 20"))[0] == "DRILL – it begins, for Lamp"


async def test_nobody_practises_while_the_tool_fails_in_earnest(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident(), health=Health.MAJOR_OUTAGE))
    assert await channel.ask("drill start lamp 20") == [
        "Lamp has trouble now, in earnest: this is no time for a drill."
    ]
    assert await channel.follows() == []


async def test_a_drill_is_planned_shown_changed_and_called_off(channel: Channel) -> None:
    said = await channel.ask("drill schedule lamp monthly")
    assert said[0] == "DRILL – every month, for Lamp"
    await channel.ask("drill schedule lamp weekly")
    shown = await channel.ask("drill")
    assert [line for line in shown if "Lamp" in line and "every week" in line]
    assert await channel.ask("drill schedule lamp") == [
        "Say how often: `/outage drill schedule lamp monthly`, weekly or off."
    ]
    assert await channel.ask("drill schedule lamp daily") == [
        "Say how often: `/outage drill schedule lamp monthly`, weekly or off."
    ]
    assert await channel.ask("drill start lamp ten") == ["Say how long, from 5 to 120 minutes."]
    assert (await channel.ask("drill schedule lamp daily weekly"))[0].startswith("I do not know “lamp daily”.")
    assert await channel.ask("drill schedule lamp 150 weekly") == ["Say how long, from 5 to 120 minutes."]
    assert await channel.ask("drill schedule lamp off") == ["No more drills are planned here for Lamp"]
    assert await channel.ask("drill schedule lamp off") == ["No drill is planned here for Lamp."]


async def test_the_answers_are_french_where_people_are(channel: Channel) -> None:
    caller = Caller(target=channel.target, user="U1", may_manage=True, language="fr")
    card = await channel.desk.answer_line("exercice start lamp 20", caller)
    assert plain(card, channel.clock.now()).startswith("EXERCICE – c’est parti pour Lamp")
    drill = await channel.store.last_drill(channel.target)
    assert drill
    assert drill.course.language == "fr"
