from datetime import timedelta

from bot.domain.polling import Outcome
from bot.domain.status import Freshness
from bot.domain.subscription import Platform
from bot.ports.meter import AGES_S, Figures
from bot.store.store import SqlStore
from tests.fakes import NOON
from tests.store.made import delivery


async def read(store: SqlStore, feed: str, *, ago_s: float, next_s: float = 30, good: bool = True) -> None:
    at = NOON - timedelta(seconds=ago_s)
    await store.register_feeds([feed], at)
    state = next(one for one in await store.claim_feeds(NOON, timedelta(seconds=60), 50) if one.feed == feed)
    outcome = Outcome(
        feed=feed,
        fence=state.fence,
        at=at,
        next_poll=NOON + timedelta(seconds=next_s),
        interval=timedelta(seconds=60),
        was_due=state.next_poll,
        trouble=None if good else Freshness.UNREACHABLE,
    )
    assert not await store.save_polls([outcome])


async def test_an_empty_database_has_no_figures(store: SqlStore) -> None:
    assert await store.figures(NOON) == Figures(ages=(0,) * len(AGES_S))


async def test_the_figures_say_how_much_waits_and_since_when(store: SqlStore) -> None:
    await store.promise([delivery("a")], NOON - timedelta(seconds=90))
    await store.promise([delivery("b", about="i2"), delivery("c", about="i3")], NOON - timedelta(seconds=40))
    first = (await store.claim_due(Platform.SLACK, NOON, timedelta(seconds=60), 1))[0]

    found = await store.figures(NOON)

    assert found.rows == {"sending": 1, "pending": 2}
    assert found.oldest_s == 90
    assert first.delivery.key == "a"


async def test_the_figures_count_the_feeds_by_age_and_leave_out_those_nobody_waits_for(store: SqlStore) -> None:
    await read(store, "fresh", ago_s=10)
    await read(store, "old", ago_s=400)
    await read(store, "never read", ago_s=5000, good=False)
    await read(store, "left the catalogue", ago_s=9999, next_s=86_400)
    await store.register_feeds(["never asked"], NOON)

    found = await store.figures(NOON)

    assert found.feeds == 3
    assert dict(zip(AGES_S, found.ages, strict=True)) == {
        30: 1, 60: 1, 120: 1, 300: 1, 600: 2, 1800: 2, 3600: 2, 21600: 3
    }  # fmt: skip
    assert found.late_s == 0


async def test_the_figures_say_how_late_the_polls_are(store: SqlStore) -> None:
    await read(store, "due", ago_s=100, next_s=-45)

    assert (await store.figures(NOON)).late_s == 45
