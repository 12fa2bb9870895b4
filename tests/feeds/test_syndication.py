"""What the expected files do not show: refusals, hostile XML, and ids that survive edits and templates."""

import json
import re
import time
from datetime import UTC, datetime

import pytest

from bot.domain.errors import NotTheFormat
from bot.domain.status import Health, Incident, Kind, Phase
from bot.feeds.detect import documents_at
from bot.feeds.entries import MOST
from bot.feeds.formats import statuspage, syndication
from tests.feeds.cases import BASE, HERE

ATOM = (HERE / "rss" / "statuspage_atom.xml").read_text(encoding="utf-8")
RSS = '<rss version="2.0"><channel><title>Rowan</title><link>https://status.rowan.example/</link>{}</channel></rss>'
ITEM = (
    "<item><title>{title}</title><guid>{guid}</guid><pubDate>{date}</pubDate><description>{text}</description></item>"
)


def read(feed: str) -> tuple[Incident, ...]:
    return syndication.parse({"feed.xml": feed.encode()}, BASE).incidents


def item(title: str = "Slow", guid: str = "g", date: str = "Mon, 02 Mar 2026 10:00:00 GMT", text: str = "Hm.") -> str:
    return ITEM.format(title=title, guid=guid, date=date, text=text)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<!DOCTYPE html><html></html>", "not a feed: a web page"),
        (b"<html><head></head></html>", "not a feed: a web page"),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><title>&a;</title></channel></rss>', "with a DOCTYPE"),
        (b'<?xml version="1.0"?><!-- <rss> --><!doctype rss SYSTEM "x"><rss></rss>', "with a DOCTYPE"),
        ('<!DOCTYPE rss SYSTEM "x"><rss></rss>'.encode("utf-16"), "with a DOCTYPE"),
        ("<!DOCTYPE rss><rss></rss>".encode("utf-16-be"), "with a DOCTYPE"),
        (b"<svg></svg>", "not a feed: something else"),
        (b"<!-- never closed <rss></rss>", "not a feed: XML with a DOCTYPE, which is refused"),
        (b"", "not a feed: something else"),
        (b"{}", "not a feed: something else"),
        (b"<rss><channel><item><title>Cut", "cut off"),
        (b"<rss></rss>", "not a feed that can be read"),
        (b'<?xml version="1.0" encoding="klingon"?><rss></rss>', "an unknown encoding, klingon"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "not a feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": 7}', "not a feed that can be read (TypeError)"),
    ],
)
def test_it_refuses(raw: bytes, reason: str) -> None:
    with pytest.raises(NotTheFormat, match=re.escape(reason)):
        syndication.parse({"feed.xml": raw}, BASE)


def test_what_cannot_be_decoded_is_not_recognised() -> None:
    assert not syndication.recognise({"x": b'<?xml version="1.0" encoding="klingon"?><rss></rss>'})


@pytest.mark.parametrize(
    "number", ["7ZZZZZZZZZ0000000000000000", "00000000000000000000000000", "8ZZZZZZZZZ0000000000000000"]
)
def test_an_id_like_a_ulid_is_no_trouble(number: str) -> None:
    feed = RSS.format(item(guid=f"https://status.rowan.example/incidents/{number}"))
    assert read(feed)[0].started_at is not None


def test_an_empty_feed_is_a_feed_with_nothing_in_it() -> None:
    got = syndication.parse({"feed.xml": RSS.format("").encode()}, BASE)
    assert (got.incidents, got.health, got.stated_at) == ((), Health.UNKNOWN, None)
    assert (got.page, got.page_url) == ("Rowan", "https://status.rowan.example/")


def test_the_same_incident_has_the_same_id_in_json_and_in_the_feed() -> None:
    in_feed = {one.id: one for one in read(ATOM)}
    in_json = {
        one.id: one for one in statuspage.parse(documents_at(HERE / "statuspage" / "everything"), BASE).incidents
    }
    assert "inc000000001" in in_feed
    assert "inc000000001" in in_json
    assert in_feed["inc000000001"].title == in_json["inc000000001"].title


def test_other_blanks_in_the_template_change_nothing() -> None:
    spaced = (
        ATOM.replace("&lt;p&gt;", "\n &lt;p class='u'&gt;\n  ")
        .replace("&lt;br&gt;", "&lt;br /&gt;\n\t")
        .replace("&lt;/p&gt;", " &lt;/p&gt;\n")
    )
    assert spaced != ATOM
    assert read(spaced) == read(ATOM)


def test_an_edited_text_keeps_the_ids_of_all_updates() -> None:
    edited = ATOM.replace("A worn belt.", "It was the belt, and this is the long story of it.").replace(
        "First look", "The first look"
    )
    ids = [[update.id for update in one.updates] for one in read(ATOM)]
    assert [[update.id for update in one.updates] for one in read(edited)] == ids
    assert "long story" in read(edited)[0].updates[3].text


