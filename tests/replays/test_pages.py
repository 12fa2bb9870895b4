"""The documents of a replayed page, as a poll would find them."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.status import Phase
from bot.feeds.formats import incidentio, statuspage
from bot.replays import Replay, page_at, replay, replays

STORIES = replays()
PAGES = [(story, slug) for story in STORIES for slug in story.services]
FORMATS = {"statuspage": statuspage.FORMAT, "incidentio": incidentio.FORMAT}
SECOND = timedelta(seconds=1)

each_page = pytest.mark.parametrize(("story", "slug"), PAGES, ids=[f"{story.id}-{slug}" for story, slug in PAGES])


def read(story: Replay, slug: str, moment: datetime) -> dict[str, Any]:
    return {name: json.loads(body) for name, body in page_at(story, slug, moment).items()}


def everything(document: Any) -> list[dict[str, Any]]:
    """All JSON objects inside a document, itself included."""
    if isinstance(document, list):
        return [found for item in document for found in everything(item)]
    if isinstance(document, dict):
        return [document, *(found for value in document.values() for found in everything(value))]
    return []


@each_page
def test_the_documents_change_at_the_events_and_only_there(story: Replay, slug: str) -> None:
    spoke = {event.at for event in story.events_of(slug)}
    moments = {item.at for item in story.course}

    for moment in moments:
        before, after = page_at(story, slug, moment - SECOND), page_at(story, slug, moment)
        assert (before != after) == (moment in spoke), moment
        assert page_at(story, slug, moment + SECOND) == after


@each_page
def test_what_is_over_leaves_the_summary_and_stays_in_the_list(story: Replay, slug: str) -> None:
    end = story.events_of(slug)[-1].at

    documents = read(story, slug, end)

    assert documents["summary.json"]["status"]["indicator"] == "none"
    assert not documents["summary.json"].get("incidents")
    assert documents["incidents.json"]["incidents"]
    assert all(incident["resolved_at"] for incident in documents["incidents.json"]["incidents"])
    assert {component["status"] for component in documents["components.json"]["components"]} == {"operational"}


@each_page
def test_identities_survive_from_poll_to_poll(story: Replay, slug: str) -> None:
    seen: dict[str, str] = {}
    for event in story.events_of(slug):
        for found in everything(read(story, slug, event.at)["incidents.json"]["incidents"]):
            if "body" in found:
                assert seen.setdefault(found["id"], found["body"]) == found["body"]

    assert len(seen) == len(story.events_of(slug))


@each_page
def test_updates_are_newest_first(story: Replay, slug: str) -> None:
    incidents = read(story, slug, story.events_of(slug)[-1].at)["incidents.json"]["incidents"]

    for incident in incidents:
        posted = [update["created_at"] for update in incident["incident_updates"]]
        assert posted == sorted(posted, reverse=True)


@each_page
def test_our_own_reader_understands_every_poll_and_sees_the_end(story: Replay, slug: str) -> None:
    page = story.pages[slug]
    format_ = FORMATS[page.format]
    for told, event in enumerate(story.events_of(slug), start=1):
        documents = page_at(story, slug, event.at)
        assert [name for name, other in FORMATS.items() if other.recognise(documents)] == [page.format]
        snapshot = format_.parse(documents, page.url)
        assert sum(len(incident.updates) for incident in snapshot.incidents) == told
        assert event.text in {incident.latest.text for incident in snapshot.incidents if incident.latest}

    assert all(incident.phase.is_over for incident in snapshot.incidents)
    assert not any(component.health.is_bad for component in snapshot.components)


def test_before_anything_happened_the_page_is_green() -> None:
    for story in STORIES:
        for slug in story.services:
            documents = page_at(story, slug, story.starts - timedelta(hours=1))
            snapshot = FORMATS[story.pages[slug].format].parse(documents, story.pages[slug].url)
            assert snapshot.incidents == ()
            assert snapshot.components


def test_an_incident_that_is_opened_again_is_the_same_one_and_no_longer_resolved() -> None:
    story = replay("2025-01")
    closed, opened = story.events[2].at, story.events[3].at

    before = read(story, "openai", closed)["incidents.json"]["incidents"]
    after = read(story, "openai", opened)["summary.json"]["incidents"]

    assert [incident["id"] for incident in before] == [incident["id"] for incident in after]
    assert before[0]["resolved_at"] == "2025-01-23T12:40:00.000Z"
    assert (after[0]["status"], after[0]["resolved_at"]) == ("investigating", None)


def test_statuspages_shape_is_kept() -> None:
    story = replay("2024-12-26")
    documents = read(story, "openai", story.events[1].at)
    summary = documents["summary.json"]

    assert set(documents) == {
        "summary.json", "status.json", "components.json", "incidents.json", "scheduled-maintenances.json"
    }  # fmt: skip
    assert summary["scheduled_maintenances"] == []
    assert summary["status"] == {"indicator": "critical", "description": "Major Service Outage"}
    assert {len(found["id"]) for found in everything(documents) if "id" in found} == {12}
    assert [component["name"] for component in summary["incidents"][0]["components"]] == ["ChatGPT", "API", "Sora"]
    first = summary["incidents"][0]["incident_updates"][-1]
    assert first["affected_components"][0] == {
        "code": summary["components"][0]["id"],
        "name": "ChatGPT",
        "old_status": "operational",
        "new_status": "major_outage",
    }
    assert first["created_at"] == "2024-12-26T19:00:00.000Z"


def test_a_post_mortem_has_no_display_time_and_keeps_the_end() -> None:
    story = replay("2024-12-26")

    incident = read(story, "openai", story.events[-1].at)["incidents.json"]["incidents"][0]

    assert incident["status"] == "postmortem"
    assert incident["resolved_at"] == "2024-12-27T04:16:00.000Z"
    assert incident["incident_updates"][0]["display_at"] is None
    assert incident["incident_updates"][0]["affected_components"] is None


def test_the_start_that_a_page_states_may_be_earlier_than_its_first_post() -> None:
    story = replay("2024-12-26")

    incident = read(story, "azure", story.events[-1].at)["incidents.json"]["incidents"][0]

    assert incident["started_at"] == "2024-12-26T18:44:00.000Z"
    assert incident["created_at"] == "2024-12-26T19:31:00.000Z"


def test_incident_ios_shape_is_kept() -> None:
    story = replay("2025-09-03")
    quiet = read(story, "openai", story.starts)
    documents = read(story, "openai", story.events[0].at)
    summary = documents["summary.json"]

    assert set(documents) == {"summary.json", "status.json", "components.json", "incidents.json"}
    assert "incidents" not in quiet["summary.json"]
    assert quiet["incidents.json"]["incidents"] is None
    assert "scheduled_maintenances" not in summary
    assert summary["status"] == {"indicator": "major", "description": "Partial System Outage"}
    assert not {"components", "shortlink", "started_at", "resolved_at"} & set(summary["incidents"][0])
    assert "group_id" not in summary["components"][0]
    ids = [found["id"] for found in everything(documents) if "id" in found]
    assert all(re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", each) for each in ids)
    assert summary["incidents"][0]["created_at"] == "2025-09-03T08:10:00Z"
    assert summary["page"]["url"] == "https://status.openai.com/"


def test_two_incidents_may_be_open_at_once() -> None:
    story = replay("2026-02")

    incidents = read(story, "openai", story.events[2].at)["summary.json"]["incidents"]

    assert [incident["impact"] for incident in incidents] == ["minor", "major"]


def test_the_wave_after_a_false_end_is_seen_by_our_reader() -> None:
    story = replay("2025-01")
    phases = [
        statuspage.FORMAT.parse(page_at(story, "openai", event.at), "https://status.openai.com").incidents[0].phase
        for event in story.events
    ]

    assert phases == [
        Phase.INVESTIGATING,
        Phase.IDENTIFIED,
        Phase.RESOLVED,
        Phase.INVESTIGATING,
        Phase.RESOLVED,
    ]
