"""That we cannot see is told once, and that we can again once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Unreachable
from bot.domain.service import Service
from bot.jobs.watch import Watching, nothing
from bot.store.store import SqlStore
from tests.jobs.world import World, saying
from tests.made import LAMP, TEAM, TORCH, follow, snapshot


def service(number: int) -> Service:
    return replace(
        LAMP, slug=f"s{number}", name=f"S{number}", feeds=(replace(LAMP.feeds[0], id=f"s{number}"),), parts=()
    )


MANY = (LAMP, TORCH, *(service(number) for number in range(10)))


async def world_of(store: SqlStore, services: tuple[Service, ...] = MANY) -> World:
    world = World(store, services=services)
    await world.begin(follow(), follow("torch"), follow(target=replace(TEAM, channel="C2"), language="fr"))
    for one in services:
        world.fetcher.say(one.feeds[0].id, saying(snapshot()))
    await world.round()
    return world


def watching(world: World, *, tells: bool = True) -> Watching:
    return Watching(library=world.polling.library, store=world.store, clock=world.clock, bell=world.bell, tells=tells)


async def dark(world: World, *feeds: str, minutes: float = 40, tells: bool = True) -> list[str]:
    """These pages cannot be read for a while, the others can. What the chat is told at the end of it."""
    for _ in range(int(minutes / 5)):
        for feed in feeds:
            world.fetcher.say(feed, Unreachable("it is away"))
        await world.round(minutes=5)
    return await looked(world, tells=tells)


async def looked(world: World, *, tells: bool = True) -> list[str]:
    before = len(world.chat.delivered)
    assert await watching(world, tells=tells).look() == ()
    await world.deliver()
    return [
        f"{c.delivery.target.channel} {c.delivery.action}: {card.title}" for c, card in world.chat.delivered[before:]
    ]


async def test_a_page_that_is_out_of_sight_is_told_once_where_it_is_followed(memory: SqlStore) -> None:
    world = await world_of(memory)
    assert await dark(world, "lamp", minutes=20) == []
    assert await dark(world, "lamp", minutes=20) == [
        "C1 post: I cannot read the status page of Lamp",
        "C2 post: Je ne peux pas lire la page d’état Lamp",
    ]
    assert await dark(world, "lamp") == []
    world.fetcher.answers.clear()
    world.clock.tick(hours=1)
    await world.round()
    assert sorted(await looked(world)) == [
        "C1 edit: I can read the status page of Lamp again",
        "C1 reply: I can read the status page of Lamp again",
        "C2 edit: Je peux de nouveau lire la page d’état Lamp",
        "C2 reply: Je peux de nouveau lire la page d’état Lamp",
    ]
    assert await looked(world) == []


async def test_when_most_is_out_of_sight_each_channel_is_told_once_about_us(memory: SqlStore) -> None:
    world = await world_of(memory)
    assert await dark(world, *(one.slug for one in MANY)) == [
        "C1 post: I can hardly see any status page now",
        "C2 post: Je ne vois presque plus aucune page d’état",
    ]
    assert world.chat.delivered[0][1].lead[0].startswith("The fault is most likely on my side")  # type: ignore[union-attr] # a text


async def test_who_came_later_is_not_told_that_we_see_again(memory: SqlStore) -> None:
    world = await world_of(memory)
    await dark(world, "lamp")
    world.fetcher.answers.clear()
    await world.store.subscribe(follow(target=replace(TEAM, channel="C3")), world.clock.now())
    world.clock.tick(hours=1)
    await world.round()
    assert not any(line.startswith("C3") for line in await looked(world))


async def test_an_operator_may_turn_the_notices_off(memory: SqlStore) -> None:
    world = await world_of(memory)
    assert await dark(world, "lamp", tells=False) == []
    assert await world.store.note("blind")


async def test_a_page_that_left_the_catalogue_meanwhile_is_told_to_nobody(memory: SqlStore) -> None:
    world = await world_of(memory)
    await dark(world, "lamp")
    world.services = ()
    bare = World(memory, services=(TORCH,))
    bare.clock.time = world.clock.time
    assert await looked(bare) == []


@pytest.mark.parametrize("item", [None])
async def test_there_is_nothing_to_work_on(item: None) -> None:
    await nothing(item)


async def test_one_of_all_processes_tells_it(memory: SqlStore) -> None:
    world = await world_of(memory)
    assert await memory.hold("watch", "another", world.clock.now(), timedelta(hours=9))
    assert await dark(world, "lamp", minutes=40) == []
