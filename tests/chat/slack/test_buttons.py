"""Buttons on Slack: shown within its limits, pressed over either way, answered to who pressed alone."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from slack_sdk.models.blocks import Block

from bot.chat.slack.app import SlackChat
from bot.chat.slack.blocks import message, plain
from bot.domain.card import Button, Card, Item, Listing, Tone
from bot.domain.subscription import Action, Platform, Target
from tests.chat.slack.conftest import running
from tests.chat.slack.fakes import NOON, FakeClock, FakeDesk, FakeOutbox, claim
from tests.chat.slack.front import BOT_TOKEN, SECRET, TEAM, SlackFront

BUTTONS = (Button("I switched to Claude", "switched:7:Claude", is_main=True), Button("I am blocked", "blocked:7"))
CARD = Card(tone=Tone.BAD, title="ChatGPT: logins fail", footer=("Status page",), buttons=BUTTONS)


def elements(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [element for block in said["blocks"] if block["type"] == "actions" for element in block["elements"]]


def test_buttons_stand_in_one_row_above_the_small_print() -> None:
    said = message(CARD)

    assert [block["type"] for block in said["blocks"]] == ["section", "actions", "context"]
    assert elements(said) == [
        {
            "type": "button",
            "action_id": "planb.press.1",
            "text": {"type": "plain_text", "text": "I switched to Claude", "emoji": False},
            "value": "switched:7:Claude",
            "style": "primary",
        },
        {
            "type": "button",
            "action_id": "planb.press.2",
            "text": {"type": "plain_text", "text": "I am blocked", "emoji": False},
            "value": "blocked:7",
        },
    ]


def test_plain_text_has_no_buttons() -> None:
    assert plain(CARD) == plain(Card(tone=Tone.BAD, title="ChatGPT: logins fail", footer=("Status page",)))


@pytest.mark.parametrize(
    "label",
    [
        "<!channel> <@U1> @here",
        ":fire: *bold* `code`",
        "a\nb\u202ec\u200b",
        "x" * 500,
        "🔥" * 80,
        "\u200b",
        "&lt;!here&gt;",
    ],
)
def test_a_hostile_label_is_short_plain_and_mentions_nobody(label: str) -> None:
    buttons = tuple(Button(label, f"go:1:{number}") for number in range(9))
    said = message(Card(tone=Tone.BAD, title="t", buttons=buttons))

    (row,) = [block for block in said["blocks"] if block["type"] == "actions"]
    for block in Block.parse_all([row]):
        block.validate_json()
    assert len({element["action_id"] for element in row["elements"]}) == len(row["elements"]) == 5
    for element in row["elements"]:
        text = element["text"]["text"]
        assert (element["text"]["type"], element["text"]["emoji"]) == ("plain_text", False)
        assert 0 < len(text.encode("utf-16-le")) // 2 <= 75
        assert not set(text) & set("<>\n\u202e")
        assert "@here" not in text


def test_buttons_stay_where_a_card_is_too_long_for_one_message() -> None:
    listings = tuple(Listing(f"{number}", (Item(("long words " * 80,)),)) for number in range(60))
    said = message(Card(tone=Tone.BAD, title="t", listings=listings, footer=("end",), buttons=BUTTONS))

    assert len(said["blocks"]) <= 50
    assert [block["type"] for block in said["blocks"][-2:]] == ["actions", "context"]


async def test_an_edit_without_buttons_takes_them_away(chat: SlackChat, front: SlackFront) -> None:
    root = await chat.deliver(claim(), CARD)
    (post,) = front.posts.values()
    assert len(elements(post)) == 2
    await chat.deliver(claim(Action.EDIT, number=8, root=root), Card(tone=Tone.GOOD, title="over"))
    assert elements(post) == []


async def test_a_press_is_acknowledged_first_and_answered_to_who_pressed_alone(
    chat: SlackChat, front: SlackFront, desk: FakeDesk
) -> None:
    async with running(chat, front):
        front.gates["users.info"] = asyncio.Event()
        acknowledgement = await front.press("blocked:7")
        assert desk.asked == []
        front.gates["users.info"].set()
        said = await front.response()

    assert not acknowledgement.get("payload")
    assert said["text"].startswith("You asked: pressed blocked")
    assert (said["response_type"], said["replace_original"]) == ("ephemeral", False)
    assert "delete_original" not in said
    ((line, caller),) = desk.asked
    assert line == "pressed blocked:7"
    assert caller.target == Target(platform=Platform.SLACK, workspace=TEAM, channel="C0OPS")
    assert (caller.user, caller.may_manage, caller.language) == ("U0ANN", False, "en")


async def test_who_presses_has_the_same_rights_as_who_types(chat: SlackChat, front: SlackFront, desk: FakeDesk) -> None:
    front.people["U0EVE"] = {"team_id": "T0OTHER", "is_admin": True}
    async with running(chat, front):
        for user, home in (("U0BOSS", TEAM), ("U0EVE", "T0OTHER")):
            await front.press("blocked:7", user={"id": user, "team_id": home})
            await front.response()

    assert [(caller.user, caller.may_manage) for _, caller in desk.asked] == [("U0BOSS", True), ("U0EVE", False)]
    assert {caller.target.workspace for _, caller in desk.asked} == {TEAM}


async def test_where_the_app_is_of_a_whole_organization_the_person_names_the_workspace(
    chat: SlackChat, front: SlackFront, desk: FakeDesk
) -> None:
    async with running(chat, front):
        await front.press("blocked:7", team=None, is_enterprise_install=True, enterprise={"id": "E1"})
        await front.response()

    assert desk.asked[0][1].target.workspace == TEAM


async def test_the_answer_goes_out_as_plain_text_where_the_blocks_are_refused(
    chat: SlackChat, front: SlackFront
) -> None:
    front.response_statuses.append(400)
    async with running(chat, front):
        await front.press("blocked:7")
        refused, said = await front.response(), await front.response()

    assert (refused["status"], "blocks" in said, said["replace_original"]) == (400, False, False)


@pytest.fixture
async def door(
    front: SlackFront, desk: FakeDesk, outbox: FakeOutbox, clock: FakeClock
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application()
    chat = SlackChat(
        bot_token=BOT_TOKEN, signing_secret=SECRET, desk=desk, outbox=outbox, clock=clock, api_url=f"{front.url}/api/"
    )
    app.add_routes(chat.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_over_http_a_signed_press_is_answered_and_a_forged_one_is_not(
    door: TestClient[web.Request, web.Application], front: SlackFront, desk: FakeDesk
) -> None:
    body = front.press_body("switched:7:Claude")
    for secret, status in (("another secret", 401), (SECRET, 200)):
        headers = front.signed(body, at=NOON.timestamp(), secret=secret)
        async with door.post("/slack/events", data=body, headers=headers) as response:
            assert response.status == status
    await front.response()
    assert [line for line, _ in desk.asked] == ["pressed switched:7:Claude"]


@pytest.mark.parametrize("action", ["somebody.else", "xplanb.press.1"])
async def test_what_is_no_button_of_ours_reaches_nobody(
    door: TestClient[web.Request, web.Application], front: SlackFront, desk: FakeDesk, action: str
) -> None:
    actions = [{"type": "button", "action_id": action, "block_id": "b", "value": "blocked:7", "action_ts": "1.1"}]
    body = front.press_body("blocked:7", actions=actions)
    async with door.post("/slack/events", data=body, headers=front.signed(body, at=NOON.timestamp())) as response:
        assert response.status == 404
    assert desk.asked == []
