"""S3: every command, whoever asks for it, wherever it comes from. What changes nothing is for everybody."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat.slack.app import SlackChat
from bot.commands import COMMANDS
from bot.commands.spec import Caller
from bot.domain.card import Card, Tone
from bot.store.store import SqlStore
from tests.chat.discord.conftest import running
from tests.chat.discord.front import Front, member
from tests.chat.slack.fakes import FakeOutbox
from tests.chat.slack.front import BOT_TOKEN, SECRET, TEAM, SlackFront
from tests.commands.test_commands import Channel, channel_of
from tests.fakes import FakeClock
from tests.made import LAMP, PLAN, TORCH
from tests.security.chats import discord_chat

REFUSED = "Only people who may manage this channel"
READS, CHANGES = False, True
TABLE = {
    "status": (READS, {"service": "lamp"}),
    "active": (READS, {"scope": "all"}),
    "alt": (READS, {"service": "lamp"}),
    "choose": (CHANGES, {"service": "lamp", "tool": "torch"}),
    "tried": (READS, {"tool": "torch"}),
    "playbook": (READS, {"service": "lamp"}),
    "subscribe": (CHANGES, {"service": "torch"}),
    "unsubscribe": (CHANGES, {"service": "lamp"}),
    "list": (READS, {}),
    "services": (READS, {"query": "lamp"}),
    "drill": (CHANGES, {"action": "start", "service": "lamp", "minutes": "15"}),
    "switched": (READS, {"tool": "torch"}),
    "blocked": (READS, {"service": "lamp"}),
    "back": (READS, {"service": "lamp"}),
    "exposure": (READS, {}),
    "draft": (READS, {"incident": "lamp", "audience": "customers"}),
    "help": (READS, {}),
}
"""Every command: whether it changes what a channel is told, and options that would do so."""


@pytest.fixture
async def channel(memory: SqlStore) -> Channel:
    """One that follows something, with everything a command could change."""
    return channel_of(memory, (LAMP, TORCH), (PLAN,))


async def held(store: SqlStore) -> list[object]:
    """All that people can change."""
    services = sorted(await store.subscribed_services())
    found = [one for service in services for one in await store.subscriptions(service)]
    return [*found, *await store.added_pages(), *(await store.all_choices()).items()]


def test_the_table_names_every_command_and_knows_which_are_for_managers() -> None:
    assert {name: changes for name, (changes, _) in TABLE.items()} == {
        command.name: command.managers_only for command, _ in COMMANDS
    }


async def test_a_command_changes_something_only_for_those_who_may(channel: Channel) -> None:
    ways = ((name, way, may) for name in TABLE for way in ("line", "options") for may in (True, False))
    for number, (name, way, may) in enumerate(ways):
        channel.target = replace(channel.target, workspace=f"T{number}")
        await channel.ask("subscribe lamp")
        await run(channel, name, way, may=may)


async def run(channel: Channel, name: str, way: str, *, may: bool) -> None:
    before = await held(channel.store)
    changes, options = TABLE[name]
    caller = Caller(target=channel.target, user="U2", may_manage=may, language="en")
    line = " ".join((name, *(f"{key}={value}" for key, value in options.items())))
    desk = channel.desk
    card: Card = await (desk.answer_line(line, caller) if way == "line" else desk.answer(name, options, caller))
    assert (REFUSED in card.title) is (changes and not may)
    assert (await held(channel.store) != before) is (changes and may)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody on Slack, and whether they may manage a channel of our workspace."""

    may: bool
    said: dict[str, Any] | None = None
    user: str = "U0ANN"
    asks: tuple[tuple[str, str], ...] = ()


HOME = {"team_id": TEAM}
ADMIN = HOME | {"is_admin": True}
ON_SLACK = {
    "named in the settings": Person(may=True, user="U0BOSS"),
    "an admin": Person(may=True, said=ADMIN),
    "the owner": Person(may=True, said=HOME | {"is_owner": True}),
    "a member": Person(may=False, said=HOME | {"is_admin": False, "is_owner": False}),
    "a guest": Person(may=False, said=HOME | {"is_restricted": True}),
    "a guest of one channel": Person(may=False, said=HOME | {"is_restricted": True, "is_ultra_restricted": True}),
    "an admin of another company": Person(may=False, said={"team_id": "T0OTHER", "is_admin": True, "is_owner": True}),
    "a stranger": Person(may=False, said={"is_admin": True, "is_stranger": True}),
    "a member in a direct message": Person(may=False, said=HOME, asks=(("channel_id", "D0ANN"),)),
    "somebody Slack does not know": Person(may=False),
    "an admin of ours who names another workspace": Person(may=False, said=ADMIN, asks=(("team_id", "T0OTHER"),)),
    "a deleted admin": Person(may=False, said=HOME | {"deleted": True, "is_admin": False}),
}

