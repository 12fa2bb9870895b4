"""Pages that become others, or move to another status product."""

from dataclasses import replace

import pytest

from bot.domain.errors import NotTheFormat
from bot.domain.status import Freshness
from bot.jobs.reprobe import FIRST_AFTER, THEN_EVERY, is_time
from bot.ports import Probed
from bot.store.store import SqlStore
from tests.jobs.world import ELSEWHERE, PLAINLY, World, saying
from tests.made import LAMP, follow, incident, snapshot

OLD, NEW = LAMP.page, "https://new.lamp.example"


@pytest.fixture
async def world(memory: SqlStore) -> World:
    world = World(memory)
    await world.begin(follow())
    return world


async def fail(world: World, times: int) -> None:
    world.fetcher.say("lamp", *(NotTheFormat("it is a web page") for _ in range(times)))
    for _ in range(times):
        await world.round(minutes=31)


def test_it_looks_again_after_three_failures_and_then_about_once_a_day() -> None:
    assert [n for n in range(1, 100) if is_time(n)] == [FIRST_AFTER, THEN_EVERY, 2 * THEN_EVERY]


async def test_a_page_that_moved_is_read_where_it_is_now(world: World) -> None:
    world.prober.found[OLD] = Probed(format=ELSEWHERE, url=NEW, snapshot=snapshot(format="elsewhere"))
    world.fetcher.say("lamp", saying(snapshot()))
    await world.round()
    await fail(world, FIRST_AFTER)
    assert world.prober.asked == [(OLD, True)]
    (feed,) = world.polling.library.everything.services[0].feeds
    assert (feed.id, feed.format, feed.url) == ("lamp", "elsewhere", NEW)
    world.fetcher.say("lamp", saying(snapshot(incident(), format="elsewhere")))
    assert await world.round() == ["post: Lamp: Logins fail"]


async def test_a_page_that_is_found_where_it_was_stays_there(world: World) -> None:
    world.prober.found[OLD] = Probed(format=PLAINLY, url=OLD, snapshot=snapshot())
    await fail(world, FIRST_AFTER)
    assert await world.store.added_pages() == []


async def test_a_page_that_cannot_be_found_is_looked_for_another_day(world: World) -> None:
    await fail(world, FIRST_AFTER + 1)
    assert world.prober.asked == [(OLD, True)]
    assert await world.store.added_pages() == []


async def test_another_page_at_the_same_address_is_not_believed(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot(page_id="abc")), saying(snapshot(incident(), page_id="xyz")))
    await world.round()
    assert await world.round() == []
    state = (await world.store.states(["lamp"]))["lamp"]
    assert state.trouble is Freshness.NOT_THE_EXPECTED_FORMAT
    assert state.trouble_text.startswith("another page answers there: its id is xyz, not abc")
    assert state.snapshot is not None
    assert state.snapshot.page_id == "abc"


async def test_a_new_place_with_another_identity_than_was_written_down_is_not_taken(memory: SqlStore) -> None:
    pinned = replace(LAMP, feeds=(replace(LAMP.feeds[0], page_id="abc"),))
    world = World(memory, services=(pinned,))
    await world.begin(follow())
    world.prober.found[OLD] = Probed(format=ELSEWHERE, url=NEW, snapshot=snapshot(page_id="xyz"))
    await fail(world, FIRST_AFTER)
    assert await world.store.added_pages() == []
