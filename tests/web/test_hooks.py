import asyncio
import json
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import monotonic

import pytest
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.store.engine import database_url
from bot.store.store import SqlStore
from bot.web import hooks
from bot.web.hooks import HEARD, digest_of, new_hook
from tests.fakes import NOON, FakeClock
from tests.made import follow
from tests.store.made import outcome
from tests.web.site import AUTHORIZED, Site, gone, open_site

FEED = "lamp"


@pytest.fixture(autouse=True)
def _reads_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "READ_AGAIN_S", 0.0)
    monkeypatch.setattr(hooks, "DATABASE_MOST_S", 20.0)  # so long a read may take on a busy machine


@pytest.fixture
async def path(site: Site) -> str:
    """A feed that is not due for a while, and the address that wakes it."""
    await later(site.store)
    return f"/hooks/{await new_hook(site.store, FEED, SystemClock().now())}"


async def later(store: SqlStore) -> None:
    now = SystemClock().now()
    await store.register_feeds([FEED], now + timedelta(minutes=5))


async def due(store: SqlStore) -> bool:
    state = (await store.states([FEED]))[FEED]
    return state.next_poll is not None and state.next_poll <= SystemClock().now()


async def polled(store: SqlStore) -> int:
    """The number of polls so far; each of them is over at once."""
    now = SystemClock().now()
    for state in await store.claim_feeds(now, timedelta(seconds=60), 10):
        await store.save_polls([outcome(state, now, next_poll=now + timedelta(minutes=5), was_due=state.next_poll)])
    return (await store.states([FEED]))[FEED].fence


async def settle(site: Site) -> None:
    """Until what was asked for is done."""
    async with asyncio.timeout(5):
        while not await site.store.note(HEARD + FEED):  # noqa: ASYNC110 - the table is what we watch
            await asyncio.sleep(0.005)


async def test_a_webhook_makes_the_page_due_at_once_and_rings(site: Site, path: str) -> None:
    assert not await due(site.store)
    assert await site.post(path, b'{"incident": {"name": "<!channel> all is lost"}}') == 202
    await settle(site)
    assert await due(site.store)
    async with asyncio.timeout(1):
        await site.bell.wait(60)


async def test_an_unknown_token_is_not_found(site: Site, path: str) -> None:
    for wrong in ("x", path.removeprefix("/hooks/")[:-1], "é%00", "a" * 5000):
        assert await site.post(f"/hooks/{wrong}") == 404
    assert not await due(site.store)


async def test_only_a_post_wakes(site: Site, path: str) -> None:
    assert (await site.get(path))[0] == 405
    assert not await due(site.store)


