"""How long an echo is waited for: for a second try where all was heard, else as long as Slack repeats itself."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat.slack import ears
from bot.chat.slack.app import SlackChat
from bot.chat.slack.ears import Ears
from bot.domain.errors import SendError, Verdict
from bot.domain.subscription import Action, Platform, Receipt
from bot.jobs.deliver import LEASE
from bot.ports import Settled
from bot.store.store import SqlStore
from tests.chat.slack.conftest import running, until
from tests.chat.slack.fakes import CARD, NOON, FakeClock, FakeDesk, FakeOutbox, claim
from tests.chat.slack.front import APP_TOKEN, BOT_TOKEN, SECRET, Fault, SlackFront
from tests.chat.slack.test_listening import echo

SHORT, LONG = timedelta(seconds=75), timedelta(minutes=6.5)
ROOT = Receipt(message="1.000001", channel="C0OPS")


async def waits(chat: SlackChat, clock: FakeClock) -> timedelta:
    """How long an unclear post of now would be waited for, to the second."""
    unsure = claim(unsettled_since=clock.now())
    for seconds in range(1000):
        if await chat.settle(unsure, clock.now() + timedelta(seconds=seconds)) == Settled():
            return timedelta(seconds=seconds)
    raise AssertionError


async def test_who_never_heard_anything_waits_for_the_last_repeat(chat: SlackChat, clock: FakeClock) -> None:
    assert await waits(chat, clock) == LONG


async def test_who_listens_over_a_socket_waits_until_after_a_minute(
    chat: SlackChat, front: SlackFront, clock: FakeClock
) -> None:
    async with running(chat, front):
        await until(lambda: chat._ears.heard_since(NOON))
        clock.passes(minutes=5)
        assert await waits(chat, clock) == SHORT
        before = claim(unsettled_since=NOON - timedelta(seconds=1))
        assert (await chat.settle(before, NOON + SHORT)).wait

    assert await waits(chat, clock) == LONG


async def test_a_new_process_listens_before_it_speaks_if_that_is_soon(
    chat: SlackChat, front: SlackFront, clock: FakeClock
) -> None:
    assert not chat.may_speak()
    async with running(chat, front):
        await until(chat.may_speak)
    assert chat.may_speak()  # a break is no start


async def test_a_process_that_cannot_listen_speaks_all_the_same(chat: SlackChat, clock: FakeClock) -> None:
    clock.passes(seconds=5)
    assert not chat.may_speak()
    clock.passes(seconds=1)
    assert chat.may_speak()


async def test_where_no_post_was_ever_echoed_only_a_process_that_lives_repeats_one(
    chat: SlackChat, outbox: FakeOutbox, clock: FakeClock
) -> None:
    before = claim(unsettled_since=NOON - timedelta(hours=1))
    outbox.before = False

    assert (await chat.settle(before, clock.now())).wait == timedelta(seconds=15)
    assert await chat.settle(before, clock.now() + LONG) == Settled()
    outbox.echoes[1] = ROOT
    assert await chat.settle(before, clock.now()) == Settled()


@pytest.mark.parametrize("how", ["abort", "refresh"])
async def test_after_a_break_only_later_posts_are_heard(
    chat: SlackChat, front: SlackFront, clock: FakeClock, how: str
) -> None:
    async with running(chat, front):
        await until(lambda: chat._ears.heard_since(NOON))
        clock.passes(minutes=1)
        if how == "abort":
            front.abort()
        else:
            await front.ask_to_reconnect()
        await front.connected()
        await until(lambda: not chat._ears.heard_since(NOON))
        await until(lambda: chat._ears.heard_since(clock.now()))
        assert await waits(chat, clock) == SHORT


async def test_what_the_database_could_not_take_was_not_heard(
    chat: SlackChat, front: SlackFront, outbox: FakeOutbox, clock: FakeClock
) -> None:
    async with running(chat, front):
        await until(lambda: chat._ears.heard_since(NOON))
        clock.passes(seconds=1)
        outbox.away = True
        with pytest.raises(TimeoutError):
            await front.deliver_event(echo("12"), within=0.05)
        assert not chat._ears.heard_since(NOON)
        assert chat._ears.heard_since(clock.now())


async def test_over_http_the_first_signed_request_proves_that_slack_reaches_us(
    front: SlackFront, desk: FakeDesk, outbox: FakeOutbox, clock: FakeClock
) -> None:
    chat = SlackChat(
        bot_token=BOT_TOKEN, signing_secret=SECRET, desk=desk, outbox=outbox, clock=clock, api_url=f"{front.url}/api/"
    )
    assert chat.may_speak()
    app = web.Application()
    app.add_routes(chat.routes())
    body = json.dumps(front.event_payload({"type": "message"}))
    async with TestClient(TestServer(app)) as door:
        await door.post("/slack/events", data=body, headers=front.signed(body, at=NOON.timestamp(), secret="wrong"))
        assert await waits(chat, clock) == LONG
        await door.post("/slack/events", data=body, headers=front.signed(body, at=NOON.timestamp()))
        assert await waits(chat, clock) == SHORT


async def test_a_process_that_was_stopped_for_a_while_has_not_heard_all(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ears, "PAUSE_S", 0.1)
    monkeypatch.setattr(ears, "BEAT_S", 0.01)
    us = Ears(clock)
    us.hear()
    keeping = asyncio.create_task(us.keep_time())
    await asyncio.sleep(0.15)
    assert us.heard_since(NOON)

    keeping.cancel()
    clock.passes(seconds=90)
    await asyncio.sleep(0.15)
    assert not us.heard_since(NOON)
    assert us.heard_since(clock.now())


async def test_a_follow_up_whose_answer_was_lost_is_found_and_not_posted_twice(
    chat: SlackChat, front: SlackFront, outbox: FakeOutbox
) -> None:
    edit = claim(Action.EDIT, root=ROOT)
    front.break_next("chat.postMessage", Fault(drop=True, after=True))
    async with running(chat, front):
        with pytest.raises(SendError) as raised:
            await chat.deliver(edit, CARD)
        await until(lambda: outbox.echoes)
        receipt = await chat.deliver(claim(Action.EDIT, root=ROOT, unsettled_since=NOON), CARD)

    assert raised.value.verdict == Verdict(ambiguous=True)
    assert list(front.posts) == [(receipt.channel, receipt.message)]


async def test_a_follow_up_that_may_be_there_is_waited_for_and_then_posted(
    chat: SlackChat, front: SlackFront, clock: FakeClock
) -> None:
    edit = claim(Action.EDIT, root=ROOT, unsettled_since=NOON)
    with pytest.raises(SendError) as raised:
        await chat.deliver(edit, CARD)

    assert raised.value.verdict == Verdict(retry_after=timedelta(seconds=15))
    assert front.posts == {}
    clock.passes(minutes=6.5)
    await chat.deliver(edit, CARD)
    assert len(front.posts) == 1


async def test_a_reply_that_fell_into_the_channel_is_found_by_its_echo_too(
    chat: SlackChat, front: SlackFront, outbox: FakeOutbox
) -> None:
    front.break_next("chat.postMessage", Fault(drop=True, after=True))
    async with running(chat, front):
        with pytest.raises(SendError):
            await chat.deliver(claim(Action.REPLY, root=ROOT), CARD)
        await until(lambda: outbox.echoes)
        settled = await chat.settle(claim(Action.REPLY, root=ROOT, unsettled_since=NOON), NOON)

    assert settled.receipt is not None
    (post,) = front.posts.values()
    assert post["ts"] == settled.receipt.message
    assert "thread_ts" not in post


async def test_waiting_for_a_follow_up_ends(
    front: SlackFront, desk: FakeDesk, clock: FakeClock, memory: SqlStore
) -> None:
    api_url = f"{front.url}/api/"
    chat = SlackChat(bot_token=BOT_TOKEN, desk=desk, outbox=memory, clock=clock, api_url=api_url)
    await memory.promise([claim(Action.EDIT).delivery], NOON)
    front.break_next("chat.postMessage", Fault(status=503))
    tries = 0
    while not front.posts:
        (due,) = await memory.claim_due(Platform.SLACK, clock.now(), SHORT, 1)
        try:
            await chat.deliver(replace(due, root=ROOT), CARD)
        except SendError as error:
            again = clock.now() + (error.verdict.retry_after or timedelta(seconds=5))
            unsettled = error.verdict.ambiguous
            await memory.failed(due, "no", again=again, unsettled=unsettled, now=clock.now())
            clock.at = again
        tries += 1
        assert tries < 40

    assert clock.now() - NOON == LONG


async def test_what_a_killed_process_had_in_hand_is_told_within_ninety_seconds(
    front: SlackFront, desk: FakeDesk, clock: FakeClock, memory: SqlStore
) -> None:
    """Whether it had been posted just before, or not."""
    api_url = f"{front.url}/api/"
    chat = SlackChat(bot_token=BOT_TOKEN, app_token=APP_TOKEN, desk=desk, outbox=memory, clock=clock, api_url=api_url)
    await memory.promise([claim(number=n, channel=f"C{n}").delivery for n in (1, 2)], NOON)
    await memory.echoed(99, ROOT, NOON)
    async with running(chat, front):
        await until(lambda: chat._ears.heard_since(NOON))
        posted, unsent = await memory.claim_due(Platform.SLACK, NOON, LEASE, 2)
        await memory.echoed(posted.id, ROOT, NOON)
        told: set[int] = set()
        for _ in range(90):
            clock.passes(seconds=1)
            for late in await memory.claim_due(Platform.SLACK, clock.now(), LEASE, 2):
                settled = await chat.settle(late, clock.now())
                if settled.wait:
                    await memory.defer(late, clock.now() + settled.wait)
                    continue
                receipt = settled.receipt or await chat.deliver(late, CARD)
                await memory.sent(late, receipt, clock.now())
                told.add(late.id)

    assert told == {posted.id, unsent.id}
    assert len(front.posts) == 1
