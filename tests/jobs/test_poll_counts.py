"""What the poll loop tells those who watch over it."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain.errors import FeedError, NotTheFormat, Unreachable
from bot.ports import Documents
from bot.ports.meter import Count, Level, Meter, Span
from bot.store.store import SqlStore
from bot.web.metrics import FETCHED
from tests.jobs.world import World, nonsense, saying
from tests.made import follow, snapshot


@dataclass
class Counted:
    """Keeps what it was told."""

    counted: list[tuple[Count, dict[str, str]]] = field(default_factory=list)

    def count(self, what: Count, **labels: str) -> None:
        self.counted.append((what, labels))

    def observe(self, what: Span, seconds: float, **labels: str) -> None:
        raise AssertionError

    def level(self, what: Level, value: float, **labels: str) -> None:
        raise AssertionError


def _it_is_a_meter(one: Counted) -> Meter:
    return one


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (saying(snapshot()), "changed"),
        (None, "unchanged"),
        (Unreachable("no answer"), "unreachable"),
        (Unreachable("slow down", status=429, retry_after=timedelta(minutes=1)), "limited"),
        (NotTheFormat("a web page"), "not_the_format"),
        (nonsense(), "broken"),
        (RuntimeError("a mistake of ours"), "broken"),
    ],
)
async def test_every_poll_is_counted_once_by_how_it_ended(
    memory: SqlStore, answer: Documents | FeedError | Exception | None, result: str
) -> None:
    world, meter = World(memory, services=World(memory).services[:1]), Counted()
    world.polling.meter = meter
    await world.begin(follow())
    if answer is not None:
        world.fetcher.say("lamp", answer)
    await world.poll()

    assert meter.counted == [(Count.FEED_FETCH, {"result": result})]
    assert result in FETCHED


async def test_the_poll_loop_says_when_it_last_looked(memory: SqlStore) -> None:
    world = World(memory)
    assert world.polling.looked_at is None
    await world.poll()
    world.clock.tick(seconds=30)
    await world.poll()
    assert str(world.polling.looked_at) == str(world.clock.now())
