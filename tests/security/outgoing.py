"""What leaves the house: cards through the real clients to stand-ins of both platforms, read by independent readers."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat.discord.app import DiscordChat
from bot.chat.slack.app import SlackChat
from bot.domain.card import Card
from bot.domain.subscription import Action
from tests.chat.discord import fakes as discord_fakes
from tests.chat.discord import reader
from tests.chat.discord.conftest import running
from tests.chat.discord.front import OWNER, Front
from tests.chat.discord.front import Fault as DiscordFault
from tests.chat.slack import fakes as slack_fakes
from tests.chat.slack import mrkdwn
from tests.chat.slack.front import BOT_TOKEN, SECRET, Fault, SlackFront
from tests.security.chats import discord_chat
from tests.security.words import EVIL, MOMENTS, Draw, hostile

Json = dict[str, Any]
STAMPS = {int(moment.timestamp()) for moment in MOMENTS}


@dataclass
class Findings:
    """What was sent, by kind, and what of it was wrong."""

    sent: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    strings: int = 0

    def note(self, kind: str, wrong: Iterator[str]) -> None:
        self.sent[kind] += 1
        self.wrong += [f"{kind}: {one!r}" for one in wrong]


def slack_wrongs(said: Json, *, quiet: bool) -> Iterator[str]:
    """Everything wrong with one outgoing message: its words, its lengths, how it wants to be read."""
    for text in mrkdwn.texts(said):
        yield from mrkdwn.dangers(text)
        yield from (f"date {stamp}" for stamp in re.findall(r"<!date\^(\d+)", text) if int(stamp) not in STAMPS)
        yield from (f"link {where}" for where in mrkdwn.addresses(text) if EVIL in where or "@" in where.split("/")[2])
    yield from (
        f"{one['type']} reads words" for one in mrkdwn.objects(said.get("blocks", [])) if not one.get("verbatim")
    )
    yield from mrkdwn.too_long(said)
    if quiet and (said.get("parse"), said.get("link_names")) != ("none", False):
        yield f"parse={said.get('parse')} link_names={said.get('link_names')}"


def discord_wrongs(body: Json) -> Iterator[str]:
    """As above, for a message, an edit or an answer."""
    if body.get("content"):
        yield "content"
    allowed = body.get("allowed_mentions") or {"none": "at all"}
    if {key: value for key, value in allowed.items() if value} or "parse" not in allowed:
        yield f"allowed_mentions {allowed}"
    for embed in body["embeds"]:
        footer = embed.get("footer", {}).get("text", "")  # shown without any markup
        for text in reader.texts(embed):
            yield from _discord_text(text)
            yield from () if text == footer else _discord_links(text)
        if EVIL in embed.get("url", "") or not embed.get("url", "https://").startswith(("https://", "http://")):
            yield f"url {embed['url']}"
        yield from reader.too_long(embed)


def _discord_text(text: str) -> Iterator[str]:
    ours = re.sub(r"<t:(-?\d+):[tfR]>", lambda found: "" if int(found[1]) in STAMPS else found[0], text)
    yield from reader.mentions(ours)


def _discord_links(text: str) -> Iterator[str]:
    for where in reader.leads(text):
        if EVIL in where or not re.fullmatch(r"https?://[!-~]+", where) or "@" in where.split("/")[2]:
            yield f"link {where}"


def read_names(front: Front) -> Iterator[str]:
    """The names of threads."""
    for body in front.sent("POST", "/threads"):
        yield from reader.mentions(body["name"])
        if not 0 < len(body["name"]) <= 100:
            yield f"name of {len(body['name'])}"


@dataclass
class Outlet:
    """Both platforms, ours connected to both."""

    slack: SlackChat
    slack_front: SlackFront
    slack_clock: slack_fakes.FakeClock
    slack_desk: "Repeating"
    door: TestClient[web.Request, web.Application]
    discord: DiscordChat
    discord_front: Front
    discord_desk: "Repeating"
    found: Findings = field(default_factory=Findings)


class Repeating(slack_fakes.FakeDesk):
    """Answers every command with the card that was laid ready."""

    commands = discord_fakes.COMMANDS
    card: Card

    async def answer_line(self, line: str, caller: Any) -> Card:
        return self.card


@asynccontextmanager
async def outlet() -> AsyncIterator[Outlet]:
    desk, clock = Repeating(), slack_fakes.FakeClock()
    async with SlackFront().serving() as slack_front, Front() as discord_front:
        slack_front.echoes = False
        discord_front.bucket = (10**9, 1.0)
        slack = SlackChat(
            bot_token=BOT_TOKEN,
            signing_secret=SECRET,
            admins=frozenset({"U0ANN"}),
            desk=desk,
            outbox=slack_fakes.FakeOutbox(),
            clock=clock,
            api_url=f"{slack_front.url}/api/",
        )
        discord = discord_chat(discord_front, desk, discord_fakes.FakeNotes(), discord_fakes.FakeClock())
        app = web.Application()
        app.add_routes(slack.routes())
        async with TestClient(TestServer(app)) as door, running(discord):
            await asyncio.wait_for(discord_front.ready.wait(), 5)
            yield Outlet(slack, slack_front, clock, desk, door, discord, discord_front, desk)


async def pour(out: Outlet, luck: random.Random, strings: int) -> Findings:
    """Cards with so many strings in all, each by every way out of the house."""
    draw = Draw(luck)
    number = 0
    while draw.strings < strings:
        number += 1
        first, second = draw.card(), draw.card()
        await _slack(out, number, first, second)
        await _discord(out, number, first, second, hostile(luck))
    out.found.strings = draw.strings
    return out.found


async def _slack(out: Outlet, number: int, first: Card, second: Card) -> None:
    front, chat = out.slack_front, out.slack
    root = await chat.deliver(slack_fakes.claim(number=number), first)
    await chat.deliver(slack_fakes.claim(Action.REPLY, number=number, root=root), second)
    await chat.deliver(slack_fakes.claim(Action.EDIT, number=number, root=root), second)
    await chat.tell("U0ANN", first)
    if number % 5 == 0:  # blocks refused, so plain text; an edit that is too late, so a follow-up
        front.break_next("chat.postMessage", Fault(error="invalid_blocks"))
        await chat.deliver(slack_fakes.claim(number=number), first)
        front.break_next("chat.update", Fault(error="edit_window_closed"))
        await chat.deliver(slack_fakes.claim(Action.EDIT, number=number, root=root), first)
    for method in ("chat.postMessage", "chat.update"):
        for said in front.asked(method):
            out.found.note(f"slack {method}", slack_wrongs(said, quiet=True))
    front.calls.clear()
    front.posts.clear()
    out.slack_desk.card = second
    if number % 7 == 0:
        front.response_statuses.append(400)
    out.slack_clock.passes(seconds=1)
    body = front.slash_body(f"status {number}")
    await out.door.post("/slack/events", data=body, headers=front.signed(body, at=out.slack_clock.now().timestamp()))
    for _ in range(2 if number % 7 == 0 else 1):
        out.found.note("slack answer", slack_wrongs(await front.response(), quiet=False))


async def _discord(out: Outlet, number: int, first: Card, second: Card, title: str) -> None:
    front, chat = out.discord_front, out.discord
    root = await chat.deliver(discord_fakes.claim(4 * number), first)
    await chat.deliver(discord_fakes.claim(4 * number + 1, Action.REPLY, root=root, title=title), second)
    await chat.deliver(discord_fakes.claim(4 * number + 2, Action.EDIT, root=root), second)
    await chat.tell(str(OWNER), second)
    if number % 5 == 0:
        front.faults.append(DiscordFault("PATCH", "/messages", 400, 30046))
        await chat.deliver(discord_fakes.claim(4 * number + 3, Action.EDIT, root=root), first)
    out.discord_desk.card = first
    await front.ask("status")
    for method, path, body in front.log:
        if isinstance(body, dict) and "embeds" in body:
            kind = "answer" if "webhooks" in path else {"POST": "post", "PATCH": "edit"}[method]
            out.found.note(f"discord {kind}", discord_wrongs(body))
    out.found.note("discord thread", read_names(front))
    front.log.clear()
    front.messages.clear()
    front.by_nonce.clear()
