"""`/outage` through the real discord.py, from a person's click to the card."""

import asyncio
from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.tree import OutageTree
from bot.commands.spec import Command, Option
from bot.domain.subscription import Platform, Target
from tests.chat.discord.conftest import running
from tests.chat.discord.fakes import COMMANDS, FakeDesk, FakeNotes
from tests.chat.discord.front import CHANNEL, GUILD, OWNER, Fault, Front, channel, member, thread

MANAGE_CHANNELS, ADMINISTRATOR, MANAGE_MESSAGES = 1 << 4, 1 << 3, 1 << 13


@pytest.fixture(params=["connected", "over_http"])
def chat(request: pytest.FixtureRequest) -> DiscordChat:
    """Whichever way a command comes, it is the same command."""
    answering: DiscordChat = request.getfixturevalue(request.param)
    return answering


async def test_a_command_is_acknowledged_first_and_answered_with_a_card(
    chat: DiscordChat, front: Front, desk: FakeDesk
) -> None:
    token, acknowledged = await front.interact(2, [{"name": "tool", "type": 3, "value": "paper-mill"}], "status")
    assert acknowledged == {"type": 5, "data": {"flags": 64}}
    body = await asyncio.wait_for(front.originals[token], 3)
    assert body["embeds"][0]["title"] == "✅ status answered"
    assert body["embeds"][0]["description"] == "paper-mill"
    assert body["allowed_mentions"] == {"parse": []}
    [(command, options, caller)] = desk.asked
    assert (command, options) == ("status", {"tool": "paper-mill"})
    assert caller.user == str(OWNER)
    assert caller.target == Target(platform=Platform.DISCORD, workspace=str(GUILD), channel=str(CHANNEL))


async def test_options_reach_the_desk_under_their_own_names(chat: DiscordChat, front: Front, desk: FakeDesk) -> None:
    await front.ask("status", options={"detail-level": "long"})
    assert desk.asked[0][1] == {"detail-level": "long"}


async def test_in_a_thread_the_command_is_about_its_channel(chat: DiscordChat, front: Front, desk: FakeDesk) -> None:
    await front.ask("status", where=thread())
    assert desk.asked[0][2].target.channel == str(CHANNEL)


@pytest.mark.parametrize(
    ("permissions", "may"),
    [(0, False), (MANAGE_MESSAGES, False), (MANAGE_CHANNELS, True), (ADMINISTRATOR, True), (2**50 - 1, True)],
)
async def test_only_those_who_manage_the_channel_may_change_what_it_is_told(
    chat: DiscordChat, front: Front, desk: FakeDesk, permissions: int, *, may: bool
) -> None:
    answer = await front.ask("follow", options={"tool": "paper-mill"}, member=member(str(permissions)))
    assert desk.asked[0][2].may_manage is may
    assert ("answered" in answer["title"]) is may


@pytest.mark.parametrize(
    ("locale", "language", "word"),
    [("fr", "fr", "🟡 Attention"), ("en-GB", "en", "🟡 Warning"), ("ja", "en", "🟡 Warning")],
)
async def test_people_are_answered_in_their_own_language(
    chat: DiscordChat, front: Front, desk: FakeDesk, locale: str, language: str, word: str
) -> None:
    answer = await front.ask("follow", options={"tool": "x"}, locale=locale, member=member("0"))
    assert desk.asked[0][2].language == language
    assert answer["footer"]["text"] == word


async def test_what_is_being_typed_is_completed(chat: DiscordChat, front: Front, desk: FakeDesk) -> None:
    desk.known = [
        ("Paper Mill", "paper-mill"),
        ("Paper " + "x" * 120, "paper-x"),
        ("Paper", "p" * 101),
        *((f"Paper {n}", f"paper-{n}") for n in range(40)),
    ]
    typed: dict[str, Any] = {"name": "tool", "type": 3, "value": "paper", "focused": True}
    _, answer = await front.interact(4, [typed], "status")
    choices = answer["data"]["choices"]
    assert choices[0] == {"name": "Paper Mill", "value": "paper-mill"}
    assert 20 < len(choices) <= 25
    assert all(len(choice["name"]) <= 100 and len(choice["value"]) <= 100 for choice in choices)


