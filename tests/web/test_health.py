import asyncio
import json
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from bot.clock import SystemClock
from bot.domain.subscription import Platform
from bot.store.store import SqlStore
from bot.web import health
from bot.web.lag import Lag
from tests.store.made import delivery
from tests.web.site import AUTHORIZED, TOKEN, Site, gone, locked, open_site


async def ready(site: Site, **headers: str) -> tuple[int, str]:
    """As it is now: not as it was at the last look."""
    await site.surface.health.look()
    return await site.get("/readyz", **headers)


async def details(site: Site) -> tuple[int, dict[str, object]]:
    status, text = await ready(site, **AUTHORIZED)
    return status, json.loads(text)


async def test_a_process_that_can_work_is_ready(site: Site) -> None:
    site.surface.health.rounds = SystemClock().now

    assert await ready(site) == (200, '{"ok": true}')
    status, says = await details(site)
    assert status == 200
    assert says.pop("loop_lag_s") < 1  # type: ignore[operator] # a number
    assert says == {"ok": True, "database": "ok", "poll": "ok", "planb.toml": "ok", "queue_s": 0.0}


async def test_a_mistake_in_the_team_file_is_told_to_the_operator_and_the_process_is_ready(site: Site) -> None:
    site.surface.health.rounds = SystemClock().now
    site.surface.health.file = lambda: "planb.toml, line 3: there is no such key"
    status, says = await details(site)
    assert (status, says["planb.toml"]) == (200, "planb.toml, line 3: there is no such key")
    assert await ready(site) == (200, '{"ok": true}')


async def test_a_database_that_is_away_makes_it_unready_and_not_unhealthy(site: Site, tmp_path: Path) -> None:
    with gone(tmp_path / "memory.db"):
        assert await ready(site) == (503, '{"ok": false}')
        assert await site.get("/healthz") == (200, '{"ok": true}')
        status, says = await details(site)
    assert (status, says["ok"]) == (503, False)
    assert "away" in str(says["database"])
    assert (await ready(site))[0] == 200


async def test_a_database_that_takes_no_writes_makes_it_unready_in_time(site: Site, tmp_path: Path) -> None:
    assert site.surface.health._in_time.seconds == 1
    site.surface.health._in_time.seconds = 0.1
    began = monotonic()
    with locked(tmp_path / "memory.db"):
        status, says = await details(site)
        assert (status, says["database"]) == (503, "no answer within 0.1 s")
        assert monotonic() - began < 3  # the driver would wait for five


async def test_a_poll_loop_that_stands_still_makes_it_unready(site: Site) -> None:
    now = SystemClock().now()
    site.surface.health.rounds = lambda: now - timedelta(seconds=31)
    assert (await details(site))[1][
        "poll"
    ] == f"stands still since {now - timedelta(seconds=31):%Y-%m-%dT%H:%M:%S+00:00}"
    site.surface.health.rounds = lambda: now - timedelta(seconds=20)
    assert (await ready(site))[0] == 200
    site.surface.health.rounds = lambda: None
    assert (await ready(site))[0] == 503


async def test_a_queue_that_nobody_serves_makes_it_unready(site: Site) -> None:
    now = SystemClock().now()
    await site.store.promise([delivery("a")], now - timedelta(minutes=4))
    assert (await ready(site))[0] == 200
    await site.store.promise([delivery("b", about="i2")], now - timedelta(minutes=6))
    status, says = await details(site)
    assert status == 503
    assert 360 <= float(str(says["queue_s"])) < 420


async def test_what_waits_for_its_next_attempt_is_not_late(site: Site) -> None:
    now = SystemClock().now()
    await site.store.promise([delivery("a")], now - timedelta(hours=6))
    claim = (await site.store.claim_due(Platform.SLACK, now, timedelta(minutes=1), 1))[0]
    await site.store.failed(claim, "a dead platform", again=now + timedelta(minutes=5), unsettled=False, now=now)
    assert (await ready(site))[0] == 200


@pytest.mark.parametrize(
    "wrong", ["", "Bearer", "Bearer x", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é\udcff"]
)
async def test_the_details_are_for_the_operator_alone(site: Site, wrong: str) -> None:
    assert await ready(site, Authorization=wrong) == (200, '{"ok": true}')


async def test_without_a_token_nobody_is_the_operator(memory: SqlStore) -> None:
    async with open_site(memory, token="") as site:
        assert await ready(site, Authorization="Bearer ") == (200, '{"ok": true}')


async def test_however_many_ask_the_database_is_not_looked_at_for_them(site: Site) -> None:
    await site.surface.health.look()
    noted = await site.store.note("ready")
    answers = await asyncio.gather(*(site.get("/readyz") for _ in range(50)))
    assert {status for status, _ in answers} == {200}
    assert await site.store.note("ready") == noted


async def test_a_look_of_long_ago_is_not_believed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.surface.health.look()
    monkeypatch.setattr(health, "LOOK_OLDEST_S", -1.0)
    assert await site.get("/readyz") == (503, '{"ok": false}')


async def test_it_looks_by_itself(memory: SqlStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(health, "LOOK_EVERY_S", 0.05)
    async with open_site(memory) as site:
        await until_it_answers(site, 200)
        with gone(tmp_path / "memory.db"):
            await until_it_answers(site, 503)
        await until_it_answers(site, 200)


async def until_it_answers(site: Site, status: int) -> None:
    async with asyncio.timeout(10):
        while (await site.get("/readyz"))[0] != status:  # noqa: ASYNC110 - another task looks
            await asyncio.sleep(0.02)


async def test_a_loop_that_does_not_turn_is_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LAG_MOST_S", 0.15)
    await asyncio.sleep(0.02)  # so that the watch sleeps
    until = monotonic() + 0.45
    while monotonic() < until:
        pass
    assert await site.get("/healthz") == (503, '{"ok": false}')


async def test_a_watch_that_never_ran_sees_no_lag() -> None:
    assert Lag().worst_s() == 0
