"""Documents of real status pages, on machines that have them: each is read, or refused if it is another shape."""

from collections import Counter
from pathlib import Path

import pytest

from bot.domain.errors import NotTheFormat
from bot.domain.status import Incident, Kind, Phase, Snapshot
from bot.feeds import FORMATS
from bot.feeds.detect import detect
from tests.captures import captures
from tests.feeds.cases import BASE

# The page's own API, the widget API and facts about a page: shapes that these formats do not read.
OTHER_SHAPES = frozenset(
    {
        "perplexity-page-flags-2026-09-12.json",
        "pleo-proxy-incidents-2026-01-trimmed.json",
        "widget-summary-from-documented-types.json",
    }
)
FOLDERS = ("statuspage", "incidentio", "rss")


def _files() -> list[Path]:
    folder = captures()
    feeds = folder / "feeds" if folder else Path("nowhere")
    found = (path for name in FOLDERS for path in (feeds / name).rglob("*") if path.is_file())
    return sorted(found)


FILES = _files()
pytestmark = pytest.mark.skipif(not FILES, reason="no captured feeds on this machine (PLANB_CAPTURES)")
READ = [path for path in FILES if path.name not in OTHER_SHAPES]
REFUSED = [path for path in FILES if path.name in OTHER_SHAPES]


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
def test_it_reads_the_capture(path: Path) -> None:
    snapshot = read(path)
    expected = "rss" if path.suffix in {".rss", ".atom"} else path.relative_to(captures() / "feeds").parts[0]  # type: ignore[operator]
    assert snapshot.format == expected
    assert snapshot.components or snapshot.incidents or snapshot.page
    for one in snapshot.incidents:
        assert one.phase is not Phase.UNKNOWN
        assert one.title
        assert one.url.startswith("http")
        assert "//incidents" not in one.url
        assert [update.posted_at for update in one.updates] == sorted(u.posted_at for u in one.updates if u.posted_at)
        assert all(update.text and "<" not in update.text[:1] for update in one.updates)
        assert (one.resolved_at is not None) == one.phase.is_over
        assert not one.started_at or not one.resolved_at or one.started_at <= one.resolved_at


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.name)
def test_it_refuses_other_shapes(path: Path) -> None:
    documents = {path.name: path.read_bytes()}
    assert detect(documents) is None
    for format_ in FORMATS.values():
        with pytest.raises(NotTheFormat):
            format_.parse(documents, BASE)


def test_what_is_open_is_open() -> None:
    open_now = {
        path.name: [one.id for one in read(path).incidents if one.phase.is_open and one.kind is Kind.INCIDENT]
        for path in READ
    }
    assert {name: ids for name, ids in open_now.items() if ids} == {
        "cloudflare-summary-active-2026-07-29.json": ["z325n2dc14tk"],
        "github-summary-active-2026-07-24.json": [
            one.id for one in named("github-summary-active-2026-07-24.json").incidents
        ],
        "openai-summary-active-2026-07-22.json": ["01KY54SWGRK806N6TJ495MYPDD"],
        "github-history-active-2026-07-09.atom": ["cstx3v63mklm"],
        "a-active-1-2026-07-09.atom": ["cstx3v63mklm"],
    }


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
