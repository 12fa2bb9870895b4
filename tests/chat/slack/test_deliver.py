"""Posting, replying, editing, telling, and what becomes of accidents."""

from datetime import timedelta

import aiohttp
import pytest

from bot.chat.slack.app import SlackChat
from bot.domain.card import Card, Tone
from bot.domain.errors import Scope, SendError, Verdict
from bot.domain.subscription import Action, Receipt
from bot.ports import Settled
from tests.chat.slack.conftest import running, until
from tests.chat.slack.fakes import CARD, NOON, FakeClock, FakeDesk, FakeOutbox, claim
from tests.chat.slack.front import BOT_TOKEN, Fault, SlackFront

GONE = Receipt(message="1.000001", channel="C0OPS")


async def test_it_posts_a_card_once_with_an_opaque_id_and_without_previews(chat: SlackChat, front: SlackFront) -> None:
    receipt = await chat.deliver(claim(number=42), CARD)

    assert list(front.posts) == [(receipt.channel, receipt.message)]
    (said,) = front.asked("chat.postMessage")
    assert said["text"] == "Parrot: logins fail"
    assert said["metadata"] == {"event_type": "planb_delivery", "event_payload": {"delivery": "42"}}
    assert (said["unfurl_links"], said["unfurl_media"], said["link_names"], said["parse"]) == (
        False,
        False,
        False,
        "none",
    )
    assert "thread_ts" not in said


async def test_it_replies_in_the_thread_of_the_first_message(chat: SlackChat, front: SlackFront) -> None:
    root = await chat.deliver(claim(), CARD)
    receipt = await chat.deliver(claim(Action.REPLY, root=root), CARD)

    assert front.posts[receipt.channel, receipt.message]["thread_ts"] == root.message


async def test_it_posts_a_reply_into_the_channel_when_there_is_no_thread_yet(
    chat: SlackChat, front: SlackFront
) -> None:
    await chat.deliver(claim(Action.REPLY, root=None), CARD)

    assert "thread_ts" not in front.asked("chat.postMessage")[0]


async def test_it_keeps_the_receipt_of_a_reply_whose_thread_is_gone_and_says_so(
    chat: SlackChat, front: SlackFront, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = await chat.deliver(claim(Action.REPLY, root=GONE), CARD)

    assert "thread_ts" not in front.posts[receipt.channel, receipt.message]
    assert "thread of delivery 7 is gone" in caplog.text


async def test_it_does_not_complain_of_a_thread_that_is_there(
    chat: SlackChat, caplog: pytest.LogCaptureFixture
) -> None:
    root = await chat.deliver(claim(), CARD)
    await chat.deliver(claim(Action.REPLY, root=root), CARD)

    assert "is gone" not in caplog.text


async def test_it_edits_the_first_message_and_leaves_its_metadata_alone(chat: SlackChat, front: SlackFront) -> None:
    root = await chat.deliver(claim(), CARD)
    edited = Card(tone=Tone.GOOD, title="Parrot: all well again")

    assert await chat.deliver(claim(Action.EDIT, root=root), edited) == root
    assert front.posts[root.channel, root.message]["text"] == "Parrot: all well again"
    (said,) = front.asked("chat.update")
    assert "metadata" not in said
    assert (said["link_names"], said["parse"]) == (False, "none")


async def test_it_has_nothing_to_edit_without_a_first_message(chat: SlackChat, front: SlackFront) -> None:
    assert await chat.deliver(claim(Action.EDIT, root=None), CARD) == Receipt(message="", channel="C0OPS")
    assert front.calls == []


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_it_follows_up_once_where_it_may_not_edit(chat: SlackChat, front: SlackFront, error: str) -> None:
    root = await chat.deliver(claim(), CARD)
    front.break_next("chat.update", Fault(error=error))

    receipt = await chat.deliver(claim(Action.EDIT, root=root), CARD)

    assert front.posts[receipt.channel, receipt.message]["thread_ts"] == root.message
    assert len(front.posts) == 2


async def test_an_edit_that_fails_otherwise_is_no_reason_to_follow_up(chat: SlackChat, front: SlackFront) -> None:
    root = await chat.deliver(claim(), CARD)
    front.break_next("chat.update", Fault(error="is_archived"))

    with pytest.raises(SendError) as raised:
        await chat.deliver(claim(Action.EDIT, root=root), CARD)

    assert raised.value.verdict == Verdict(permanent=True, scope=Scope.CHANNEL)
    assert len(front.posts) == 1


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long"])
async def test_it_sends_plain_text_once_when_slack_does_not_take_the_blocks(
    chat: SlackChat, front: SlackFront, error: str
) -> None:
    front.break_next("chat.postMessage", Fault(error=error))

    receipt = await chat.deliver(claim(), CARD)

    assert front.posts[receipt.channel, receipt.message]["blocks"] == []
    assert "We look into it." in front.posts[receipt.channel, receipt.message]["text"]


async def test_it_gives_up_when_slack_does_not_take_the_plain_text_either(chat: SlackChat, front: SlackFront) -> None:
    front.break_next("chat.postMessage", Fault(error="msg_too_long"), Fault(error="msg_too_long"))

    with pytest.raises(SendError, match="msg_too_long"):
        await chat.deliver(claim(), CARD)

    assert len(front.calls) == 2


async def test_it_waits_as_long_as_slack_wishes(chat: SlackChat, front: SlackFront) -> None:
    front.break_next("chat.postMessage", Fault(status=429, error="ratelimited", headers={"Retry-After": "37"}))

    with pytest.raises(SendError) as raised:
        await chat.deliver(claim(), CARD)

    assert raised.value.verdict == Verdict(retry_after=timedelta(seconds=37), limited=True, scope=Scope.WORKSPACE)
    assert len(front.calls) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500, body="<h1>oops</h1>"),
        Fault(status=503, error="service_unavailable"),
        Fault(error="fatal_error", after=True),
        Fault(status=200, body="<h1>a proxy's page</h1>", after=True),
        Fault(drop=True),
        Fault(drop=True, after=True),
    ],
)
async def test_it_does_not_know_whether_a_post_went_out_and_never_tries_again_itself(
    chat: SlackChat, front: SlackFront, fault: Fault
) -> None:
    front.break_next("chat.postMessage", fault)

    with pytest.raises(SendError) as raised:
        await chat.deliver(claim(), CARD)

    assert raised.value.verdict == Verdict(ambiguous=True)
    assert len(front.asked("chat.postMessage")) == 1