async def test_a_command_that_another_process_answered_is_left_alone(
    chat: DiscordChat, front: Front, desk: FakeDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    front.faults.append(Fault("POST", "/callback", 400, 40060, committed=True))
    await front.interact(2, [], "status")
    front.faults.append(Fault("POST", "/callback", 404, 10062, committed=True))
    await front.interact(2, [], "status")
    await front.ask("status")
    assert len(desk.asked) == 1
    assert "command_failed" not in capsys.readouterr().out


async def test_a_command_we_no_longer_have_is_logged_and_harmless(
    chat: DiscordChat, front: Front, capsys: pytest.CaptureFixture[str]
) -> None:
    front_task = asyncio.ensure_future(front.interact(2, [], "gone"))
    await front.ask("status")
    front_task.cancel()
    assert "command_failed" in capsys.readouterr().out


async def test_outside_a_server_nothing_is_asked(chat: DiscordChat, front: Front, desk: FakeDesk) -> None:
    private = {"id": "3900", "type": 1, "recipients": []}
    person = member()["user"]
    outside = asyncio.ensure_future(
        front.interact(2, [], "status", where=private, guild_id=None, guild=None, member=None, user=person)
    )
    await front.ask("status")
    outside.cancel()
    assert len(desk.asked) == 1


async def test_commands_are_told_with_their_french_summaries(chat: DiscordChat, front: Front) -> None:
    [[root]] = front.syncs
    assert root["name"] == "outage"
    assert root["name_localizations"] == {"fr": "panne"}
    assert root["description_localizations"]["fr"].startswith("Quels outils")
    assert root["contexts"] == [0]
    assert root["integration_types"] == [0]
    status, follow = root["options"]
    assert status["description_localizations"] == {"fr": "Comment va un outil"}
    tool, detail = status["options"]
    assert tool["autocomplete"] is True
    assert tool["description_localizations"] == {"fr": "Quel outil"}
    assert detail["name"] == "detail-level"
    assert [choice["value"] for choice in detail["choices"]] == ["short", "long"]
    assert [option["required"] for option in (tool, detail, *follow["options"])] == [False, False, True]


async def test_commands_are_told_again_only_when_they_changed(
    unconnected: DiscordChat, front: Front, desk: FakeDesk, notes: FakeNotes
) -> None:
    for commands, told in ((COMMANDS, 1), (COMMANDS, 1), ((*COMMANDS, Command(name="help", summary="Help")), 2)):
        desk.commands = commands
        front.ready.clear()
        async with running(unconnected):
            await asyncio.wait_for(front.ready.wait(), 3)
        assert len(front.syncs) == told


async def test_discord_refusing_the_commands_does_not_keep_us_away(
    unconnected: DiscordChat, front: Front, notes: FakeNotes
) -> None:
    front.faults.append(Fault("PUT", "/commands", 400, 50035))
    async with running(unconnected):
        await asyncio.wait_for(front.ready.wait(), 3)
    assert "discord.commands" not in notes.kept


async def test_long_summaries_and_many_choices_are_cut_to_the_limits(
    unconnected: DiscordChat, front: Front, desk: FakeDesk
) -> None:
    option = Option(name="which", summary="word " * 50, choices=tuple(f"c{n}" for n in range(40)))
    desk.commands = (replace(COMMANDS[0], summary="sentence " * 30, options=(option,)),)
    async with running(unconnected):
        await asyncio.wait_for(front.ready.wait(), 3)
    [[root]] = front.syncs
    [command] = root["options"]
    for described in (command, *command["options"]):
        texts = [described["description"], *described["description_localizations"].values()]
        assert all(0 < len(text) <= 100 for text in texts)
    assert len(command["options"][0]["choices"]) == 25


def test_a_name_discord_would_refuse_is_refused_at_once() -> None:
    desk = FakeDesk(commands=(Command(name="Bad Name", summary="x"),))
    with pytest.raises(ValueError, match="Bad Name"):
        OutageTree(discord.Client(intents=discord.Intents.none()), desk)


async def test_a_channel_of_another_kind_is_a_channel_too(chat: DiscordChat, front: Front, desk: FakeDesk) -> None:
    await front.ask("status", where=channel(3200, type=2, bitrate=64000, user_limit=0))
    assert desk.asked[0][2].target.channel == "3200"
