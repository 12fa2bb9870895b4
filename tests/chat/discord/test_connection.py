"""The connection: it comes back, it never costs more than it may, and it closes cleanly."""

import asyncio
import json
import sys
import threading

import pytest
from discord.gateway import KeepAliveHandler

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.client import OutageClient
from bot.domain.errors import SendError, SettingsError
from tests.chat.discord.conftest import Make, running, until
from tests.chat.discord.fakes import NOON, FakeClock, FakeNotes, card, claim
from tests.chat.discord.front import Fault, Front

NOW = int(NOON.timestamp())
THEIRS = ("front", "aiohttp", "_delay_ready", "Queue.get")
"""Tasks of the test's server, of aiohttp, and one of discord.py that ends by itself two seconds later."""


async def test_a_dropped_connection_is_resumed_and_answers_again(chat: DiscordChat, front: Front) -> None:
    await front.kick(4000)
    await asyncio.wait_for(front.ready.wait(), 3)
    assert (front.identified, front.resumed) == (1, 1)
    assert "answered" in (await front.ask("status"))["title"]


async def test_one_malformed_event_ends_it_with_an_error_to_start_again_after(
    unconnected: DiscordChat, front: Front
) -> None:
    async with running(unconnected) as task:
        await asyncio.wait_for(front.ready.wait(), 3)
        await front.dispatch("CHANNEL_UPDATE", {"type": "?"})
        with pytest.raises(ConnectionError, match="ended"):
            await asyncio.wait_for(task, 5)
    with pytest.raises(SendError):
        await unconnected.deliver(claim(), card())
    front.sessions.clear()
    front.ready.clear()
    async with running(unconnected):
        await asyncio.wait_for(front.ready.wait(), 3)
        await unconnected.deliver(claim(), card())


async def test_a_refused_token_says_how_to_mend_it(front: Front, make: Make) -> None:
    chat = make(token="bad.to.ken")
    with pytest.raises(SettingsError, match="copy the token again"):
        await chat.run()
    with pytest.raises(SettingsError, match="copy the token again"):
        await chat.check()
    assert front.identified == 0


async def test_a_gateway_that_refuses_our_token_ends_it(unconnected: DiscordChat, front: Front) -> None:
    async with running(unconnected) as task:
        await asyncio.wait_for(front.ready.wait(), 3)
        await front.kick(4004)
        with pytest.raises(SettingsError, match="copy the token again"):
            await asyncio.wait_for(task, 5)


@pytest.mark.parametrize(("code", "advice"), [(4011, "DISCORD_PUBLIC_KEY"), (4014, "intent")])
async def test_a_gateway_that_is_closed_to_us_is_left_alone_and_messages_go_out(
    unconnected: DiscordChat, front: Front, code: int, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(unconnected) as task:
        await asyncio.wait_for(front.ready.wait(), 3)
        await front.kick(code)
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(task, 5)
    async with running(unconnected):
        await until(lambda: unconnected._posts is not None)
        await unconnected.deliver(claim(), card())
        await asyncio.sleep(0.15)
    assert front.identified == 1
    assert len(front.shown()) == 1
    assert advice in capsys.readouterr().out


@pytest.mark.parametrize("path", ["/users/@me", "/gateway/bot"])
async def test_a_discord_that_is_down_is_tried_again_later(unconnected: DiscordChat, front: Front, path: str) -> None:
    front.faults.append(Fault("GET", path, 503))
    with pytest.raises(ConnectionError):
        await unconnected.run()
    assert front.identified == 0


async def test_a_check_says_who_we_are_and_costs_no_identify(unconnected: DiscordChat, front: Front) -> None:
    assert await unconnected.check() == "planb, 900 of 1000 connections left today"
    assert (front.identified, front.syncs) == (0, [])
    front.faults.append(Fault("GET", "/gateway/bot", 503))
    with pytest.raises(ConnectionError):
        await unconnected.check()


async def test_every_identify_is_counted_before_it_is_sent(chat: DiscordChat, front: Front, notes: FakeNotes) -> None:
    assert json.loads(notes.kept["discord.identifies"]) == [NOW]
    assert front.identified == 1


async def test_after_five_starts_in_ten_minutes_it_waits_but_messages_go_out(
    unconnected: DiscordChat, front: Front, notes: FakeNotes, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    monkeypatch.setattr("bot.chat.discord.client._LONGEST_NAP", 0.02)
    notes.kept["discord.identifies"] = json.dumps([NOW - second for second in range(5)])
    async with running(unconnected):
        await asyncio.sleep(0.15)
        assert front.identified == 0
        await unconnected.deliver(claim(), card())
        assert len(front.shown()) == 1
        clock.tick(minutes=10)
        await asyncio.wait_for(front.ready.wait(), 3)
    assert front.identified == 1


async def test_it_leaves_discords_own_count_a_reserve(
    unconnected: DiscordChat, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.discord.client._LONGEST_NAP", 0.02)
    front.remaining = 50
    async with running(unconnected):
        await asyncio.sleep(0.15)
        assert front.identified == 0
        front.remaining = 51
        await asyncio.wait_for(front.ready.wait(), 3)


async def test_a_session_that_is_lost_when_the_budget_is_spent_ends_it(
    unconnected: DiscordChat, front: Front, notes: FakeNotes
) -> None:
    async with running(unconnected) as task:
        await asyncio.wait_for(front.ready.wait(), 3)
        notes.kept["discord.identifies"] = json.dumps([NOW] * 5)
        for session in front.sessions.values():
            await session.socket.send_json({"op": 9, "d": False})
        with pytest.raises(ConnectionError, match="BudgetSpent"):
            await asyncio.wait_for(task, 5)
    assert front.identified == 1


async def test_stopping_it_is_quick_and_leaves_nothing_behind(unconnected: DiscordChat, front: Front) -> None:
    before = asyncio.all_tasks()
    task = asyncio.create_task(unconnected.run())
    await asyncio.wait_for(front.ready.wait(), 3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)
    await asyncio.sleep(0.05)
    left = {item for item in asyncio.all_tasks() - before if not any(name in repr(item) for name in THEIRS)}
    assert not left


async def test_a_gateway_that_does_not_say_goodbye_is_not_waited_for(
    unconnected: DiscordChat, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.chat.discord.ending.FAREWELL", 0.05)
    monkeypatch.setattr(OutageClient, "close", never)
    task = asyncio.create_task(unconnected.run())
    await asyncio.wait_for(front.ready.wait(), 3)
    await front.ask("status")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)


async def test_a_client_that_stops_without_a_word_is_an_error_too(
    unconnected: DiscordChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(OutageClient, "connect", nothing)
    with pytest.raises(ConnectionError, match="without a word"):
        await unconnected.run()


async def test_only_guilds_are_asked_for(chat: DiscordChat, front: Front) -> None:
    assert front.intents == 1


def beating() -> list[KeepAliveHandler]:
    return [one for one in threading.enumerate() if isinstance(one, KeepAliveHandler) and not one._stop_ev.is_set()]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="asyncio.wait_for loses this cancel before Python 3.12")
async def test_no_heartbeat_outlives_a_connection_that_is_given_up_while_it_is_made(unconnected: DiscordChat) -> None:
    before = len(beating())
    async with running(unconnected):
        async with asyncio.timeout(5):
            while len(beating()) == before:  # noqa: ASYNC110 - a thread of discord.py
                await asyncio.sleep(0)
    assert len(beating()) == before
