"""One failure, lived through on each chat: people switch, it relapses, it holds, they go back."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from rich.console import Console

from bot.chat.console.app import HERE, ConsoleChat
from bot.chat.discord.app import DiscordChat
from bot.chat.slack.app import SlackChat
from bot.commands import COMMANDS, PRESSES
from bot.commands.desk import Desk
from bot.commands.office import Office
from bot.domain.status import Incident, Phase
from bot.domain.subscription import Platform, Target
from bot.jobs.recovery import Recovering
from bot.locale import languages
from bot.ports import Chat
from bot.store.store import SqlStore
from tests.chat.discord import conftest as discord_parts
from tests.chat.discord.fakes import TOKEN
from tests.chat.discord.front import CHANNEL, GUILD, Front, buttons_of, member, user
from tests.chat.slack import conftest as slack_parts
from tests.chat.slack.front import APP_TOKEN, BOT_TOKEN, TEAM, SlackFront
from tests.fakes import FakeChat
from tests.jobs.world import World, saying
from tests.made import PLAN, follow, incident, snapshot, update


class Room(Protocol):
    """A channel as people see it."""

    async def first(self) -> str:
        """The first message, as it is shown now, with what its buttons do."""
        ...

    async def last(self) -> str:
        """What was said last in the thread."""
        ...

    async def in_person(self, who: int) -> str:
        """What they alone were sent."""
        ...

    async def does(self, what: str, who: int) -> str:
        """Somebody presses (or types) that; what they alone read."""
        ...


@dataclass
class SlackRoom:
    front: SlackFront

    async def first(self) -> str:
        return said(next(iter(self.front.posts.values())))

    async def last(self) -> str:
        return said([post for (channel, _), post in self.front.posts.items() if channel == "C0OPS"][-1])

    async def in_person(self, who: int) -> str:
        return said([post for (channel, _), post in self.front.posts.items() if channel == f"U0{who}"])

    async def does(self, what: str, who: int) -> str:
        post = next(iter(self.front.posts.values()))
        value = next(e["value"] for b in post["blocks"] for e in b.get("elements", ()) if what in e.get("value", ""))
        await self.front.press(value, user={"id": f"U0{who}", "team_id": TEAM})
        return said(await self.front.response())


@dataclass
class DiscordRoom:
    front: Front

    async def first(self) -> str:
        return said(self.front.shown()[0])

    async def last(self) -> str:
        return said(self.front.shown(self.front.shown()[0]["id"])[-1])

    async def in_person(self, who: int) -> str:
        return said([one for to, one in self.front.direct if to == str(who)])

    async def does(self, what: str, who: int) -> str:
        button = next(one for one in buttons_of(self.front.shown()[0]) if what in one)
        return said(await self.front.press(button, member={**member("0"), "user": user(who, f"ada{who}")}))


@dataclass
class ConsoleRoom:
    chat: ConsoleChat
    out: io.StringIO

    async def first(self) -> str:
        return self.out.getvalue()

    async def last(self) -> str:
        return self.out.getvalue()[-2500:]

    async def in_person(self, who: int) -> str:
        return ""

    async def does(self, what: str, who: int) -> str:
        return said(await self.chat.answer(f"/outage {what} {'torch' if what == 'switched' else ''}"))


def said(message: Any) -> str:
    return json.dumps(message, default=str, ensure_ascii=False)


@pytest.fixture(autouse=True)
def _own_addresses() -> Iterator[None]:
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE = base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


@dataclass
class Story:
    world: World
    room: Room
    jobs: Recovering

    async def page(self, page: Incident | None, minutes: float) -> None:
        """So much later the page says this, if anything; all loops have their turn."""
        if page:
            self.world.fetcher.say("lamp", saying(snapshot(page)))
        self.world.clock.tick(minutes=minutes)
        await self.world.poll()
        await self.jobs.look()
        await self.world.deliver()

    async def press(self, what: str, who: int) -> str:
        answer = await self.room.does(what, who)
        await self.world.deliver()
        return answer


@asynccontextmanager
async def slack(world: World, desk: Desk) -> AsyncIterator[tuple[Chat, Room]]:
    async with SlackFront().serving() as front:
        chat = SlackChat(
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            desk=desk,
            outbox=world.store,
            clock=world.clock,
            api_url=f"{front.url}/api/",
            ping_interval=0.2,
        )
        async with slack_parts.running(chat, front):
            yield chat, SlackRoom(front)


@asynccontextmanager
async def discord(world: World, desk: Desk) -> AsyncIterator[tuple[Chat, Room]]:
    async with Front() as front:
        chat = DiscordChat(
            token=TOKEN,
            desk=desk,
            notes=world.store,
            leases=world.store,
            forget=world.store.forget_workspace,
            clock=world.clock,
            api_url=front.api_url,
            gateway_url=front.gateway_url,
            pace=discord_parts.QUICK,
        )
        async with discord_parts.running(chat):
            await asyncio.wait_for(front.ready.wait(), 3)
            yield chat, DiscordRoom(front)


@asynccontextmanager
async def console(world: World, desk: Desk) -> AsyncIterator[tuple[Chat, Room]]:
    out = io.StringIO()
    chat = ConsoleChat(
        desk=desk, outbox=world.store, clock=world.clock, language="en", out=Console(file=out, width=200)
    )
    yield chat, ConsoleRoom(chat, out)


PLACES = {
    Platform.SLACK: (slack, Target(platform=Platform.SLACK, workspace=TEAM, channel="C0OPS")),
    Platform.DISCORD: (discord, Target(platform=Platform.DISCORD, workspace=str(GUILD), channel=str(CHANNEL))),
    Platform.CONSOLE: (console, HERE),
}


@pytest.fixture(params=list(PLACES))
async def story(request: pytest.FixtureRequest, memory: SqlStore) -> AsyncIterator[Story]:
    opened, target = PLACES[request.param]
    world = World(memory, chat=FakeChat(platform=request.param))
    library = world.polling.library
    office = Office(
        catalogue=library.everything,
        library=library,
        store=memory,
        plans=(PLAN,),
        languages=languages(),
        clock=world.clock,
    )
    await world.begin(follow(target=target))
    world.fetcher.say("torch", saying(snapshot()))
    jobs = Recovering(library=library, store=memory, clock=world.clock, bell=world.bell, owner="")
    async with opened(world, Desk(office, COMMANDS, PRESSES)) as (chat, room):
        world.delivering.chats = {request.param: chat}
        told = Story(world, room, jobs)
        world.fetcher.say("lamp", saying(snapshot()))
        await told.page(None, 1)
        yield told


OPEN = incident()
FIXED = incident(update(), update("u1", Phase.MONITORING, "A fix is in.", 10))
RELAPSED = incident(*FIXED.updates, update("u2", Phase.INVESTIGATING, "It is back.", 15))
OVER = incident(*RELAPSED.updates, update("u3", Phase.RESOLVED, "Done.", 30))
OVER = replace(OVER, resolved_at=OVER.updates[-1].posted_at)


def counts(story: Story) -> str:
    """Of two people; whoever sits at a console is one person, whose last word counts."""
    return "1 blocked" if isinstance(story.room, ConsoleRoom) else "1 switched to Torch, 1 blocked"


async def begin(story: Story) -> None:
    await story.page(OPEN, 1)
    assert "Noted: you switched to Torch" in await story.press("switched", 1)
    assert "I had noted that already" in await story.press("switched", 1)
    assert counts(story) in await story.press("blocked", 2)


async def test_the_first_message_offers_to_press_or_to_type(story: Story) -> None:
    await story.page(OPEN, 1)
    shown = await story.room.first()
    assert "I switched to Torch" in shown
    assert "I am blocked" in shown
    assert ("/outage blocked" in shown) is isinstance(story.room, ConsoleRoom)


async def test_the_first_message_counts_and_names_nobody(story: Story) -> None:
    await begin(story)
    if isinstance(story.room, ConsoleRoom):
        return  # a print cannot be edited; the answers count there
    shown = await story.room.first()
    assert counts(story) in shown
    assert "U01" not in shown
    assert "ada" not in shown


async def test_after_a_relapse_it_must_hold_before_people_go_back(story: Story) -> None:
    await begin(story)
    await story.page(FIXED, 9)
    await story.page(RELAPSED, 5)
    assert "It fails again: stay with Torch." in await story.room.last()
    await story.page(OVER, 15)
    assert "Resolved" in await story.room.last()
    await story.page(None, 13)
    assert "you can go back to Lamp" not in await story.room.last()
    await story.page(None, 2)
    last = await story.room.last()
    assert "you can go back to Lamp" in last
    assert counts(story) in last
    assert "<@" not in last


async def test_who_left_it_is_told_in_person_and_who_is_back_is_not(story: Story) -> None:
    await begin(story)
    await story.page(OVER, 29)
    await story.page(None, 16)
    told = [await story.room.in_person(who) for who in (1, 2, 3)]
    if isinstance(story.room, ConsoleRoom):
        assert told == [""] * 3
        return
    for one in told[:2]:
        assert one.count("You told me that you could not use it.") == 1
        assert "you can go back to Lamp" in one
        assert "In this channel" not in one
    assert told[2] == "[]"


async def test_then_the_first_message_asks_who_is_back(story: Story) -> None:
    await begin(story)
    await story.page(OVER, 29)
    await story.page(None, 16)
    back = await story.press("back", 1)
    assert "Noted: you are back" in back
    if isinstance(story.room, ConsoleRoom):
        return
    shown = await story.room.first()
    assert "I am back" in shown
    assert "I am blocked" not in shown
    assert "1 blocked, 1 back" in shown
