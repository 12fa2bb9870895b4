"""S6: whatever is typed is a value, never a statement; nothing changes but what the person may change."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.commands import COMMANDS
from bot.commands.spec import Caller, Command
from bot.domain.subscription import Target
from bot.store.store import SqlStore
from tests.commands.test_commands import Channel, channel_of
from tests.fakes import FakeProber
from tests.made import LAMP, PLAN, TEAM, TORCH
from tests.security.injections import SQL
from tests.security.test_who_may import held

NEIGHBOUR = replace(TEAM, channel="C2")


@pytest.fixture
async def channel(memory: SqlStore) -> Channel:
    """A channel with a neighbour, both of which follow something."""
    channel = channel_of(memory, (LAMP, TORCH), (PLAN,), FakeProber())
    for target in (TEAM, NEIGHBOUR):
        channel.target = target
        await channel.ask("subscribe lamp:chat min=major")
    return channel


@pytest.mark.parametrize("command", [command for command, _ in COMMANDS], ids=lambda command: command.name)
async def test_no_argument_of_a_command_is_more_than_a_value(channel: Channel, command: Command) -> None:
    """Each value once, at each command in another way; below, each in every way and place."""
    names = [option.name for option in command.options] or [""]
    first = [each for each, _ in COMMANDS].index(command)
    typed = [(names[number % len(names)], value, first + number // len(names)) for number, value in enumerate(SQL)]
    await type_all(channel, command, typed)


@pytest.mark.torture
@pytest.mark.parametrize("command", [command for command, _ in COMMANDS], ids=lambda command: command.name)
async def test_no_argument_of_a_command_is_more_than_a_value_in_any_place(channel: Channel, command: Command) -> None:
    names = [option.name for option in command.options] or [""]
    await type_all(channel, command, [(name, value, way) for name in names for value in SQL for way in range(WAYS)])


WAYS = 3


async def type_all(channel: Channel, command: Command, typed: list[tuple[str, str, int]]) -> None:
    """Type options and values, in ways that are counted modulo WAYS: an option of a form, a line, an option in one."""
    before = await held(channel.store)
    with capture_logs() as logs:
        for number, (option, value, way) in enumerate(typed):
            channel.clock.tick(seconds=4)
            caller = Caller(target=TEAM, user=f"U{number}", may_manage=True, language="en")
            given = {option: value} | ({"service": "lamp"} if option not in {"", "service"} else {})
            options = {one.name: given[one.name] for one in command.options if one.name in given}
            if way % WAYS == 0:
                await channel.desk.answer(command.name, options, caller)
            elif way % WAYS == 1:
                await channel.desk.answer_line(f"{command.name} {value}", caller)
            else:
                await channel.desk.answer_line(f"{command.name} lamp {option}={value}", caller)
    assert [log for log in logs if log["log_level"] in {"error", "critical"}] == []
    assert await of(channel, NEIGHBOUR) == [one for one in before if getattr(one, "target", None) == NEIGHBOUR]
    assert not {one.service for one in await channel.store.subscriptions_of(TEAM)} - {"lamp", "torch"}
    assert command.managers_only or await held(channel.store) == before


async def test_no_identifier_of_a_platform_is_more_than_a_value(memory: SqlStore) -> None:
    """On Slack and Discord these are theirs, but the tables do not know that."""
    channel = channel_of(memory, (LAMP,), ())
    await channel.ask("subscribe lamp")
    for value in SQL[:30]:
        channel.target = Target(platform=TEAM.platform, workspace=value, channel=value)
        assert (await channel.ask("list"))[0] == "This channel follows nothing yet"
        assert (await channel.ask("subscribe lamp"))[0] == "This channel now follows Lamp"
        await channel.ask("unsubscribe lamp")
        assert [one.target for one in await memory.subscriptions("lamp")] == [TEAM]


async def of(channel: Channel, target: Target) -> list[object]:
    return list(await channel.store.subscriptions_of(target))
