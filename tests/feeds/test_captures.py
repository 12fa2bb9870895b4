"""Documents of real status pages, on machines that have them: each is read, or refused if it is another shape."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.domain.errors import NotTheFormat
from bot.domain.status import Health, Incident, Kind, Phase, Snapshot
from bot.feeds import FORMATS
from bot.feeds.detect import detect
from tests.captures import captures
from tests.feeds.cases import BASE

# What each document is read as, where its folder is not called so.
READ_AS = {
    "aws-all-2026-08.rss": "aws-rss",
    "feed-link-quirks-third-party.rss": "rss",
    "gcp-feed-2022-04.atom": "rss",
    "gcp-incident-minimal-2026-02-trimmed.json": "google",
    "gcp-incidents-2026-07.json": "google",
    "openai-feed-2026-01.rss": "rss",
    "openai-history-2026-02.atom": "rss",
    "pleo-proxy-incidents-2026-01-trimmed.json": "incidentio-native",
    "slack-feed-2026-02-trimmed.atom": "rss",
    "tencent-nonregional-2026-09-trimmed.json": "tencent",
    "widget-summary-from-documented-types.json": "incidentio-widget",
    # What a subscriber is sent has the shape of the page's own incidents.
    "betterstack-incident-docs-truncated.json": "statuspage",
    "statuspage-incident-created-2017.json": "statuspage",
}
# Facts about a page, a message about one component, and files that hold several documents of a page in one.
REFUSED_NAMES = frozenset(
    {
        "perplexity-page-flags-2026-09-12.json",
        "statuspage-component-update-2017.json",
        "fastly-third-party.json",
        "postmark-third-party.json",
        "services-posts-third-party.json",
        "ssp-third-party.json",
        "status-third-party.json",
    }
)
# The documents inside those, and what they are.
INSIDE = {
    "fastly-third-party.json": (
        "statuscast",
        ("status.json", "components.json", "incidents.json"),
        Health.PARTIAL_OUTAGE,
        1,
    ),
    "postmark-third-party.json": ("sorry", ("status", "components", "notices"), Health.MAJOR_OUTAGE, 1),
    "services-posts-third-party.json": ("pagerduty", ("services", "posts"), Health.UNKNOWN, 1),
    "ssp-third-party.json": ("zendesk", ("services.json", "incidents.json"), Health.UNKNOWN, 1),
    "status-third-party.json": ("algolia", ("1/status", "1/incidents"), Health.UNKNOWN, 1),
}


def _files() -> list[Path]:
    folder = captures()
    found = (path for path in (folder / "feeds").rglob("*") if path.is_file()) if folder else ()
    return sorted(path for path in found if path.suffix != ".md")


FILES = _files()
pytestmark = pytest.mark.skipif(not FILES, reason="no captured feeds on this machine (PLANB_CAPTURES)")
READ = [path for path in FILES if path.name not in REFUSED_NAMES]
REFUSED = [path for path in FILES if path.name in REFUSED_NAMES]


def read(path: Path) -> Snapshot:
    format_ = detect({path.name: path.read_bytes()})
    assert format_ is not None
    return format_.parse({path.name: path.read_bytes()}, BASE)


def named(name: str) -> Snapshot:
    return read(next(path for path in FILES if path.name == name))


def only(name: str) -> Incident:
    (one,) = named(name).incidents
    return one


@pytest.mark.parametrize("path", READ, ids=lambda path: path.name)
def test_it_reads_the_capture_without_being_told_what_it_is(path: Path) -> None:
    snapshot = read(path)
    folder = path.relative_to(captures() / "feeds").parts[0]  # type: ignore[operator] # there, or the test is skipped
    assert snapshot.format == READ_AS.get(path.name, folder)
    for one in snapshot.incidents:
        assert one.title
        assert not one.url or one.url.startswith("http")
        assert "//incidents" not in one.url
        assert [update.posted_at for update in one.updates] == sorted(u.posted_at for u in one.updates if u.posted_at)
        assert all("<" not in update.text[:1] for update in one.updates)
        assert one.phase.is_over or one.resolved_at is None
        assert not one.started_at or not one.resolved_at or one.started_at <= one.resolved_at


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.name)
def test_it_refuses_what_is_no_document_of_a_page(path: Path) -> None:
    documents = {path.name: path.read_bytes()}
    assert detect(documents) is None
    for format_ in FORMATS.values():
        with pytest.raises(NotTheFormat):
            format_.parse(documents, BASE)


@pytest.mark.parametrize("path", [path for path in REFUSED if path.name in INSIDE], ids=lambda path: path.name)
def test_it_reads_the_documents_inside(path: Path) -> None:
    name, keys, health, open_now = INSIDE[path.name]
    whole = json.loads(path.read_bytes())
    documents = {key: json.dumps(whole[key]).encode() for key in keys}
    found = detect(documents)
    assert found is FORMATS[name]
    snapshot = found.parse(documents, BASE)
    assert snapshot.health is health
    assert sum(one.phase.is_open for one in snapshot.incidents) == open_now
    assert snapshot.components


@pytest.mark.parametrize(
    ("name", "health", "components", "incidents", "updates"),
    [
        ("aws-currentevents-2open-2026-08-01.utf16be.json", Health.UNKNOWN, 289, 2, 36),
        ("aws-all-2026-08.rss", Health.UNKNOWN, 3, 3, 50),
        ("azure-feed-active-2026-07-23T1649.rss", Health.UNKNOWN, 2, 1, 1),
        ("azure-feed-healthy-empty-2026-08-01.rss", Health.OPERATIONAL, 0, 0, 0),
        ("health-2026-08-18-excerpt.json", Health.DEGRADED, 3, 0, 0),
        ("together-index-2026-09-04-trimmed.json", Health.OPERATIONAL, 3, 0, 0),
        ("v3-incidents-from-source.json", Health.UNKNOWN, 1, 1, 2),
        ("mistral-incidents-active-2026-07-27.json", Health.UNKNOWN, 1, 1, 1),
        ("mistral-uptime-2026-09-04-trimmed.json", Health.UNKNOWN, 3, 5, 0),
        ("index-from-template.json", Health.PARTIAL_OUTAGE, 2, 1, 0),
        ("openrouter-config-2026-09-13-trimmed.json", Health.UNKNOWN, 7, 2, 4),
        ("redis-payload-2026.json", Health.UNKNOWN, 6, 4, 11),
        ("deepseek-active-2026-09.json", Health.UNKNOWN, 8, 0, 0),
        ("gcp-incidents-2026-07.json", Health.OPERATIONAL, 10, 4, 35),
        ("heroku-current-status-2026-09-trimmed.json", Health.UNKNOWN, 3, 1, 2),
        ("lempire-status-2026-08-03.json", Health.OPERATIONAL, 1, 0, 0),
        ("instatus-active-from-docs.json", Health.UNKNOWN, 0, 2, 0),
        ("perplexity-summary-up-2026-09.json", Health.OPERATIONAL, 0, 0, 0),
        ("heartbeat-third-party.json", Health.UNKNOWN, 4, 0, 0),
        ("status-page-v2-from-source.json", Health.UNKNOWN, 2, 2, 1),
        ("oci-incident-summary-2026-03-trimmed.rss", Health.OPERATIONAL, 2, 2, 4),
        ("trust-v1-incidents-active-heroku.json", Health.UNKNOWN, 0, 1, 3),
        ("trust-v1-instances-heroku.json", Health.UNKNOWN, 5, 0, 0),
        ("slack-current-ok-2026-06.json", Health.OPERATIONAL, 0, 0, 0),
        ("slack-history-2026-08.json", Health.UNKNOWN, 6, 5, 20),
        ("gitlab-status-ok-2026-07.json", Health.OPERATIONAL, 24, 0, 0),
        ("statusio-incident-and-maintenance-docs.json", Health.MAINTENANCE, 3, 3, 5),
        ("summary-third-party.json", Health.UNKNOWN, 4, 2, 0),
        ("current-full-third-party.json", Health.DEGRADED, 2, 0, 0),
        ("con-upptime-history-summary-2025-09-trimmed.json", Health.UNKNOWN, 3, 0, 0),
        ("xai-feed-active-third-party.xml", Health.UNKNOWN, 4, 4, 5),
    ],
)
def test_it_finds_in_it_what_a_person_finds(
    name: str, health: Health, components: int, incidents: int, updates: int
) -> None:
    got = named(name)
    said = sum(len(one.updates) for one in got.incidents)
    assert (got.health, len(got.components), len(got.incidents), said) == (health, components, incidents, updates)


def test_what_is_open_is_open() -> None:
    open_now = {
        path.name: [one.id for one in read(path).incidents if one.phase.is_open and one.kind is Kind.INCIDENT]
        for path in READ
    }
    assert {name: len(ids) for name, ids in open_now.items() if ids} == {
        "aws-all-2026-08.rss": 2,
        "aws-currentevents-2open-2026-08-01.utf16be.json": 2,
        "azure-feed-active-2026-07-23T1649.rss": 1,
        "v3-incidents-from-source.json": 1,
        "mistral-incidents-active-2026-07-27.json": 1,
        "index-from-template.json": 1,
        "openai-summary-active-2026-07-22.json": 1,
        "widget-summary-from-documented-types.json": 1,
        "instatus-active-from-docs.json": 1,
        "status-page-v2-from-source.json": 1,
        "github-history-active-2026-07-09.atom": 1,
        "a-active-1-2026-07-09.atom": 1,
        "trust-v1-incidents-active-heroku.json": 1,
        "slack-current-active-from-docs.json": 1,
        "slack-history-2026-08.json": 1,
        "statusio-incident-and-maintenance-docs.json": 1,
        "cloudflare-summary-active-2026-07-29.json": 1,
        "github-summary-active-2026-07-24.json": 1,
        "summary-third-party.json": 1,
        "statuspage-incident-created-2017.json": 1,
        "xai-feed-active-third-party.xml": 3,
    }
    assert open_now["cloudflare-summary-active-2026-07-29.json"] == ["z325n2dc14tk"]
    assert open_now["openai-summary-active-2026-07-22.json"] == ["01KY54SWGRK806N6TJ495MYPDD"]
    assert open_now["github-history-active-2026-07-09.atom"] == ["cstx3v63mklm"]


def test_cloudflare_has_its_groups_and_its_planned_work() -> None:
    got = named("cloudflare-summary-active-2026-07-29.json")
    assert len(got.components) == 470 - 8
    assert all(component.group for component in got.components[:100])
    phases = Counter(one.phase for one in got.incidents if one.kind is Kind.MAINTENANCE)
    assert phases == {Phase.SCHEDULED: 12, Phase.IN_PROGRESS: 4}
    assert all(one.until and one.started_at and one.started_at < one.until for one in got.incidents[1:])


def test_the_present_state_of_components_changes_no_incident() -> None:
    one, two = (
        only(f"anthropic-7gpjd8n56rlq-only-components-changed-{n}.json") for n in ("1-2026-08-19", "2-2026-08-20")
    )
    assert one == two


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("github-76t89hbfb09h-edited-1-2026-08-18b.json", "github-76t89hbfb09h-edited-2-2026-08-19.json"),
        ("github-bmpybhnrky3x-edited-1-2026-08-21.json", "github-bmpybhnrky3x-edited-2-2026-08-22.json"),
        ("b-rewritten-1-2026-08-18.atom", "b-rewritten-2-2026-08-19.atom"),
    ],
)
def test_a_rewritten_text_is_the_same_update(before: str, after: str) -> None:
    old, new = only(before), only(after)
    assert [update.id for update in old.updates] == [update.id for update in new.updates]
    assert [update.posted_at for update in old.updates] == [update.posted_at for update in new.updates]
    assert [one.text == two.text for one, two in zip(old.updates, new.updates, strict=True)].count(False) == 1


def test_an_incident_that_grows_keeps_its_updates() -> None:
    before, after = only("a-active-1-2026-07-09.atom"), only("a-active-2-resolved-2026-07-10.atom")
    assert len(before.updates) == 3
    assert len(after.updates) == 14
    assert after.updates[:3] == before.updates
    assert (before.phase.is_open, after.phase) == (True, Phase.RESOLVED)


def test_the_feed_and_the_json_of_a_page_agree() -> None:
    in_feed = {one.id: one for one in named("github-history-2026-08-22.atom").incidents}
    in_json = {one.id: one for one in named("github-incidents-2026-08.json").incidents}
    both = in_feed.keys() & in_json.keys()
    assert len(both) >= 4
    for key in both:
        feed, page = in_feed[key], in_json[key]
        assert (feed.phase, feed.title, feed.kind) == (page.phase, page.title, page.kind)
        assert [update.phase for update in feed.updates] == [update.phase for update in page.updates]
        minutes = [update.posted_at.replace(second=0, microsecond=0) for update in page.updates if update.posted_at]
        assert [update.posted_at for update in feed.updates] == minutes


def test_a_changed_title_is_the_same_incident() -> None:
    before, after = only("d-title-changed-1-2026-03-04.atom"), only("d-title-changed-2-2026-03-05.atom")
    assert before.id == after.id
    assert before.title != after.title