STRANGE = Person(
    may=False, said={"team_id": "T0OTHER", "is_admin": True, "is_owner": True}, asks=(("team_id", "T0OTHER"),)
)


@pytest.fixture
async def slack() -> AsyncIterator[SlackFront]:
    async with SlackFront().serving() as front:
        yield front


async def test_on_slack_only_those_who_may_change_anything(channel: Channel, slack: SlackFront) -> None:
    for person in ON_SLACK.values():
        slack.people.clear()
        channel.clock.tick(minutes=1)
        await all_commands(channel, slack, person)


async def test_an_admin_of_another_company_in_a_shared_channel_is_nobody_here(
    channel: Channel, slack: SlackFront
) -> None:
    await all_commands(channel, slack, STRANGE)


async def all_commands(channel: Channel, slack: SlackFront, person: Person) -> None:
    if person.said is not None:
        slack.people[person.user] = person.said
    clock = FakeClock()
    chat = SlackChat(
        bot_token=BOT_TOKEN,
        signing_secret=SECRET,
        admins=frozenset({"U0BOSS"}),
        desk=channel.desk,
        outbox=FakeOutbox(),
        clock=clock,
        api_url=f"{slack.url}/api/",
    )
    app = web.Application()
    app.add_routes(chat.routes())
    more = {"user_id": person.user, **dict(person.asks)}
    before = await held(channel.store)
    async with TestClient(TestServer(app)) as client:
        for name, (changes, options) in TABLE.items():
            body = slack.slash_body(" ".join((name, *options.values())), **more)
            signed = slack.signed(body, at=clock.now().timestamp())
            assert (await client.post("/slack/events", data=body, headers=signed)).status == 200
            said = (await slack.response())["text"]
            assert (REFUSED in said) is (changes and not person.may), (name, said)
            assert person.may or await held(channel.store) == before


EVERYTHING, MANAGE_CHANNELS, ADMINISTRATOR, MANAGE_GUILD, MESSAGES = 2**50 - 1, 1 << 4, 1 << 3, 1 << 5, 1 << 13
ON_DISCORD = {
    "an administrator": (ADMINISTRATOR, True),
    "who manages channels": (MANAGE_CHANNELS, True),
    "who may do all": (EVERYTHING, True),
    "a member": (1 << 10 | 1 << 11, False),
    "a guest without any right": (0, False),
    "who manages messages": (MESSAGES, False),
    "who may do all but that": (EVERYTHING & ~MANAGE_CHANNELS & ~ADMINISTRATOR, False),
}


async def test_on_discord_only_those_who_may_change_anything(channel: Channel, memory: SqlStore) -> None:
    async with Front() as front:
        chat = discord_chat(front, channel.desk, memory, channel.clock)
        async with running(chat):
            await asyncio.wait_for(front.ready.wait(), 5)
            for who, (permissions, may) in ON_DISCORD.items():
                channel.clock.tick(minutes=1)
                before = await held(memory)
                for name, (changes, options) in TABLE.items():
                    answer = await front.ask(name, options=options, member=member(str(permissions)))
                    assert (REFUSED in answer["title"]) is (changes and not may), (who, name)
                    assert may or await held(memory) == before


async def test_on_discord_nothing_is_answered_outside_a_server(channel: Channel, memory: SqlStore) -> None:
    """A direct message, and an app that a person installed for themselves: Discord is told of neither, and yet."""
    async with Front() as front:
        chat = discord_chat(front, channel.desk, memory, channel.clock)
        async with running(chat):
            await asyncio.wait_for(front.ready.wait(), 5)
            private = {"id": "3900", "type": 1, "recipients": []}
            nowhere: dict[str, Any] = {"guild_id": None, "guild": None, "member": None, "user": member()["user"]}
            typed = [{"name": "service", "type": 3, "value": "lamp"}]
            outside = asyncio.ensure_future(front.interact(2, typed, "subscribe", where=private, context=1, **nowhere))
            assert REFUSED in (await front.ask("subscribe", options={"service": "lamp"}, member=member("0")))["title"]
            outside.cancel()
            assert await held(memory) == []


async def test_a_refusal_tells_nothing_of_what_it_refuses(channel: Channel) -> None:
    caller = Caller(target=replace(channel.target, workspace="T9"), user="U2", may_manage=False, language="en")
    cards = [
        await channel.desk.answer_line(f"{verb} {what}", caller)
        for verb in ("subscribe", "unsubscribe")
        for what in ("lamp", "nothing-of-that-name", "https://x.example")
    ]
    assert {(card.title, card.tone, card.lead, card.listings) for card in cards} == {
        ("Only people who may manage this channel can do that.", Tone.WARNING, (), ())
    }
