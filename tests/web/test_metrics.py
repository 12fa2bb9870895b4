import re
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.clock import SystemClock
from bot.ports.meter import AGES_S, Count, Figures, Level, Silent, Span
from bot.store.store import SqlStore
from bot.web.metrics import COUNTS, LEVELS, SPANS, PrometheusMeter
from tests.store.made import delivery
from tests.web.site import AUTHORIZED, Site, gone, open_site

CANARY = "C0FFEE-the-secret-channel"


def samples(page: str) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(page):
        for one in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(one.labels.items()))
            found[f"{one.name}{{{labels}}}" if labels else one.name] = one.value
    return found


async def asked(site: Site) -> dict[str, float]:
    status, text = await site.get("/metrics", **AUTHORIZED)
    assert status == 200
    return samples(text)


async def test_without_a_token_there_are_no_metrics(memory: SqlStore) -> None:
    async with open_site(memory, token="") as site:
        assert (await site.get("/metrics", **AUTHORIZED))[0] == 404
        assert isinstance(site.surface.meter, Silent)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é"}])
async def test_metrics_are_for_the_operator_alone(site: Site, header: dict[str, str]) -> None:
    assert await site.get("/metrics", **header) == (401, "")


async def test_what_was_counted_is_shown(site: Site) -> None:
    meter = site.surface.meter
    meter.count(Count.FEED_FETCH, result="changed")
    meter.count(Count.FEED_FETCH, result="changed")
    meter.count(Count.AMBIGUOUS, platform="slack", outcome="there")
    meter.observe(Span.INGEST_TO_POST, 7, platform="discord")
    meter.level(Level.BREAKER, 2, platform="slack")

    found = await asked(site)

    assert found["feed_fetch_total{result=changed}"] == 2
    assert found["feed_fetch_total{result=unreachable}"] == 0
    assert found["ambiguous_total{outcome=there,platform=slack}"] == 1
    assert found["ingest_to_post_seconds_bucket{le=5.0,platform=discord}"] == 0
    assert found["ingest_to_post_seconds_bucket{le=10.0,platform=discord}"] == 1
    assert found["breaker_state{platform=slack}"] == 2
    assert found["loop_lag_seconds"] < 1
    assert found["process_resident_memory_bytes"] > 0


async def test_the_database_is_asked_when_somebody_looks(site: Site) -> None:
    await site.store.promise([delivery("a")], SystemClock().now() - timedelta(seconds=90))

    found = await asked(site)

    assert found["database_up"] == 1
    assert found["outbox_rows{state=pending}"] == 1
    assert found["outbox_rows{state=sending}"] == 0
    assert 90 <= found["outbox_oldest_seconds"] < 150
    assert found["feed_age_seconds_gcount"] == 0
    assert found["feed_age_seconds_bucket{le=+Inf}"] == 0


async def test_a_database_that_is_away_is_said_and_left_out(site: Site, tmp_path: Path) -> None:
    site.surface.meter.count(Count.HTTP_429, platform="slack")
    await asked(site)
    with gone(tmp_path / "memory.db"):
        found = await asked(site)
    assert found["database_up"] == 0
    assert not [name for name in found if name.startswith(("outbox_", "feed_age", "feed_late"))]
    assert found["http_429_total{platform=slack}"] == 1


def test_no_label_can_hold_what_nobody_foresaw() -> None:
    meter = PrometheusMeter()
    before = samples(meter.page(None).decode())
    for number in range(100):
        meter.count(Count.HTTP_429, platform=f"{CANARY}{number}")
        meter.count(Count.FEED_FETCH, channel=CANARY)
        meter.observe(Span.INGEST_TO_POST, 1, platform=CANARY, workspace=CANARY)
        meter.level(Level.BREAKER, 1)
    page = meter.page(None).decode()

    assert CANARY not in page
    assert samples(page).keys() == before.keys()
    assert samples(page)["http_429_total{platform=other}"] == 100


def test_the_number_of_series_is_bounded() -> None:
    page = PrometheusMeter().page(Figures(ages=(0,) * len(AGES_S))).decode()

    assert len(samples(page)) <= 2000
    assert set(COUNTS) == set(Count)
    assert set(SPANS) == set(Span)
    assert set(LEVELS) == set(Level)


def test_a_clock_that_was_set_back_does_no_harm() -> None:
    meter = PrometheusMeter()
    meter.observe(Span.ECHO_DELAY, -5)
    assert samples(meter.page(None).decode())["echo_delay_seconds_sum"] == 0


def test_two_programs_in_one_process_do_not_meet() -> None:
    one, other = PrometheusMeter(), PrometheusMeter()
    one.count(Count.WEBHOOKS_SILENT)
    assert samples(one.page(None).decode())["webhooks_silent_total"] == 1
    assert samples(other.page(None).decode())["webhooks_silent_total"] == 0


def test_every_name_says_its_unit_or_that_it_counts() -> None:
    assert all(re.fullmatch(r"[a-z0-9_]+_total", name) for name in Count)
    assert all(name.endswith("_seconds") for name in Span)
