"""Nothing we send can mention anyone: every body that Discord got, of every way a text may go out."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from bot.chat.discord.app import DiscordChat
from bot.domain.subscription import Action
from tests.chat.discord.conftest import Shop
from tests.chat.discord.fakes import FakeDesk, card, claim
from tests.chat.discord.front import Fault, Front
from tests.chat.discord.reader import mentions, texts

LOUD = "@everyone <@&1> <@5000> @here"


def spoken(body: Any) -> Iterator[dict[str, Any]]:
    """Every message in a body: the body itself, or the data of an answer."""
    if isinstance(body, dict):
        if body.get("embeds") or body.get("content"):
            yield body
        for value in body.values():
            yield from spoken(value)


def messages(front: Front) -> list[dict[str, Any]]:
    return [message for _, _, body in front.log for message in spoken(body)]


def assert_silent(message: dict[str, Any]) -> None:
    allowed = message["allowed_mentions"]
    assert allowed["parse"] == []
    assert not allowed.get("users")
    assert not allowed.get("roles")
    assert not allowed.get("replied_user")
    said = [message.get("content") or "", *(text for embed in message.get("embeds", []) for text in texts(embed))]
    assert [found for text in said for found in mentions(text)] == []


@pytest.fixture(params=["connected", "over_http"])
def chat(request: pytest.FixtureRequest) -> DiscordChat:
    answering: DiscordChat = request.getfixturevalue(request.param)
    return answering


async def test_no_message_edit_reply_or_answer_mentions_anyone(chat: DiscordChat, front: Front, desk: FakeDesk) -> None:
    root = await chat.deliver(claim(1, title=LOUD), card(LOUD))
    await chat.deliver(claim(2, Action.EDIT, root=root, title=LOUD), card(LOUD))
    await chat.deliver(claim(3, Action.REPLY, root=root, title=LOUD), card(LOUD))
    front.faults.append(Fault("PATCH", f"/messages/{root.message}", 400, 30046))
    await chat.deliver(claim(4, Action.EDIT, root=root, title=LOUD), card(LOUD))
    front.faults.append(Fault("POST", "/threads", 403, 50013))
    other = await chat.deliver(claim(5, title=LOUD), card(LOUD))
    await chat.deliver(claim(6, Action.REPLY, root=other, title=LOUD), card(LOUD))
    await chat.deliver(claim(7, Action.TELL, title=LOUD), card(LOUD))
    await chat.tell("5000", card(LOUD))
    await front.ask("status", options={"tool": LOUD})
    assert len(messages(front)) == 10
    for message in messages(front):
        assert_silent(message)
    for started in front.sent("POST", "/threads"):
        assert mentions(started["name"]) == []


async def test_what_is_completed_mentions_nobody(chat: DiscordChat, front: Front, desk: FakeDesk) -> None:
    desk.known = [(f"Paper {LOUD}", "paper")]
    typed = {"name": "tool", "type": 3, "value": "paper", "focused": True}
    _, answer = await front.interact(4, [typed], "status")
    assert [mentions(choice["name"]) for choice in answer["data"]["choices"]] == [[]]


async def test_an_answer_in_the_http_response_mentions_nobody(shop: Shop, front: Front) -> None:
    _, answer = await asyncio.wait_for(shop.post(front.asked(2, [], "status")), 3)
    assert_silent(answer["data"])
