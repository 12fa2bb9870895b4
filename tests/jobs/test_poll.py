import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import NotTheFormat, StoreAway, Unreachable
from bot.domain.polling import FeedState
from bot.domain.status import Freshness, Impact
from bot.domain.subscription import Platform
from bot.jobs.poll import GONE_FOR
from bot.ports import Fetched
from bot.store.store import SqlStore
from tests.fakes import NOON
from tests.jobs.world import PLAINLY, World, nonsense, saying
from tests.made import LAMP, ended, follow, incident, snapshot, update


@pytest.fixture
async def world(memory: SqlStore) -> World:
    world = World(memory)
    await world.begin(follow())
    return world


async def known(world: World, feed: str = "lamp") -> FeedState:
    return (await world.store.states([feed]))[feed]


async def test_the_first_poll_tells_only_what_is_open(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot(incident(), ended(id="i2"))))
    assert await world.round() == ["post: Lamp: Logins fail"]


async def test_an_incident_is_told_from_its_first_word_to_its_last(world: World) -> None:
    found = incident(update(), update("u5", minutes=1))
    world.fetcher.say("lamp", *(saying(snapshot(*one)) for one in ([], [incident()], [found], [ended()])))
    assert [await world.round() for _ in range(4)] == [
        [],
        ["post: Lamp: Logins fail"],
        ["reply: Lamp: Investigating", "edit: Lamp: Logins fail"],
        ["reply: Lamp: Resolved", "edit: Lamp: Logins fail"],
    ]


async def test_a_change_is_saved_at_once_and_rings_the_bell(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot(incident())))
    await world.poll()
    await world.bell.wait(0)
    assert (await known(world)).snapshot is not None
    assert await world.store.next_due(Platform.SLACK) is not None


async def test_a_quiet_poll_is_saved_with_the_next_round(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot()))
    await world.round()
    world.clock.tick(minutes=2)
    (state,) = [state for state in await world.polling.take(5) if state.feed == "lamp"]
    await world.polling.work(state)
    before = await known(world)
    await world.polling.save_quiet()
    assert before.read_at != (await known(world)).read_at == world.clock.now()


async def test_quiet_polls_are_not_lost_while_the_database_is_away(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot()))
    await world.round()
    world.clock.tick(minutes=2)
    for state in await world.polling.take(5):
        await world.polling.work(state)
    real, world.polling.store = world.polling.store, Away()  # type: ignore[assignment] # stands before it
    with pytest.raises(StoreAway):
        await world.polling.save_quiet()
    world.polling.store = real
    await world.polling.save_quiet()
    assert (await known(world)).read_at == world.clock.now()


class Away:
    async def save_polls(self, outcomes: object) -> None:
        raise StoreAway("gone for lunch")


async def test_what_is_followed_is_polled_each_minute_and_the_rest_less_often(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot()))
    world.fetcher.say("torch", saying(snapshot()))
    await world.round()
    waits = {feed: (await known(world, feed)).next_poll - world.clock.now() for feed in ("lamp", "torch")}  # type: ignore[operator] # set
    assert waits == {"lamp": timedelta(minutes=1), "torch": timedelta(minutes=5)}


async def test_an_alternative_is_watched_like_what_is_followed(world: World) -> None:
    world.polling.watched = frozenset({"torch"})
    world.fetcher.say("torch", saying(snapshot()))
    await world.round()
    assert (await known(world, "torch")).interval == timedelta(minutes=1)


async def test_a_page_that_asks_for_more_time_gets_it(world: World) -> None:
    world.fetcher.wish = timedelta(minutes=10)
    await world.round()
    assert (await known(world)).next_poll == world.clock.now() + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (Unreachable("no answer"), Freshness.UNREACHABLE),
        (NotTheFormat("a web page"), Freshness.NOT_THE_EXPECTED_FORMAT),
    ],
)
async def test_a_page_that_cannot_be_read_says_why_and_waits_longer(
    world: World, error: Exception, trouble: Freshness
) -> None:
    world.fetcher.say("lamp", error, error)
    await world.round()
    await world.round(minutes=2)
    state = await known(world)
    assert (state.trouble, state.trouble_text, state.failures) == (trouble, str(error), 2)
    assert state.next_poll == world.clock.now() + timedelta(minutes=3)
    assert world.chat.delivered == []


async def test_retry_after_is_obeyed(world: World) -> None:
    world.fetcher.say("lamp", Unreachable("slow down", retry_after=timedelta(minutes=20)))
    await world.round()
    assert (await known(world)).next_poll == world.clock.now() + timedelta(minutes=20)


