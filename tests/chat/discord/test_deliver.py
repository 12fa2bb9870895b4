"""Deliveries through the real discord.py to a Discord on loopback."""

import time
from datetime import timedelta

import pytest

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.posts import nonce
from bot.domain.card import Tone
from bot.domain.errors import SendError
from bot.domain.subscription import Action, Receipt
from tests.chat.discord.fakes import NOON, FakeClock, card, claim
from tests.chat.discord.front import CHANNEL, Fault, Front

NO_MENTIONS: dict[str, list[str]] = {"parse": []}


async def posted(chat: DiscordChat, number: int = 1) -> Receipt:
    return await chat.deliver(claim(number), card())


def assert_no_mentions(front: Front) -> None:
    bodies = front.sent("POST", "/messages") + front.sent("PATCH", "/messages")
    messages = [body for body in bodies if "embeds" in body]
    assert messages
    for body in messages:
        assert body["allowed_mentions"]["parse"] == []
        assert not body["allowed_mentions"].get("replied_user", False)
        assert "users" not in body["allowed_mentions"]
        assert "roles" not in body["allowed_mentions"]


async def test_a_post_goes_into_the_channel(chat: DiscordChat, front: Front) -> None:
    receipt = await posted(chat)
    [message] = front.shown()
    assert receipt == Receipt(message=message["id"], channel=str(CHANNEL))
    assert "Presses are jammed" in message["embeds"][0]["title"]
    assert_no_mentions(front)


async def test_the_tone_is_said_in_the_language_of_the_channel(chat: DiscordChat, front: Front) -> None:
    await chat.deliver(claim(language="fr"), card(tone=Tone.WARNING))
    assert front.shown()[0]["embeds"][0]["footer"]["text"] == "🟡 Attention"


async def test_a_reply_goes_into_a_thread_named_after_the_incident(chat: DiscordChat, front: Front) -> None:
    root = await posted(chat)
    first = await chat.deliver(claim(2, Action.REPLY, root=root, title="@everyone\n" + "jam " * 40), card("More"))
    second = await chat.deliver(claim(3, Action.REPLY, root=root), card("Still more"))
    [started] = front.sent("POST", "/threads")
    assert started["auto_archive_duration"] == 1440
    assert started["name"].startswith("＠everyone jam jam")
    assert len(started["name"]) <= 100
    assert [message["id"] for message in front.shown(root.message)] == [first.message, second.message]
    assert first.thread == root.message
    assert first.channel == root.channel
    assert_no_mentions(front)


async def test_a_thread_that_is_there_already_is_used(chat: DiscordChat, front: Front) -> None:
    root = await posted(chat)
    front.threads.add(root.message)
    await chat.deliver(claim(2, Action.REPLY, root=root), card("More"))
    assert len(front.shown(root.message)) == 1


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (400, 50024), (403, 50001), (404, 0)])
async def test_without_threads_a_reply_answers_the_first_message(
    chat: DiscordChat, front: Front, status: int, code: int
) -> None:
    root = await posted(chat)
    front.faults.append(Fault("POST", "/threads", status, code, times=9))
    receipt = await chat.deliver(claim(2, Action.REPLY, root=root), card("More"))
    await chat.deliver(claim(3, Action.REPLY, root=root), card("Still more"))
    _, reply, _ = front.shown()
    assert str(reply["reference"]["message_id"]) == root.message
    assert reply["reference"]["fail_if_not_exists"] is False
    assert receipt == Receipt(message=reply["id"], channel=root.channel)
    assert len(front.sent("POST", "/threads")) == 1, "it asks once, refusals count against us"
    assert_no_mentions(front)