async def test_nothing_was_sent_where_nobody_listens(
    unused_tcp_port: int, desk: FakeDesk, outbox: FakeOutbox, clock: FakeClock
) -> None:
    api_url = f"http://127.0.0.1:{unused_tcp_port}/api/"
    chat = SlackChat(bot_token=BOT_TOKEN, desk=desk, outbox=outbox, clock=clock, api_url=api_url)

    with pytest.raises(SendError) as raised:
        await chat.deliver(claim(), CARD)

    assert raised.value.verdict == Verdict(scope=Scope.PLATFORM)
    assert isinstance(raised.value.__cause__, aiohttp.ClientConnectorError)


async def test_an_invalid_token_says_nothing_of_the_channel_and_waits(chat: SlackChat, front: SlackFront) -> None:
    front.break_next("chat.postMessage", Fault(error="token_revoked"))

    with pytest.raises(SendError, match="token_revoked") as raised:
        await chat.deliver(claim(), CARD)

    assert raised.value.verdict == Verdict(retry_after=timedelta(minutes=10), scope=Scope.WORKSPACE)


async def test_it_tells_one_person(chat: SlackChat, front: SlackFront) -> None:
    await chat.tell("U0ANN", CARD)

    (said,) = front.asked("chat.postMessage")
    assert said["channel"] == "U0ANN"
    assert "metadata" not in said


async def test_a_post_whose_connection_broke_is_found_by_its_echo_and_not_posted_twice(
    chat: SlackChat, front: SlackFront, outbox: FakeOutbox
) -> None:
    front.break_next("chat.postMessage", Fault(drop=True, after=True))
    async with running(chat, front):
        with pytest.raises(SendError) as raised:
            await chat.deliver(claim(), CARD)
        await until(lambda: outbox.echoes)
        settled = await chat.settle(claim(unsettled_since=NOON), NOON)

    assert raised.value.verdict.ambiguous
    assert settled.receipt is not None
    assert list(front.posts) == [(settled.receipt.channel, settled.receipt.message)]


async def test_it_waits_for_the_echo_as_long_as_slack_repeats_it_and_then_sends_again(chat: SlackChat) -> None:
    unsure = claim(unsettled_since=NOON)

    assert await chat.settle(unsure, NOON) == Settled(wait=timedelta(seconds=15))
    assert await chat.settle(unsure, NOON + timedelta(seconds=380)) == Settled(wait=timedelta(seconds=10))
    assert await chat.settle(unsure, NOON + timedelta(seconds=390)) == Settled()


async def test_an_edit_may_simply_be_made_again(chat: SlackChat) -> None:
    assert await chat.settle(claim(Action.EDIT, root=GONE, unsettled_since=NOON), NOON) == Settled()


async def test_it_asks_slack_if_it_is_there_and_shows_nothing(chat: SlackChat, front: SlackFront) -> None:
    await chat.alive()
    front.break_next("api.test", Fault(status=503))
    with pytest.raises(SendError):
        await chat.alive()
    assert [method for method, _ in front.calls] == ["api.test"] * 2
