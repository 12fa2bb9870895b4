"""Buttons under our messages: what is pressed is answered by its verb, or kindly refused."""

from dataclasses import replace

import pytest

from bot.commands.desk import Desk
from bot.commands.office import Office
from bot.commands.spec import Caller, Pressed
from bot.domain.card import Card, Tone
from bot.domain.errors import StoreAway
from bot.store.store import SqlStore
from tests.commands.test_commands import Channel, channel_of
from tests.made import LAMP, PLAN, TEAM, TORCH

CALLER = Caller(target=TEAM, user="U1", may_manage=False, language="en")


async def echo(pressed: Pressed, _office: Office) -> Card:
    if pressed.argument == "away":
        raise StoreAway("gone")
    return Card(tone=Tone.INFO, title=f"{pressed.delivery} {pressed.argument}")


@pytest.fixture
def channel(memory: SqlStore) -> Channel:
    channel = channel_of(memory, (LAMP, TORCH), (PLAN,))
    channel.desk = Desk(channel.office, (), {"echo": echo})
    return channel


@pytest.mark.parametrize(
    ("does", "title"),
    [
        ("echo:12:claude:api", "12 claude:api"),
        ("echo:12", "12 "),
        ("echo:12:away", "I cannot reach my memory just now. Please ask again in a minute."),
        ("gone:12:x", "I do not know this button any more. Please type the command instead."),
        ("echo:twelve:x", "I do not know this button any more. Please type the command instead."),
        ("echo", "I do not know this button any more. Please type the command instead."),
        ("", "I do not know this button any more. Please type the command instead."),
    ],
)
async def test_a_button_is_answered_by_its_verb(channel: Channel, does: str, title: str) -> None:
    assert (await channel.desk.press(does, CALLER)).title == title


async def test_buttons_count_like_commands(channel: Channel) -> None:
    titles = [(await channel.desk.press("echo:1:x", CALLER)).title for _ in range(21)]
    assert "lot of questions" in titles[20]
    assert (await channel.desk.press("echo:1:x", replace(CALLER, user="U2"))).title == "1 x"