async def test_what_is_known_of_threads_is_bounded(
    chat: DiscordChat, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.discord.posts._PLACES_MAX", 1)
    roots = [await posted(chat, number) for number in (1, 2)]
    for number, root in enumerate((*roots, roots[0]), start=3):
        receipt = await chat.deliver(claim(number, Action.REPLY, root=root), card("More"))
        assert receipt.thread == root.message
    assert len(front.sent("POST", "/threads")) == 3


async def test_a_locked_thread_is_left_for_the_channel(chat: DiscordChat, front: Front) -> None:
    root = await posted(chat)
    front.faults.append(Fault("POST", f"/channels/{root.message}/messages", 403, 160005))
    await chat.deliver(claim(2, Action.REPLY, root=root), card("More"))
    assert len(front.shown()) == 2


async def test_a_reply_without_permission_to_refer_stands_alone(chat: DiscordChat, front: Front) -> None:
    root = await posted(chat)
    front.faults += [Fault("POST", "/threads", 403, 50013), Fault("POST", f"/{CHANNEL}/messages", 403, 160002)]
    await chat.deliver(claim(2, Action.REPLY, root=root), card("More"))
    assert front.shown()[-1]["reference"] is None


async def test_a_refused_answer_is_refused(chat: DiscordChat, front: Front) -> None:
    root = await posted(chat)
    front.faults += [Fault("POST", "/threads", 403, 50013), Fault("POST", f"/{CHANNEL}/messages", 403, 50013)]
    with pytest.raises(SendError) as caught:
        await chat.deliver(claim(2, Action.REPLY, root=root), card("More"))
    assert caught.value.verdict.permanent


@pytest.mark.parametrize("path", ["/threads", "/messages"])
async def test_trouble_on_the_way_to_a_thread_is_not_taken_for_a_refusal(
    chat: DiscordChat, front: Front, path: str
) -> None:
    root = await posted(chat)
    front.faults.append(Fault("POST", path, 503))
    with pytest.raises(SendError) as caught:
        await chat.deliver(claim(2, Action.REPLY, root=root), card("More"))
    assert caught.value.verdict.ambiguous
    receipt = await chat.deliver(claim(2, Action.REPLY, root=root), card("More"))
    assert receipt.thread == root.message


async def test_a_reply_to_nothing_is_a_post(chat: DiscordChat, front: Front) -> None:
    await chat.deliver(claim(2, Action.REPLY), card())
    assert len(front.shown()) == 1


async def test_an_edit_changes_the_first_message(chat: DiscordChat, front: Front) -> None:
    root = await posted(chat)
    assert await chat.deliver(claim(2, Action.EDIT, root=root), card("It prints again")) == root
    [message] = front.shown()
    assert "It prints again" in message["embeds"][0]["title"]
    [body] = front.sent("PATCH", "/messages")
    assert body["allowed_mentions"] == NO_MENTIONS


async def test_an_edit_of_nothing_does_nothing(chat: DiscordChat, front: Front) -> None:
    receipt = await chat.deliver(claim(2, Action.EDIT), card())
    assert receipt == Receipt(message="", channel=str(CHANNEL))
    assert await chat.deliver(claim(2, Action.EDIT, root=receipt), card()) == receipt
    assert not front.shown()


@pytest.mark.parametrize(("status", "code"), [(400, 30046), (404, 10008)])
async def test_what_cannot_be_edited_any_more_is_followed_up_once(
    chat: DiscordChat, front: Front, status: int, code: int
) -> None:
    root = await posted(chat)
    front.faults.append(Fault("PATCH", "/messages", status, code, times=2))
    first = await chat.deliver(claim(2, Action.EDIT, root=root), card("It prints again"))
    again = await chat.deliver(claim(2, Action.EDIT, root=root), card("It prints again"))
    assert first == again
    assert len(front.shown()) == 2


async def test_an_edit_that_is_refused_for_another_reason_is_refused(chat: DiscordChat, front: Front) -> None:
    root = await posted(chat)
    front.faults.append(Fault("PATCH", "/messages", 403, 50001))
    with pytest.raises(SendError) as caught:
        await chat.deliver(claim(2, Action.EDIT, root=root), card())
    assert caught.value.verdict.permanent


async def test_a_503_may_have_posted(chat: DiscordChat, front: Front) -> None:
    front.faults.append(Fault("POST", "/messages", 503, committed=True))
    with pytest.raises(SendError) as caught:
        await posted(chat)
    assert caught.value.verdict.ambiguous
    assert (await chat.settle(claim(1), NOON)).receipt is None
    await posted(chat)
    assert len(front.shown()) == 1


async def test_a_connection_lost_after_the_post_does_not_post_twice(chat: DiscordChat, front: Front) -> None:
    front.faults.append(Fault("POST", "/messages", committed=True, drop=True))
    with pytest.raises(SendError) as caught:
        await posted(chat)
    assert caught.value.verdict.ambiguous
    receipt = await posted(chat)
    assert [message["id"] for message in front.shown()] == [receipt.message]
    first, second = front.sent("POST", "/messages")
    assert first["nonce"] == second["nonce"] == nonce(1)
    assert first["enforce_nonce"] is True


async def test_a_message_that_someone_deleted_meanwhile_is_not_posted_again(chat: DiscordChat, front: Front) -> None:
    receipt = await posted(chat)
    del front.messages[receipt.message]
    assert await posted(chat) == Receipt(message="", channel=str(CHANNEL))
    assert not front.shown()


async def test_a_channel_that_is_gone_is_gone_for_good(chat: DiscordChat) -> None:
    with pytest.raises(SendError) as caught:
        await chat.deliver(claim(channel=12), card())
    assert caught.value.verdict.permanent


async def test_a_full_bucket_is_waited_for_and_never_overrun(chat: DiscordChat, front: Front) -> None:
    front.bucket = (2, 0.2)
    start = time.monotonic()
    for number in range(1, 6):
        await posted(chat, number)
    assert time.monotonic() - start >= 0.35
    assert len(front.sent("POST", "/messages")) == len(front.shown()) == 5


async def test_after_a_ban_discord_is_left_alone_for_ten_minutes(
    chat: DiscordChat, front: Front, clock: FakeClock
) -> None:
    front.faults.append(Fault("POST", "/messages", 429))
    for _ in range(2):
        with pytest.raises(SendError) as caught:
            await posted(chat)
        assert caught.value.verdict.retry_after == timedelta(minutes=10)
    assert len(front.sent("POST", "/messages")) == 1
    clock.tick(minutes=11)
    await posted(chat)
    assert len(front.shown()) == 1


async def test_an_answer_that_cannot_be_read_may_have_posted(chat: DiscordChat, front: Front) -> None:
    front.faults.append(Fault("POST", "/messages", 200))
    with pytest.raises(SendError) as caught:
        await posted(chat)
    assert caught.value.verdict.ambiguous


async def test_before_it_is_connected_deliveries_are_put_off(unconnected: DiscordChat) -> None:
    with pytest.raises(SendError) as caught:
        await posted(unconnected)
    assert caught.value.verdict.retry_after


async def test_one_person_is_told_directly(chat: DiscordChat, front: Front) -> None:
    await chat.tell("5000", card("A channel is closed to us"))
    assert len(front.shown(3900)) == 1
    assert_no_mentions(front)


async def test_nobody_cannot_be_told(chat: DiscordChat) -> None:
    with pytest.raises(SendError) as caught:
        await chat.tell("U0SLACK", card())
    assert caught.value.verdict.permanent


@pytest.mark.parametrize("number", [0, 1, 35, 36, 2**63 - 1])
def test_a_nonce_is_short_and_leads_back_to_its_delivery(number: int) -> None:
    text = nonce(number)
    assert len(text) <= 25
    assert int(text.removeprefix("planb-"), 36) == number


async def test_it_asks_discord_if_it_is_there_and_shows_nothing(chat: DiscordChat, front: Front) -> None:
    await chat.alive()
    front.faults.append(Fault("GET", "/gateway", 503))
    with pytest.raises(SendError):
        await chat.alive()
    assert front.shown() == []
