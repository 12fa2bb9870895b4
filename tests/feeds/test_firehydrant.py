"""FireHydrant: a payload without end, and times that are edited."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from bot.domain.status import Incident, Phase
from bot.feeds import FORMATS
from tests.captures import captures
from tests.feeds.cases import BASE

FIREHYDRANT = FORMATS["firehydrant"]


def incidents(items: Sequence[Mapping[str, object]]) -> tuple[Incident, ...]:
    payload = {"config": {}, "conditions": {}, "components": [], "incidents": items}
    return FIREHYDRANT.parse({"payload.json": json.dumps(payload).encode()}, BASE).incidents


def over(number: int) -> Mapping[str, object]:
    day = f"2026-01-{number % 28 + 1:02}T00:00:00Z"
    return {"id": f"i{number}", "title": "Rain", "timestamps": {"started": day, "resolved": day}}


def test_it_reads_the_hundred_newest_and_never_leaves_out_what_is_open() -> None:
    old: Mapping[str, object] = {"id": "old", "title": "Fog", "timestamps": {"started": "2019-01-01T00:00:00Z"}}
    undated: Mapping[str, object] = {"id": "undated", "title": "Mist"}
    newest: Mapping[str, object] = {
        "id": "newest",
        "title": "Hail",
        "timestamps": {"started": "2026-02-01T00:00:00Z", "resolved": "x"},
    }
    found = incidents([*(over(number) for number in range(300)), old, undated, newest])
    assert len(found) == 100
    assert {one.id for one in found if one.phase.is_open} == {"old", "undated", "newest"}


def test_an_update_stays_the_same_when_its_time_is_corrected() -> None:
    def told(at: str, text: str) -> Incident:
        event = {"time": "2026-03-02T10:00:00.123456Z", "occurredAt": at, "details": {"note": text}}
        (one,) = incidents([{"id": "a", "title": "Fog", "timeline": [event]}])
        return one

    before, after = told("2026-03-02T10:00:00Z", "Thick."), told("2026-03-02T09:00:00Z", "Very thick.")
    assert [update.id for update in before.updates] == [update.id for update in after.updates]
    assert before.updates[0].posted_at != after.updates[0].posted_at


def test_a_milestone_without_words_is_where_it_stands() -> None:
    event = {"time": "2026-03-02T10:00:00Z", "details": {"milestoneUpdate": {"currentMilestone": "identified"}}}
    (one,) = incidents([{"id": "a", "title": "Fog", "timeline": [event]}])
    assert (one.phase, one.phase_stated, one.updates) == (Phase.IDENTIFIED, True, ())


@pytest.mark.skipif(not captures(), reason="no captured feeds on this machine (PLANB_CAPTURES)")
def test_an_imported_incident_ended_when_it_was_resolved_not_when_it_was_acknowledged() -> None:
    (path,) = (captures() / "feeds" / "firehydrant").glob("*.json")  # type: ignore[operator] # there
    found = {one.title: one for one in FIREHYDRANT.parse({"payload.json": path.read_bytes()}, BASE).incidents}
    zone = found["AWS me-central-1 Zone Issue"]
    assert (zone.phase, zone.resolved_at) == (Phase.RESOLVED, datetime(2026, 3, 3, 21, 29, 30, tzinfo=UTC))
    assert [update.phase for update in zone.updates] == [
        *[Phase.INVESTIGATING] * 2,
        *[Phase.IDENTIFIED] * 3,
        Phase.RESOLVED,
    ]
    assert zone.updates[0].posted_at == datetime(2026, 3, 1, 14, 33, 58, tzinfo=UTC)
    assert found["Network Issues"].phase is Phase.RESOLVED