async def test_a_page_that_breaks_our_own_code_delays_nobody_else(world: World) -> None:
    world.fetcher.say("lamp", nonsense())
    world.fetcher.say("torch", saying(snapshot()))
    await world.round()
    assert (await known(world)).trouble is Freshness.NOT_THE_EXPECTED_FORMAT
    assert (await known(world, "torch")).read_at == world.clock.now()


async def test_trouble_ends_with_the_next_good_poll(world: World) -> None:
    world.fetcher.say("lamp", Unreachable("no"), saying(snapshot()))
    await world.round()
    await world.round(minutes=3)
    state = await known(world)
    assert (state.trouble, state.failures, state.read_at) == (None, 0, world.clock.now())


async def test_everything_is_asked_for_at_first_then_now_and_then_and_while_something_is_open(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot()), saying(snapshot()))
    for minutes in (1, 1, 12):
        await world.round(minutes)
    world.fetcher.say("lamp", saying(snapshot(incident())))
    for minutes in (1, 1):
        await world.round(minutes)
    assert [everything for feed, everything in world.fetcher.asked if feed == "lamp"] == [
        True,
        False,
        True,
        False,
        True,
    ]


async def test_an_unchanged_page_that_misses_an_open_incident_counts_on(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot(incident())), saying(snapshot()))
    heard = [await world.round(minutes=5) for _ in range(6)]
    assert heard == [
        ["post: Lamp: Logins fail"],
        [],
        [],
        ["reply: Lamp: no longer listed by the provider", "edit: Lamp: Logins fail"],
        [],
        [],
    ]


async def test_a_feed_that_left_the_catalogue_is_put_off(world: World) -> None:
    await world.store.register_feeds(["gone"], NOON)
    await world.round()
    assert (await known(world, "gone")).next_poll == world.clock.now() + GONE_FOR
    assert "gone" not in [feed for feed, _ in world.fetcher.asked]


async def test_the_poll_of_a_process_that_slept_changes_nothing(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot(incident())))
    world.clock.tick(minutes=1)
    (slept,) = [state for state in await world.polling.take(5) if state.feed == "lamp"]
    world.clock.tick(minutes=2)
    await world.store.claim_feeds(world.clock.now(), timedelta(minutes=1), 5)
    await world.polling.work(slept)
    assert (await known(world)).snapshot is None
    assert await world.store.next_due(Platform.SLACK) is None


async def test_nobody_follows_so_nobody_is_told(memory: SqlStore) -> None:
    world = World(memory)
    await world.begin()
    world.fetcher.say("lamp", saying(snapshot(incident())))
    assert await world.round() == []


async def test_a_channel_with_filters_is_told_when_it_is_bad_enough(memory: SqlStore) -> None:
    world = World(memory, services=(LAMP,))
    await world.begin(follow(min_impact=Impact.CRITICAL))
    small, big = incident(), replace(incident(), impact=Impact.CRITICAL)
    world.fetcher.say("lamp", saying(snapshot()), saying(snapshot(small)), saying(snapshot(big)))
    assert [await world.round() for _ in range(3)] == [[], [], ["post: Lamp: Logins fail"]]


async def test_a_poll_that_outlives_its_lease_goes_on_alone_under_the_newer_one(memory: SqlStore) -> None:
    world = World(memory)
    await world.begin(follow())
    world.fetcher.say("lamp", saying(snapshot(incident())))
    first = next(state for state in await world.polling.take(50) if state.feed == "lamp")
    held = asyncio.Event()
    fetch = world.fetcher.fetch

    async def slowly(*args: Any, **options: Any) -> Fetched:
        await held.wait()
        return await fetch(*args, **options)

    world.fetcher.fetch = slowly  # type: ignore[method-assign] # for this test
    running = asyncio.create_task(world.polling.work(first))
    await asyncio.sleep(0)
    world.clock.tick(seconds=61)
    second = next(state for state in await world.polling.take(50) if state.feed == "lamp")
    await world.polling.work(second)
    assert second.fence > first.fence
    held.set()
    await running
    assert (await known(world)).snapshot is not None
    assert [feed for feed, _ in world.fetcher.asked if feed == "lamp"] == ["lamp"]


async def test_a_large_document_is_asked_for_less_often(world: World) -> None:
    world.polling.formats = {"statuspage": replace(PLAINLY, least=timedelta(minutes=3))}
    world.fetcher.say("lamp", saying(snapshot()))
    await world.round()
    assert (await known(world)).interval == timedelta(minutes=3)


async def test_a_page_of_a_format_that_we_no_longer_read_is_left_alone(world: World) -> None:
    world.polling.formats = {}
    assert await world.round() == []
    assert world.fetcher.asked == []
