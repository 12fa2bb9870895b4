"""Datadog Status Pages: what a real page says."""

from datetime import UTC, datetime

import pytest

from bot.domain.status import Health, Impact, Phase
from bot.feeds import FORMATS
from tests.captures import captures
from tests.feeds.cases import BASE, HERE

DATADOG = FORMATS["datadog"]


def test_without_a_known_word_only_the_mark_tells_whether_it_is_open() -> None:
    raw = (HERE / "datadog" / "wordless.json").read_bytes()
    found = [(one.phase, one.phase_stated, one.raw_phase) for one in DATADOG.parse({"config.json": raw}, "").incidents]
    assert found == [
        (Phase.INVESTIGATING, False, "drifting"),
        (Phase.RESOLVED, False, ""),
        (Phase.RESOLVED, True, ""),
    ]


@pytest.mark.skipif(not captures(), reason="no captured feeds on this machine (PLANB_CAPTURES)")
def test_an_imported_incident_has_the_times_when_it_was() -> None:
    (path,) = (captures() / "feeds" / "datadog").glob("*.json")  # type: ignore[operator] # there
    got = DATADOG.parse({"config.json": path.read_bytes()}, BASE)
    assert [part.label for part in got.components][-1] == "Web & Application Services"
    assert {part.group for part in got.components} == {"API - Gateway", ""}
    assert all(part.health is Health.OPERATIONAL for part in got.components)
    video = got.incidents[0]
    assert (video.title, video.phase, video.impact) == (
        "Degraded video generation API",
        Phase.RESOLVED,
        Impact.MINOR,
    )
    assert [update.posted_at for update in video.updates] == [
        datetime(2026, 9, 4, 18, 27, tzinfo=UTC),
        datetime(2026, 9, 4, 21, 12, tzinfo=UTC),
    ]
    assert (video.started_at, video.resolved_at) == tuple(update.posted_at for update in video.updates)
