"""What the expected files do not show: refusals, raw words, and which of two answers wins."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.errors import NotTheFormat
from bot.domain.status import Health, Impact, Phase, Snapshot
from bot.feeds import FORMATS
from bot.feeds.detect import documents_at
from bot.feeds.formats import incidentio, statuspage
from tests.feeds.cases import BASE, HERE

PAGE = {"id": "pg00000000aa", "name": "Larch"}
UPDATE = {"id": "u1", "status": "investigating", "body": "We look.", "created_at": "2026-03-02T10:00:00Z"}


def read(**documents: Any) -> Snapshot:
    return statuspage.parse({name: json.dumps(content).encode() for name, content in documents.items()}, BASE)


def incident(**fields: Any) -> dict[str, Any]:
    return {
        "id": "i1",
        "name": "Slow",
        "status": "investigating",
        "impact": "minor",
        "incident_updates": [UPDATE],
    } | fields


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"page": PAGE},
        {"page": {"name": "Other", "url": "https://x.example", "status": "UP"}, "status": {"indicator": "none"}},
        {"page": {"name": "Other", "status": "HASISSUES"}, "incidents": []},
        {"page": PAGE, "incidents": "none"},
        {"page": PAGE, "incidents": ["a"]},
        {"page": PAGE, "components": {"a": 1}},
        {"incidents": [{"id": "a", "name": "b", "status": "resolved", "updates": []}]},
        {"components": [{"id": "a", "name": "b"}]},
        {"components": [{"id": "a", "name": "b", "status": "OPERATIONAL"}]},
        {"page_title": "x", "ongoing_incidents": [], "scheduled_maintenances": []},
        {"scheduled_maintenances": [{"id": "a", "name": "b", "status": "maintenance_scheduled"}]},
        {"status": "ok"},
        {"status": {"indicator": []}},
    ],
)
def test_other_json_is_refused(content: Any) -> None:
    raw = {"summary.json": json.dumps(content).encode()}
    for name in ("statuspage", "incidentio"):
        assert not FORMATS[name].recognise(raw)
        with pytest.raises(NotTheFormat, match=r"summary\.json"):
            FORMATS[name].parse(raw, BASE)


def test_a_refusal_says_what_is_wrong_and_quotes_nothing() -> None:
    with pytest.raises(NotTheFormat) as caught:
        read(x={"page": PAGE, "incidents": [incident(incident_updates="hush")]})
    assert str(caught.value) == "x is not Statuspage JSON: incidents.0.incident_updates: Input should be a valid array"


def test_one_strange_document_refuses_the_poll() -> None:
    with pytest.raises(NotTheFormat, match=r"^b is not Statuspage JSON"):
        statuspage.parse({"a": b'{"incidents": []}', "b": b"<html>"}, BASE)


def test_a_byte_order_mark_is_no_matter() -> None:
    assert statuspage.parse({"a": b'\xef\xbb\xbf{"incidents": []}'}, BASE).incidents == ()


@pytest.mark.parametrize("word", ["maintenance", "none", "critical"])
def test_a_known_word_keeps_no_raw_text(word: str) -> None:
    (got,) = read(a={"incidents": [incident(impact=word)]}).incidents
    assert (got.raw_impact, got.raw_phase) == ("", "")


def test_unknown_words_keep_their_raw_text() -> None:
    got = read(
        a={
            "page": PAGE,
            "status": {"indicator": "purple"},
            "components": [{"id": "c", "name": "API", "status": "wobbly"}],
            "incidents": [incident(status="puzzling", impact="dreadful", incident_updates=[UPDATE | {"status": "hm"}])],
        }
    )
    (one,) = got.incidents
    assert (got.health, got.raw_health) == (Health.UNKNOWN, "purple")
    assert (got.components[0].health, got.components[0].raw_health) == (Health.UNKNOWN, "wobbly")
    assert (one.phase, one.raw_phase) == (Phase.UNKNOWN, "puzzling")
    assert (one.impact, one.raw_impact) == (Impact.UNKNOWN, "dreadful")
    assert (one.updates[0].phase, one.updates[0].raw_phase) == (Phase.UNKNOWN, "hm")


def test_a_missing_word_is_unknown_without_raw_text() -> None:
    got = read(a={"page": PAGE, "incidents": [{"id": "i1", "name": "Slow"}]})
    (one,) = got.incidents
    assert (got.health, got.raw_health) == (Health.UNKNOWN, "")
    assert (one.phase, one.impact, one.updates, one.started_at) == (Phase.UNKNOWN, Impact.UNKNOWN, (), None)


def test_the_page_is_known_by_name_id_address_and_time() -> None:
    got = statuspage.parse(documents_at(HERE / "statuspage" / "everything"), BASE)
    assert (got.format, got.page, got.page_id) == ("statuspage", "Larch & Sons", "pg00000000aa")
    assert got.page_url == "https://status.larch.example"
    assert got.stated_at == datetime(2026, 3, 2, 14, 31, tzinfo=UTC)
    assert all(
        not update.posted_at or update.posted_at.tzinfo is UTC for one in got.incidents for update in one.updates
    )


def test_planned_work_says_until_when() -> None:
    got = statuspage.parse(documents_at(HERE / "statuspage" / "everything"), BASE)
    ends = {one.id: one.until for one in got.incidents}
    assert ends["mnt000000001"] == datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
    assert ends["inc000000001"] is None


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_the_newer_of_two_answers_wins(order: tuple[str, str]) -> None:
    versions = {
        "old": {"incidents": [incident(status="investigating", updated_at="2026-03-02T10:00:00Z")]},
        "new": {"incidents": [incident(status="resolved", updated_at="2026-03-02T11:00:00Z")]},
    }
    (got,) = read(**{name: versions[name] for name in order}).incidents
    assert got.phase is Phase.RESOLVED


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_the_newer_state_of_a_component_wins(order: tuple[str, str]) -> None:
    versions = {
        "old": {
            "components": [{"id": "c", "name": "API", "status": "operational", "updated_at": "2026-03-02T10:00:00Z"}]
        },
        "new": {
            "components": [{"id": "c", "name": "API", "status": "major_outage", "updated_at": "2026-03-02T11:00:00Z"}]
        },
    }
    (got,) = read(**{name: versions[name] for name in order}).components
    assert got.health is Health.MAJOR_OUTAGE


def test_the_state_of_a_component_today_is_no_part_of_an_incident() -> None:
    before = read(
        a={
            "incidents": [
                incident(components=[{"id": "c", "status": "operational", "updated_at": "2026-01-01T00:00:00Z"}])
            ]
        }
    )
    after = read(
        a={
            "incidents": [
                incident(components=[{"id": "c", "status": "major_outage", "updated_at": "2026-02-01T00:00:00Z"}])
            ]
        }
    )
    assert before.incidents == after.incidents


def test_an_edit_keeps_the_id_of_the_update() -> None:
    before = read(a={"incidents": [incident(incident_updates=[UPDATE | {"id": None}])]})
    after = read(a={"incidents": [incident(incident_updates=[UPDATE | {"id": None, "body": "Edited."}])]})
    assert before.incidents[0].updates[0].id == after.incidents[0].updates[0].id
    assert after.incidents[0].updates[0].text == "Edited."


@pytest.mark.parametrize("order", [1, -1])
def test_of_one_update_sent_twice_the_newer_text_counts(order: int) -> None:
    twice = [
        UPDATE | {"body": "Old.", "updated_at": "2026-03-02T10:00:00Z"},
        UPDATE | {"body": "New.", "updated_at": "2026-03-02T11:00:00Z"},
    ]
    (got,) = read(a={"incidents": [incident(incident_updates=twice[::order])]}).incidents
    assert [update.text for update in got.updates] == ["New."]


def test_a_postmortem_alone_gives_no_end() -> None:
    (got,) = read(
        a={"incidents": [incident(status="postmortem", incident_updates=[UPDATE | {"status": "postmortem"}])]}
    ).incidents
    assert (got.phase, got.resolved_at) == (Phase.POSTMORTEM, None)


def test_a_start_after_the_end_without_a_creation_is_the_end() -> None:
    (got,) = read(
        a={
            "incidents": [
                incident(status="resolved", started_at="2026-03-04T10:00:00Z", resolved_at="2026-03-02T10:00:00Z")
            ]
        }
    ).incidents
    assert got.started_at == got.resolved_at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_text_that_cannot_be_stored_is_cleaned() -> None:
    (got,) = read(
        a={"incidents": [incident(name="a\x00b\u200b", incident_updates=[UPDATE | {"body": "c\x00\x1b[1md"}])]}
    ).incidents
    assert (got.title, got.updates[0].text) == ("ab", "c[1md")


def test_a_very_long_id_is_shortened_and_stays_the_same() -> None:
    (one,) = read(a={"incidents": [incident(id="x" * 5000)]}).incidents
    (two,) = read(a={"incidents": [incident(id="x" * 5000)]}).incidents
    assert one.id == two.id
    assert len(one.id) < 100


@pytest.mark.parametrize("name", ["everything", "incidents_alone"])
def test_ulids_tell_incident_io_from_statuspage(name: str) -> None:
    path = HERE / "incidentio" / (name if name == "everything" else f"{name}.json")
    assert incidentio.recognise(documents_at(path))
    assert not statuspage.recognise(documents_at(path))
