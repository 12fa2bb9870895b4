"""What a sample team is told to use instead, at each moment of five real outages, as a thoughtful colleague would."""

from datetime import datetime, timedelta

import pytest

from bot.catalogue import load_catalogue
from bot.core.alternatives import parts_concerned, plans_concerned
from bot.core.overview import counsels
from bot.domain.continuity import Alternative, Plan
from bot.domain.polling import FeedState
from bot.domain.status import Component, Health, Snapshot
from bot.feeds import FORMATS
from bot.feeds.formats import incidentio, statuspage
from bot.replays import page_at, replay

CATALOGUE = load_catalogue(None, formats=FORMATS)
READERS = {"statuspage": statuspage.FORMAT, "incidentio": incidentio.FORMAT}
TEAM = [
    Plan(
        wanted="openai:chatgpt",
        alternatives=(
            Alternative(name="Helper on Azure", upstreams=("azure",)),
            Alternative(name="Claude", service="claude:claude-ai"),
            Alternative(name="Our chat through the API", service="openai:api"),
            Alternative(name="Templates"),
        ),
    )
]
WELL = Snapshot(
    format="statuspage",
    page="Well",
    health=Health.OPERATIONAL,
    components=tuple(
        Component(id=name, name=name, health=Health.OPERATIONAL) for name in ("claude.ai", "Claude API", "All")
    ),
)


def states(story_id: str, now: datetime) -> dict[str, FeedState]:
    """Every page as it stood then; those that the story does not tell of were well, and were read just now."""
    story = replay(story_id)
    found: dict[str, FeedState] = {}
    for service in CATALOGUE.services:
        snapshot = WELL
        if service.slug in story.pages:
            page = story.pages[service.slug]
            snapshot = READERS[page.format].parse(page_at(story, service.slug, now), page.url)
        elif service.slug not in {"claude", "aws", "google-cloud"}:
            continue
        found[service.feeds[0].id] = FeedState(feed=service.feeds[0].id, snapshot=snapshot, read_at=now)
    return found


def advice(story_id: str, now: datetime) -> list[str]:
    """`name: the reason that decided`, best first; nothing while the page tells of nothing that concerns ChatGPT."""
    openai = CATALOGUE.get("openai")
    assert openai
    seen = states(story_id, now)
    snapshot = seen[openai.feeds[0].id].snapshot
    assert snapshot
    said: list[str] = []
    for incident in snapshot.incidents:
        if not incident.phase.is_open:
            continue
        plans = plans_concerned(TEAM, openai, incident, snapshot.components, CATALOGUE)
        parts = parts_concerned(openai, incident, snapshot.components)
        for counsel in counsels(CATALOGUE, [plan for plan in plans if plan in TEAM], parts, seen, now):
            said += [f"{one.alternative.name}: {one.whys[0].reason.name.lower()}" for one in counsel.advice]
    return said


CALM = ["Claude: healthy", "Helper on Azure: not_watched", "Templates: not_watched", "Our chat through the API: fails"]
AZURE_TOO = [
    "Claude: healthy",
    "Templates: not_watched",
    "Helper on Azure: shares_upstream",
    "Our chat through the API: fails",
]
WEB_ONLY = [
    "Our chat through the API: through_the_api",
    "Claude: healthy",
    "Helper on Azure: not_watched",
    "Templates: not_watched",
]
OVER: list[str] = []
# From each of these moments on. On 26 December 2024 Azure's own page turned red at 19:31 and was well at 22:00. On
# 3 September 2025 the web app alone failed. In February 2026 a second incident did not say which parts it concerned.
STORIES = {
    "chatgpt-2024-12-26": [
        ("2024-12-26T19:00Z", CALM),
        ("2024-12-26T19:31Z", AZURE_TOO),
        ("2024-12-26T22:00Z", CALM),
        ("2024-12-27T04:16Z", OVER),
    ],
    "chatgpt-2025-01-23": [
        ("2025-01-23T11:45Z", CALM),
        ("2025-01-23T12:40Z", OVER),
        ("2025-01-23T12:55Z", CALM),
        ("2025-01-23T15:08Z", OVER),
    ],
    "chatgpt-2025-06-10": [("2025-06-10T07:30Z", CALM), ("2025-06-10T22:00Z", OVER)],
    "chatgpt-2025-09-03": [("2025-09-03T08:10Z", WEB_ONLY), ("2025-09-03T10:23Z", OVER)],
    "chatgpt-2026-02-03": [
        ("2026-02-03T20:30Z", CALM),
        ("2026-02-03T20:55Z", [*CALM, *CALM]),
        ("2026-02-03T23:04Z", CALM),
        ("2026-02-03T23:05Z", OVER),
    ],
}


@pytest.mark.parametrize("story_id", STORIES)
def test_at_each_moment_the_advice_is_what_a_thoughtful_colleague_would_say(story_id: str) -> None:
    turns = [(datetime.fromisoformat(text), said) for text, said in STORIES[story_id]]
    for moment in sorted({event.at for event in replay(story_id).events}):
        expected = [said for turn, said in turns if turn <= moment][-1]
        assert advice(story_id, moment) == expected, moment
        assert advice(story_id, moment + timedelta(seconds=59)) == expected, moment
