"""The database and the numbers count the same messages, over a day in which some are late, given up, or a drill."""

import random
from dataclasses import replace
from datetime import timedelta

from bot.core.drill import PREFIX
from bot.domain.change import News
from bot.domain.errors import SendError, Verdict
from bot.domain.punctuality import LIMITS_S
from bot.domain.subscription import Action, Delivery
from bot.store.store import SqlStore
from bot.web.metrics import PrometheusMeter
from tests.jobs.world import World
from tests.made import TEAM, change, follow, incident, update


def promise(about: str, action: Action = Action.POST, feed: str = "lamp") -> Delivery:
    news = replace(change(incident(update(), id=about), News.UPDATED), feed=feed)
    return Delivery(key=about, target=TEAM, action=action, change=news, reason="new")


async def test_the_database_counts_the_messages_of_a_day_as_the_numbers_do(store: SqlStore) -> None:
    luck = random.Random(7)  # noqa: S311 - no secret
    meter, world = PrometheusMeter(), World(store)
    world.delivering.meter = meter
    await world.begin(follow())
    began = world.clock.now()
    actions = [luck.choice((Action.POST, Action.REPLY, Action.EDIT)) for _ in range(50)]
    for number, action in enumerate(actions):
        await store.promise([promise(f"i{number}", action)], world.clock.now())
        if number % 20 == 0:
            world.chat.errors = [SendError("msg_too_long", Verdict(hopeless=True))]
        world.clock.tick(seconds=luck.choice((0, 0.4, 1, 3, 8, 25, 60, 100, 299.9, 300, 300.1, 400)))
        await world.deliver()
    await store.promise([promise("waits"), promise("practised", feed=f"{PREFIX}7-lamp")], world.clock.now())
    world.clock.tick(minutes=6)

    (found,) = await store.punctuality(began, world.clock.now())
    page = meter.page(None).decode()
    shown = dict(line.rsplit(" ", 1) for line in page.splitlines() if 'platform="slack"' in line)
    assert found.told == float(shown['ingest_to_post_seconds_count{platform="slack"}'])
    assert found.soon == {
        limit: float(shown[f'ingest_to_post_seconds_bucket{{le="{limit:.1f}",platform="slack"}}']) for limit in LIMITS_S
    }
    assert (found.given_up > 0, found.waiting) == (True, 1)
    assert found.told + found.given_up == sum(action is not Action.EDIT for action in actions)


async def test_what_was_promised_before_and_what_has_still_time_is_not_counted(store: SqlStore) -> None:
    world = World(store)
    await world.begin(follow())
    now = world.clock.now()
    await store.promise([promise("old")], now - timedelta(days=40))
    await store.promise([promise("new")], now - timedelta(minutes=4))
    assert await store.punctuality(now - timedelta(days=30), now) == []
    (found,) = await store.punctuality(now - timedelta(days=30), now + timedelta(minutes=2))
    assert (found.waiting, found.share) == (1, 0)
