"""One connection to the gateway for all processes, none while the database is away, none after a refused token."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.chat.discord.app import GATEWAY, DiscordChat
from bot.domain.errors import Scope, SendError, SettingsError, StoreAway
from bot.domain.subscription import Platform
from bot.jobs.keep import Pace
from bot.jobs.loop import end, supervise
from bot.store.store import SqlStore
from tests.chat.discord.conftest import QUICK, Make, running, until
from tests.chat.discord.fakes import FakeClock, FakeLeases, FakeNotes, FakeSubscriptions, card, claim
from tests.chat.discord.front import GUILD, Fault, Front

MINUTE = timedelta(minutes=1)


def identifies(notes: FakeNotes) -> int:
    return len(json.loads(notes.kept.get("discord.identifies", "[]")))


@contextmanager
def away(notes: FakeNotes, leases: FakeLeases) -> Iterator[None]:
    notes.down = leases.down = True
    try:
        yield
    finally:
        notes.down = leases.down = False


async def test_of_two_processes_one_is_connected_and_both_post(make: Make, front: Front) -> None:
    first, second = make(), make()
    async with running(first), running(second):
        await asyncio.wait_for(front.ready.wait(), 3)
        await until(lambda: first._posts and second._posts)
        await first.deliver(claim(1), card())
        await second.deliver(claim(2), card())
        await asyncio.sleep(0.2)
        assert front.identified == 1
        assert len(front.shown()) == 2
        assert "answered" in (await front.ask("status"))["title"]


@pytest.mark.parametrize(
    ("pace", "within"), [(QUICK, 0.4), pytest.param(Pace(), 2.0, marks=pytest.mark.torture)], ids=["quick", "real"]
)
async def test_the_next_process_is_connected_as_soon_as_the_first_stops(
    make: Make, front: Front, pace: Pace, within: float
) -> None:
    first, second = make(pace=pace), make(pace=pace)
    async with running(first) as stopped, running(second):
        await until(lambda: first._posts and second._posts and front.ready.is_set())
        front.ready.clear()
        loop = asyncio.get_running_loop()
        before = loop.time()
        await end([stopped])
        await asyncio.wait_for(front.ready.wait(), 3)
        assert loop.time() - before < within
        assert front.identified == 2
        assert front.closed == [4000], "a session that was closed so could be resumed"


async def test_a_process_that_lost_its_lease_hangs_up_and_posts_on(
    make: Make, front: Front, leases: FakeLeases, clock: FakeClock
) -> None:
    chat = make()
    async with running(chat):
        await asyncio.wait_for(front.ready.wait(), 3)
        leases.held[GATEWAY] = ("another", clock.now() + MINUTE)
        await until(lambda: front.closed)
        await chat.deliver(claim(), card())
        assert (front.closed, front.identified, len(front.shown())) == ([4000], 1, 1)
        front.ready.clear()
        front.sessions.clear()
        clock.tick(minutes=1)
        await asyncio.wait_for(front.ready.wait(), 3)
        assert "answered" in (await front.ask("status"))["title"]
        assert front.identified == 2


async def test_a_gateway_that_says_no_goodbye_is_hung_up_on(
    make: Make, front: Front, leases: FakeLeases, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.discord.ending.FAREWELL", 0.05)
    async with running(make()):
        await asyncio.wait_for(front.ready.wait(), 3)
        front.ready.clear()
        (session,) = front.sessions.values()
        assert session.transport
        session.transport.pause_reading()
        leases.held[GATEWAY] = ("another", clock.now() + MINUTE)
        await asyncio.sleep(0.3)
        clock.tick(minutes=1)
        await asyncio.wait_for(front.ready.wait(), 3)
        session.transport.resume_reading()
        await until(lambda: front.closed == [4000])
    assert front.identified == 2


async def test_while_the_database_is_away_the_connection_stays_and_nobody_identifies(
    make: Make, front: Front, notes: FakeNotes, leases: FakeLeases
) -> None:
    chat = make()
    async with running(chat):
        await asyncio.wait_for(front.ready.wait(), 3)
        with away(notes, leases):
            await asyncio.sleep(2 * QUICK.lease.total_seconds())
            assert (front.identified, front.closed) == (1, [])
            await chat.deliver(claim(), card())
        await asyncio.sleep(2 * QUICK.renewal.total_seconds())
        assert (front.identified, front.closed) == (1, [])


async def test_a_session_that_is_lost_while_the_database_is_away_is_not_replaced_before_it_is_back(
    make: Make, front: Front, notes: FakeNotes, leases: FakeLeases, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(make()):
        await asyncio.wait_for(front.ready.wait(), 3)
        front.ready.clear()
        with away(notes, leases):
            for session in front.sessions.values():
                await session.socket.send_json({"op": 9, "d": False})
            await asyncio.sleep(0.3)
            assert front.identified == 1
        await asyncio.wait_for(front.ready.wait(), 8)
        assert front.identified == identifies(notes) == 2


async def test_a_database_that_is_away_at_the_start_is_waited_for(
    make: Make, front: Front, notes: FakeNotes, leases: FakeLeases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.discord.client._STORE_AWAY", 0.02)
    notes.down = leases.down = True
    async with running(make()) as task:
        await asyncio.sleep(0.2)
        assert (front.identified, task.done()) == (0, False)
        notes.down = leases.down = False
        await asyncio.wait_for(front.ready.wait(), 3)
    assert (front.identified, len(front.syncs)) == (1, 1)


async def test_many_starts_of_two_processes_share_one_budget(make: Make, front: Front, notes: FakeNotes) -> None:
    for _ in range(4):
        async with running(make()), running(make()):
            await until(front.ready.is_set)
            front.ready.clear()
    assert front.identified == identifies(notes) <= 5


async def test_processes_that_share_a_real_database_agree(make: Make, front: Front, memory: SqlStore) -> None:
    first, second = (make(notes=memory, leases=memory) for _ in range(2))
    async with running(first) as stopped:
        await asyncio.wait_for(front.ready.wait(), 3)
        front.ready.clear()
        async with running(second):
            await until(lambda: second._posts)
            await asyncio.sleep(0.1)
            assert (front.identified, len(front.syncs)) == (1, 1)
            await end([stopped])
            await asyncio.wait_for(front.ready.wait(), 3)
    assert front.identified == len(json.loads(await memory.note("discord.identifies") or "[]")) == 2
    await until(lambda: front.closed == [4000, 4000])


@pytest.mark.parametrize("flaps", [5, pytest.param(1_000, marks=[pytest.mark.torture, pytest.mark.timeout(300)])])
async def test_a_network_that_flaps_costs_no_identify(chat: DiscordChat, front: Front, flaps: int) -> None:
    for number in range(flaps):
        front.ready.clear()
        if number % 2:
            await front.kick(4000)
        else:
            front.cut()
        await asyncio.wait_for(front.ready.wait(), 10)
    assert (front.identified, front.resumed) == (1, flaps)
    assert "answered" in (await front.ask("status"))["title"]


async def test_a_token_that_is_refused_while_we_run_ends_everything(make: Make, front: Front) -> None:
    chat = make()
    async with running(chat) as task:
        await asyncio.wait_for(front.ready.wait(), 3)
        front.faults.append(Fault("POST", "/messages", 401, times=9))
        with pytest.raises(SendError) as caught:
            await chat.deliver(claim(), card())
        assert (caught.value.verdict.permanent, caught.value.verdict.scope) == (False, Scope.PLATFORM)
        with pytest.raises(SettingsError, match="copy the token again"):
            await asyncio.wait_for(task, 3)
    asked = len(front.log)
    for _ in range(2):
        with pytest.raises(SendError, match="copy the token again"):
            await chat.deliver(claim(2), card())
        await supervise("discord", chat.run, luck=lambda: 0)
    assert (len(front.log), front.identified, front.closed) == (asked, 1, [4000])


async def test_an_answer_to_a_command_that_comes_too_late_is_not_a_refused_token(make: Make, front: Front) -> None:
    chat = make()
    async with running(chat) as task:
        await asyncio.wait_for(front.ready.wait(), 3)
        front.faults.append(Fault("PATCH", "/webhooks", 401, 50027))
        await front.interact(2, [], "status")
        await until(lambda: front.faults[0].times == 0)
        await chat.deliver(claim(), card())
        assert not task.done()


async def test_a_server_that_throws_us_out_is_forgotten(
    chat: DiscordChat, front: Front, subscriptions: FakeSubscriptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.discord.client._STORE_AWAY", 0.01)
    subscriptions.errors = [StoreAway("gone"), StoreAway("gone")]
    await front.dispatch("GUILD_DELETE", {"id": str(GUILD)})
    await until(lambda: subscriptions.forgotten)
    assert subscriptions.forgotten == [(Platform.DISCORD, str(GUILD))]


async def test_a_server_that_is_only_unavailable_is_not_forgotten(
    chat: DiscordChat, front: Front, subscriptions: FakeSubscriptions
) -> None:
    await front.dispatch("GUILD_DELETE", {"id": str(GUILD), "unavailable": True})
    await front.ask("status")
    assert subscriptions.forgotten == []


async def test_joining_a_server_asks_nothing_of_discord(
    chat: DiscordChat, front: Front, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chat._posts
    client, before = chat._posts._client, len(front.log)
    client.dispatch("guild_join", client.guilds[0])  # discord.py holds the event back while it starts
    await until(lambda: "discord.joined" in capsys.readouterr().out)
    assert len(front.log) == before