async def test_the_body_stays_unread(site: Site, path: str) -> None:
    """Two megabytes that are never waited for: the answer is there before them, and they are dropped when they come."""
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    async with asyncio.timeout(10):
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 202")
        writer.write(b"x" * 2_000_000 + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 200")
    writer.close()


@pytest.mark.parametrize("number", [200, pytest.param(1000, marks=pytest.mark.torture)])
async def test_forged_webhooks_cost_one_poll_and_post_nothing(
    site: Site, path: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "READ_AGAIN_S", 2.0)
    await site.store.subscribe(follow(), SystemClock().now())
    forged = json.dumps({"incident": {"status": "investigating", "name": "forged"}}).encode()
    answers = await asyncio.gather(*(site.post(path, forged) for _ in range(number)))
    await settle(site)

    assert set(answers) == {202}
    assert await polled(site.store) == 1
    assert await polled(site.store) == 1
    assert (await site.store.figures(SystemClock().now())).rows == {}


async def test_two_processes_share_the_one_poll(site: Site, path: str, tmp_path: Path) -> None:
    other_store = SqlStore(database_url(f"sqlite:///{tmp_path / 'memory.db'}"))
    async with open_site(other_store) as other:
        await site.post(path)
        await settle(site)
        assert await polled(site.store) == 1
        assert {await other.post(path) for _ in range(5)} == {202}
        await asyncio.sleep(0.2)  # the other one has tried by now, and will try again in ten seconds
        assert await polled(site.store) == 1
    await other_store.close()


async def test_the_last_webhook_of_many_is_not_lost(site: Site, path: str) -> None:
    """It may be the one with the news: the page is polled again when the time has come, and then no more."""
    site.surface.hooks.every = 0.4
    for _ in range(5):
        await site.post(path)
        await settle(site)
    assert await polled(site.store) == 1
    async with asyncio.timeout(5):
        while site.surface.hooks._waking:  # noqa: ASYNC110 - it ends by itself
            await asyncio.sleep(0.02)
    assert await polled(site.store) == 2
    assert not await due(site.store)


async def test_a_database_that_is_away_is_no_failure_for_the_status_page(site: Site, path: str, tmp_path: Path) -> None:
    await site.post(path)
    with gone(tmp_path / "memory.db"):
        assert await site.post(path) == 202
        assert await site.post("/hooks/perhaps-a-new-one") == 202
    assert await site.post("/hooks/perhaps-a-new-one") == 404


async def test_a_process_that_starts_without_its_database_takes_webhooks(memory: SqlStore, tmp_path: Path) -> None:
    with gone(tmp_path / "memory.db"):
        async with open_site(memory) as site:
            assert await site.post("/hooks/anything") == 202


async def test_a_replaced_address_lives_for_a_day(memory: SqlStore) -> None:
    clock = FakeClock()
    async with open_site(memory, clock=clock) as site:
        old = await new_hook(memory, FEED, NOON)
        new = await new_hook(memory, FEED, NOON)
        other = await new_hook(memory, "torch", NOON)
        clock.tick(hours=23, minutes=59)
        assert [await site.post(f"/hooks/{one}") for one in (old, new, other)] == [202, 202, 202]
        clock.tick(minutes=2)
        assert [await site.post(f"/hooks/{one}") for one in (old, new, other)] == [404, 202, 202]


async def test_addresses_that_are_over_are_forgotten_with_the_next_one(memory: SqlStore) -> None:
    for day in range(4):
        await new_hook(memory, FEED, NOON + timedelta(days=day))
    assert len(await hooks.hooks(memory)) == 2


async def test_the_token_is_long_random_and_kept_as_its_digest_alone(memory: SqlStore, tmp_path: Path) -> None:
    tokens = [await new_hook(memory, FEED, NOON) for _ in range(3)]
    await memory.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("memory.db*"))

    assert len(set(tokens)) == 3
    assert all(len(token) == 43 for token in tokens)  # 256 bits in base64url
    assert all(digest_of(token).encode() in kept for token in tokens)
    assert not any(token.encode() in kept for token in tokens)


async def test_known_and_unknown_tokens_take_the_same_time(site: Site, path: str) -> None:
    times: dict[str, list[float]] = {path: [], "/hooks/" + "x" * 43: []}
    for _ in range(100):
        for one, taken in times.items():
            began = monotonic()
            await site.post(one)
            taken.append(monotonic() - began)
    known, unknown = (median(taken) for taken in times.values())
    assert abs(known - unknown) < 0.005


async def test_unknown_tokens_do_not_reach_the_database(site: Site, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "READ_AGAIN_S", 60.0)
    await site.post(path)
    await new_hook(site.store, "torch", SystemClock().now())
    for number in range(50):
        assert await site.post(f"/hooks/{number}") == 404
    assert len(site.surface.hooks._known) == 1


async def test_no_log_line_shows_the_token(site: Site, path: str, caplog: pytest.LogCaptureFixture) -> None:
    token = path.removeprefix("/hooks/")
    with caplog.at_level("DEBUG"), capture_logs() as ours:
        await site.post(path)
        await site.post(path + "x")
        await settle(site)
    assert {"event": "woken by a webhook", "feed": FEED, "log_level": "info"} in ours
    assert token not in caplog.text + str(ours)


async def test_webhooks_are_counted(site: Site, path: str) -> None:
    await site.post(path)
    await site.post("/hooks/x")
    page = (await site.get("/metrics", **AUTHORIZED))[1]
    assert 'webhooks_total{result="heard"} 1.0' in page
    assert 'webhooks_total{result="unknown"} 1.0' in page