def test_a_new_update_leaves_the_ids_of_the_old_ones() -> None:
    newest = ATOM[ATOM.index("&lt;p&gt;") : ATOM.index("&lt;/p&gt;") + len("&lt;/p&gt;")]
    shorter = ATOM.replace(newest, "", 1)
    now, before = ([update.id for update in read(feed)[0].updates] for feed in (ATOM, shorter))
    assert now[:-1] == before


def test_a_moved_publication_date_leaves_the_ids() -> None:
    moved = ATOM.replace("2026-03-02T14:31:12Z", "2026-03-02T14:35:00Z")
    assert [update.id for update in read(moved)[0].updates] == [update.id for update in read(ATOM)[0].updates]


def test_the_unknown_word_of_a_paragraph_is_kept() -> None:
    odd = next(one for one in read(ATOM) if one.id == "inc000000003").updates[0]
    assert (odd.phase, odd.raw_phase) == (Phase.UNKNOWN, "Puzzling")


def test_the_unknown_word_of_a_status_line_is_kept() -> None:
    (got,) = read(RSS.format(item(text="Status: Simmering")))
    assert (got.kind, got.phase, got.raw_phase) == (Kind.INCIDENT, Phase.UNKNOWN, "Simmering")


def test_the_end_of_planned_work_is_read() -> None:
    planned = (HERE / "rss" / "statuspage_planned.xml").read_text(encoding="utf-8")
    ends = {one.id: one.until for one in read(planned)}
    assert ends == {
        "mnt000000001": datetime(2026, 3, 5, 8, 0, tzinfo=UTC),
        "mnt000000002": datetime(2026, 1, 1, 2, 0, tzinfo=UTC),
        "mnt000000003": None,
    }


def test_two_hundred_entries_are_enough_and_they_are_the_newest() -> None:
    day = "Mon, 02 Mar 2026 {:02}:{:02}:00 GMT"
    oldest_first = "".join(item(guid=f"g{n}", date=day.format(n // 60, n % 60)) for n in range(MOST + 50))
    got = read(RSS.format(item(guid="undated", date="") + oldest_first))
    assert len(got) == MOST
    assert {one.id for one in got} == {f"g{n}" for n in range(50, MOST + 50)}


def test_a_page_of_openings_is_read_in_no_time() -> None:
    for text in (
        "<small>" * 40_000,
        "<!--" * 60_000,
        "<b>" * 60_000,
        "<script>" * 30_000,
        "Status: " * 30_000,
        "(" * 200_000,
    ):
        started = time.perf_counter()
        read(RSS.format(item(text=f"<![CDATA[{text}]]>", title=f"<![CDATA[{text[:20_000]}]]>")))
        assert time.perf_counter() - started < 2


def test_several_feeds_of_one_page_are_read_together() -> None:
    got = syndication.parse(
        {"a.xml": RSS.format(item(guid="a")).encode(), "b.xml": RSS.format(item(guid="b")).encode()}, BASE
    )
    assert [one.id for one in got.incidents] == ["a", "b"]


def test_the_newest_statement_about_a_component_counts() -> None:
    body = "Status: {}&lt;br&gt;Affected components&lt;ul&gt;&lt;li&gt;Login ({})&lt;/li&gt;&lt;/ul&gt;"
    newer = item(guid="1", date="Mon, 02 Mar 2026 12:00:00 GMT", text=body.format("Investigating", "Full outage"))
    older = item(guid="2", date="Mon, 02 Mar 2026 10:00:00 GMT", text=body.format("Resolved", "Operational"))
    for feed in (newer + older, older + newer):
        got = syndication.parse({"x": RSS.format(feed).encode()}, BASE)
        assert [(one.name, one.health) for one in got.components] == [("Login", Health.MAJOR_OUTAGE)]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/a//b", "https://status.rowan.example/a/b"),
        ("status.rowan.example/a", "https://status.rowan.example/a"),
        ("data:text/html,x", ""),
        ("http://[::1", ""),
    ],
)
def test_a_link_is_absolute_or_none(link: str, url: str) -> None:
    (got,) = read(RSS.format(f"<item><title>T</title><guid>g</guid><link>{link}</link></item>"))
    assert got.url == url


def test_a_feed_that_has_no_link_of_its_own_is_at_its_address() -> None:
    got = syndication.parse({"x": b"<rss><channel><title>T</title></channel></rss>"}, BASE)
    assert got.page_url == BASE


def test_a_json_feed_with_odd_values_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": 7,
        "items": [
            {"id": 1.5, "url": [], "title": None, "content_html": 3, "date_published": "x", "tags": [7, "resolved"]}
        ],
    }
    (got,) = read(json.dumps(feed))
    assert (got.phase, got.title, got.resolved_at) == (Phase.RESOLVED, "", None)


def test_latin_letters_are_read_as_declared() -> None:
    feed = '<?xml version="1.0" encoding="ISO-8859-1"?>' + RSS.format(item(title="Zoë"))
    (got,) = syndication.parse({"x": feed.encode("latin-1")}, BASE).incidents
    assert got.title == "Zoë"
