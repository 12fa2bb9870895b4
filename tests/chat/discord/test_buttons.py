"""Buttons on Discord: shown within its limits, pressed over either way, answered to who pressed alone."""

import asyncio
from typing import Any

import pytest

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.buttons import shown
from bot.domain.card import Button, Card, Tone
from bot.domain.subscription import Action, Platform, Target
from tests.chat.discord.conftest import Shop
from tests.chat.discord.fakes import FakeDesk, card, claim
from tests.chat.discord.front import CHANNEL, GUILD, OWNER, THREAD, Fault, Front, buttons_of, channel, member, thread

BUTTONS = (Button("I switched to Claude", "switched:7:Claude", is_main=True), Button("I am blocked", "blocked:7"))
CARD = Card(tone=Tone.BAD, title="ChatGPT: logins fail", buttons=BUTTONS)


@pytest.fixture(params=["connected", "over_http"])
def chat(request: pytest.FixtureRequest) -> DiscordChat:
    """Whichever way a press comes, it is the same press."""
    answering: DiscordChat = request.getfixturevalue(request.param)
    return answering


async def test_a_post_has_its_buttons_in_one_row(connected: DiscordChat, front: Front) -> None:
    await connected.deliver(claim(), CARD)
    [message] = front.shown()
    [row] = message["components"]
    assert row["type"] == 1
    told = [(one["type"], one["style"], one["label"], one["custom_id"]) for one in row["components"]]
    assert told == [(2, 1, "I switched to Claude", "switched:7:Claude"), (2, 2, "I am blocked", "blocked:7")]


async def test_an_edit_shows_the_buttons_of_now_and_none_where_there_are_none(
    connected: DiscordChat, front: Front
) -> None:
    root = await connected.deliver(claim(), CARD)
    [message] = front.shown()
    back = Card(tone=Tone.GOOD, title="over", buttons=(Button("I am back", "back:7"),))
    for number, (edited, left) in enumerate([(CARD, 2), (back, 1), (card(), 0), (CARD, 2)], start=8):
        await connected.deliver(claim(number, Action.EDIT, root=root), edited)
        assert len(buttons_of(message)) == left


async def test_a_reply_has_its_buttons_too(connected: DiscordChat, front: Front) -> None:
    root = await connected.deliver(claim(), card())
    await connected.deliver(claim(8, Action.REPLY, root=root), CARD)
    [reply] = front.shown(root.message)
    assert buttons_of(reply) == ["switched:7:Claude", "blocked:7"]


async def test_nothing_of_a_message_with_buttons_is_kept(connected: DiscordChat, front: Front) -> None:
    for number in range(3):
        await connected.deliver(claim(number), CARD)
    assert connected._posts
    assert not connected._posts._client._connection._view_store._views


@pytest.mark.parametrize(
    "label",
    [
        "<@5000> @everyone",
        ":fire: **bold** `code`",
        "a\nb\u202ec\u200b",
        "x" * 500,
        "🔥" * 90,
        "\u200b",
        "[a](https://b.c)",
    ],
)
async def test_a_hostile_label_is_short_and_plain(label: str) -> None:
    buttons = tuple(Button(label, f"go:1:{number}") for number in range(9))
    view = shown(Card(tone=Tone.BAD, title="t", buttons=buttons)).buttons
    assert view
    [row] = view.to_components()
    told: list[Any] = row["components"]
    assert len({one["custom_id"] for one in told}) == len(told) == 5
    for one in told:
        assert 0 < len(one["label"].encode("utf-16-le")) // 2 <= 80
        assert not set(one["label"]) & {"\n", "\u202e", "\u200b"}
        assert "@everyone" not in one["label"]
        assert "<@" not in one["label"]


async def test_a_press_is_acknowledged_first_and_answered_to_who_pressed_alone(
    chat: DiscordChat, front: Front, desk: FakeDesk
) -> None:
    body = await front.press("blocked:7")
    assert body["embeds"][0]["title"] == "✅ pressed answered"
    assert body["allowed_mentions"] == {"parse": []}
    [(_, options, caller)] = desk.asked
    assert options == {"rest": "blocked:7"}
    assert caller.target == Target(platform=Platform.DISCORD, workspace=str(GUILD), channel=str(CHANNEL))
    assert caller.user == str(OWNER)
    assert caller.may_manage
    assert not front.sent("PATCH", "/channels/")


async def test_in_a_thread_a_press_is_about_its_channel(chat: DiscordChat, front: Front, desk: FakeDesk) -> None:
    await front.press("blocked:7", where=thread(THREAD), member=member("0"), locale="fr")
    [(_, _, caller)] = desk.asked
    assert (caller.target.channel, caller.may_manage, caller.language) == (str(CHANNEL), False, "fr")


async def test_a_press_that_is_of_no_server_reaches_nobody(
    connected: DiscordChat, front: Front, desk: FakeDesk
) -> None:
    data = {"component_type": 2, "custom_id": "blocked:7", "id": 1}
    asked = front.asked(3, [], "", data=data, message=front._message("3900", {}), where=channel(3900, type=1))
    del asked["guild_id"], asked["guild"]
    await front.dispatch("INTERACTION_CREATE", asked)
    await front.press("blocked:8")
    assert [options for _, options, _ in desk.asked] == [{"rest": "blocked:8"}]


async def test_a_press_that_another_process_answered_is_left_to_it(
    connected: DiscordChat, front: Front, desk: FakeDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    for code in (40060, 10062):
        front.faults.append(Fault("POST", "/callback", 400, code))
        data = {"component_type": 2, "custom_id": "blocked:7", "id": 1}
        await front.dispatch("INTERACTION_CREATE", front.asked(3, [], "", data=data, message=front._message("1", {})))
    await front.press("blocked:8")
    assert len(desk.asked) == 1
    assert "press_failed" not in capsys.readouterr().out


async def test_a_press_that_discord_does_not_let_us_answer_is_a_line_in_the_log(
    connected: DiscordChat, front: Front, capsys: pytest.CaptureFixture[str]
) -> None:
    front.faults.append(Fault("POST", "/callback", 403, 50001))
    data = {"component_type": 2, "custom_id": "blocked:7", "id": 1}
    await front.dispatch("INTERACTION_CREATE", front.asked(3, [], "", data=data, message=front._message("1", {})))
    await front.press("blocked:8")
    assert "discord.press_failed" in capsys.readouterr().out


async def test_over_http_a_press_is_accepted_with_an_empty_202(
    shop: Shop, over_http: DiscordChat, front: Front
) -> None:
    data = {"component_type": 2, "custom_id": "blocked:7", "id": 1}
    asked = front.asked(3, [], "", data=data, message=front._message(str(CHANNEL), {}))
    assert await shop.post(asked) == (202, None)
    await asyncio.wait_for(front.originals[asked["token"]], 3)


async def test_while_nobody_is_logged_in_who_presses_is_told_to_press_again(shop: Shop, front: Front) -> None:
    data = {"component_type": 2, "custom_id": "blocked:7", "id": 1}
    status, answer = await shop.post(front.asked(3, [], "", data=data, message=front._message(str(CHANNEL), {})))
    assert (status, answer["type"], answer["data"]["flags"]) == (200, 4, 64)
