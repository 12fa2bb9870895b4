"""The fetcher against a real server on loopback."""

import asyncio
import base64
import gzip
import socket
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from bot.domain.errors import FeedError, NotTheFormat, Unreachable
from bot.domain.polling import Validator
from bot.feeds.fetch import MOST_REDIRECTS, HttpFetcher
from bot.ports import Document, Fetched, Format
from tests.feeds.server import (
    NOW,
    ONE,
    PULSE,
    FixedClock,
    Site,
    feed_of,
    format_of,
    leads_to,
    says,
    serving,
    talking,
    versioned,
)

CAP = 20_000


def packed(body: bytes) -> bytes:
    """The same bytes in every process: without the time."""
    return gzip.compress(body, mtime=0)


EXTRA = Document(name="b.json", path="api/b.json", required=False)
TWO = format_of(PULSE, EXTRA)
ITSELF = format_of(Document(name="feed.xml", path=""))


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as site:
        yield site


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    fetcher = HttpFetcher(
        clock=FixedClock(), contact="https://planb.example", deadline=timedelta(seconds=5), most_bytes=CAP
    )
    yield fetcher
    await fetcher.close()


async def first(fetcher: HttpFetcher, site: Site, format_: Format = ONE) -> Fetched:
    return await fetcher.fetch(feed_of(site.url), format_, {}, everything=False)


async def again(
    fetcher: HttpFetcher, site: Site, known: Fetched, format_: Format = ONE, *, everything: bool = False
) -> Fetched:
    site.asked.clear()
    return await fetcher.fetch(feed_of(site.url), format_, known.validators, everything=everything)


async def refused(fetcher: HttpFetcher, url: str, format_: Format = ONE) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await fetcher.fetch(feed_of(url), format_, {}, everything=False)
    return caught.value


async def test_it_says_who_it_is_and_what_it_takes(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b"{}")
    await first(fetcher, site)
    headers = site.asked[0].headers
    assert headers["User-Agent"].startswith("planb/")
    assert headers["User-Agent"].endswith("(+https://planb.example)")
    assert headers["Accept-Encoding"] == "gzip"
    assert headers["Accept"].startswith("application/json")
    assert "Cookie" not in headers


@pytest.mark.parametrize("slash", ["", "/"])
async def test_the_address_is_the_feed_and_the_path(fetcher: HttpFetcher, site: Site, slash: str) -> None:
    site.pages["/team/api/a.json"] = says(b"{}")
    got = await fetcher.fetch(feed_of(f"{site.url}/team{slash}?key=1#top"), ONE, {}, everything=False)
    assert got.documents == {"a.json": b"{}"}
    assert site.asked[0].query_string == "key=1"


async def test_an_empty_path_is_the_feed_itself(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/history.atom"] = says(b"<feed/>")
    got = await fetcher.fetch(feed_of(f"{site.url}/history.atom"), ITSELF, {}, everything=False)
    assert got.documents == {"feed.xml": b"<feed/>"}


async def test_not_modified_brings_nothing_and_keeps_what_is_known(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = versioned(b"{}", 'W/"a b,c"', Last_Modified="Mon, 02 Mar 2026 11:00:00 GMT")
    known = await first(fetcher, site)
    got = await again(fetcher, site, known)
    assert got.documents is None
    assert got.validators == known.validators
    assert site.asked[0].headers["If-None-Match"] == 'W/"a b,c"'
    assert site.asked[0].headers["If-Modified-Since"] == "Mon, 02 Mar 2026 11:00:00 GMT"


async def test_the_same_bytes_again_are_nothing_new(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b'{"same": 1}')
    known = await first(fetcher, site)
    got = await again(fetcher, site, known)
    assert got.documents is None
    assert site.conditions() == [False]


async def test_a_new_validator_of_unchanged_bytes_is_remembered(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b"{}", ETag='"1"')
    known = await first(fetcher, site)
    site.pages["/api/a.json"] = says(b"{}", ETag='"2"')
    got = await again(fetcher, site, known)
    assert got.documents is None
    assert got.validators["a.json"].etag == '"2"'
    assert got.validators["a.json"].asked_at == NOW


async def test_a_validator_that_could_not_be_sent_back_exactly_is_not_kept(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b"{}", ETag='"é"')
    known = await first(fetcher, site)
    assert known.validators["a.json"].etag == ""


async def test_only_the_pulse_is_asked_while_it_does_not_change(fetcher: HttpFetcher, site: Site) -> None:
    site.pages |= {"/api/a.json": versioned(b"{}", '"a"'), "/api/b.json": versioned(b"[]", '"b"')}
    known = await first(fetcher, site, TWO)
    assert known.documents == {"a.json": b"{}", "b.json": b"[]"}
    got = await again(fetcher, site, known, TWO)
    assert site.paths == ["/api/a.json"]
    assert got.documents is None
    assert set(got.validators) == {"a.json", "b.json"}


async def test_a_changed_pulse_brings_the_whole_set(fetcher: HttpFetcher, site: Site) -> None:
    site.pages |= {"/api/a.json": versioned(b"{}", '"a"'), "/api/b.json": versioned(b"[]", '"b"')}
    known = await first(fetcher, site, TWO)
    site.pages["/api/a.json"] = versioned(b'{"new": 1}', '"a2"')
    got = await again(fetcher, site, known, TWO)
    assert got.documents == {"a.json": b'{"new": 1}', "b.json": b"[]"}
    assert site.conditions() == [True, False]


async def test_everything_asks_all_with_conditions(fetcher: HttpFetcher, site: Site) -> None:
    site.pages |= {"/api/a.json": versioned(b"{}", '"a"'), "/api/b.json": versioned(b"[]", '"b"')}
    known = await first(fetcher, site, TWO)
    got = await again(fetcher, site, known, TWO, everything=True)
    assert got.documents is None
    assert site.paths == ["/api/a.json", "/api/b.json"]
    assert site.conditions() == [True, True]


async def test_a_change_beside_the_pulse_brings_the_whole_set(fetcher: HttpFetcher, site: Site) -> None:
    site.pages |= {"/api/a.json": versioned(b"{}", '"a"'), "/api/b.json": versioned(b"[]", '"b"')}
    known = await first(fetcher, site, TWO)
    site.pages["/api/b.json"] = versioned(b"[1]", '"b2"')
    got = await again(fetcher, site, known, TWO, everything=True)
    assert got.documents == {"a.json": b"{}", "b.json": b"[1]"}
    assert site.paths == ["/api/a.json", "/api/b.json", "/api/a.json"]
    assert site.conditions() == [True, True, False]


async def test_bytes_at_hand_are_not_asked_for_twice(fetcher: HttpFetcher, site: Site) -> None:
    site.pages |= {"/api/a.json": says(b"{}"), "/api/b.json": says(b"[]")}
    known = await first(fetcher, site, TWO)
    site.pages["/api/b.json"] = says(b"[1]")
    got = await again(fetcher, site, known, TWO, everything=True)
    assert got.documents == {"a.json": b"{}", "b.json": b"[1]"}
    assert site.paths == ["/api/a.json", "/api/b.json"]


async def test_an_optional_document_may_be_missing(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = versioned(b"{}", '"a"')
    known = await first(fetcher, site, TWO)
    assert known.documents == {"a.json": b"{}"}
    assert (await again(fetcher, site, known, TWO)).documents is None
    assert site.paths == ["/api/a.json"]
    got = await again(fetcher, site, known, TWO, everything=True)
    assert got.documents is None
    assert site.paths == ["/api/a.json", "/api/b.json"]


async def test_an_optional_document_may_come_and_go(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = versioned(b"{}", '"a"')
    known = await first(fetcher, site, TWO)
    site.pages["/api/b.json"] = says(b"[]")
    came = await again(fetcher, site, known, TWO, everything=True)
    assert came.documents == {"a.json": b"{}", "b.json": b"[]"}
    del site.pages["/api/b.json"]
    went = await again(fetcher, site, came, TWO, everything=True)
    assert went.documents == {"a.json": b"{}"}
    assert site.paths == ["/api/a.json", "/api/b.json", "/api/a.json"]


async def test_the_pulse_must_be_there(fetcher: HttpFetcher, site: Site) -> None:
    error = await refused(fetcher, site.url)
    assert isinstance(error, Unreachable)
    assert str(error).endswith("/api/a.json: it answered 404")


async def test_not_modified_without_a_question_is_no_answer(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b"", 304)
    assert "304" in str(await refused(fetcher, site.url))


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [
        ("gzip", packed(b'{"a": 1}')),
        ("GZIP", packed(b'{"a"') + packed(b": 1}")),
        ("x-gzip", packed(b'{"a": 1}')),
        ("deflate", zlib.compress(b'{"a": 1}')),
        ("deflate", zlib.compress(b'{"a": 1}', wbits=-15)),
        ("deflate", zlib.compress(b'{"a": 1}', wbits=9)),
        ("gzip", b"".join(packed(b'{"a": 1}'[at : at + 1]) for at in range(8)) + packed(b"") * 500),
        ("identity", b'{"a": 1}'),
    ],
)
async def test_it_unpacks(fetcher: HttpFetcher, site: Site, encoding: str, sent: bytes) -> None:
    site.pages["/api/a.json"] = says(sent, Content_Encoding=encoding)
    assert (await first(fetcher, site)).documents == {"a.json": b'{"a": 1}'}


@pytest.mark.parametrize(
    ("encoding", "sent", "reason"),
    [
        ("gzip", packed(bytes(5_000_000)), f"more than {CAP} bytes unpacked"),
        ("deflate", zlib.compress(bytes(5_000_000)), f"more than {CAP} bytes unpacked"),
        ("gzip, gzip", packed(packed(b"{}")), "packed in a way we do not take: gzip, gzip"),
        ("br", b"...", "packed in a way we do not take: br"),
        ("gzip", b"not gzip", "a packed body that cannot be unpacked"),
        ("deflate", b"not deflate", "a packed body that cannot be unpacked"),
        ("gzip", packed(b"{}")[:-4], "a packed body that breaks off"),
        ("gzip", packed(b"{}") + b"more", "a packed body that cannot be unpacked"),
        ("identity", bytes(CAP + 1), f"more than {CAP} bytes"),
    ],
)
async def test_it_refuses_bodies(fetcher: HttpFetcher, site: Site, encoding: str, sent: bytes, reason: str) -> None:
    site.pages["/api/a.json"] = says(sent, Content_Encoding=encoding)
    error = await refused(fetcher, site.url)
    assert isinstance(error, Unreachable)
    assert str(error) == f"{site.url}/api/a.json: {reason}"


async def test_a_body_of_exactly_the_cap_is_taken(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(packed(bytes(CAP)), Content_Encoding="gzip")
    assert (await first(fetcher, site)).documents == {"a.json": bytes(CAP)}


async def test_an_endless_body_ends_at_the_cap(fetcher: HttpFetcher, site: Site) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(1000))

    site.pages["/api/a.json"] = endless
    assert f"more than {CAP} bytes" in str(await refused(fetcher, site.url))


async def test_a_slow_body_ends_at_the_deadline(site: Site) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    site.pages["/api/a.json"] = drip
    hasty = HttpFetcher(clock=FixedClock(), contact="x", deadline=timedelta(milliseconds=150))
    error = await refused(hasty, f"{site.url}?token=secret")
    assert str(error) == f"{site.url}: no whole answer within 0.15 seconds"
    await hasty.close()


async def test_it_follows_redirects(fetcher: HttpFetcher, site: Site) -> None:
    site.pages |= {
        "/api/a.json": leads_to("../there", 301),
        "/there": leads_to(f"{site.url}/here#x", 308),
        "/here": says(b"{}"),
    }
    assert (await first(fetcher, site)).documents == {"a.json": b"{}"}
    assert site.paths == ["/api/a.json", "/there", "/here"]


async def test_a_redirect_loop_ends(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = leads_to("/api/a.json")
    assert "more than 5 redirects" in str(await refused(fetcher, site.url))
    assert len(site.asked) == MOST_REDIRECTS + 1


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://x.example/", "http://[::1", "gopher:x"])
async def test_a_redirect_leads_to_http_alone(fetcher: HttpFetcher, site: Site, location: str) -> None:
    site.pages["/api/a.json"] = leads_to(location)
    error = await refused(fetcher, site.url)
    assert isinstance(error, Unreachable)
    assert str(error).startswith(f"{site.url}/api/a.json: ")
    assert "redirects to" in str(error)
    assert len(site.asked) == 1


async def test_a_redirect_to_nowhere_is_no_answer(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b"", 302)
    assert "redirects to nowhere" in str(await refused(fetcher, site.url))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.example", "status.example", "http://[::1", "http://x:99999", ""]
)
async def test_only_http_addresses_are_asked(fetcher: HttpFetcher, url: str) -> None:
    assert "not an http(s) address" in str(await refused(fetcher, url))


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 02 Mar 2026 12:05:00 -0000", timedelta(minutes=5)),
        ("999999999", timedelta(days=1)),
        ("0", None),
        ("Mon, 02 Mar 2020 12:05:00 GMT", None),
        ("soon", None),
        ("9" * 300, None),
        ("", None),
    ],
)
async def test_it_hands_on_how_long_to_wait(
    fetcher: HttpFetcher, site: Site, status: int, value: str, wait: timedelta | None
) -> None:
    site.pages["/api/a.json"] = says(b"", status, Retry_After=value)
    error = await refused(fetcher, site.url)
    assert isinstance(error, Unreachable)
    assert error.retry_after == wait


async def test_retry_after_of_another_failure_is_not_a_wish(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b"", 500, Retry_After="120")
    error = await refused(fetcher, site.url)
    assert (str(error), error.retry_after) == (f"{site.url}/api/a.json: it answered 500", None)


@pytest.mark.parametrize(
    ("control", "wish"),
    [
        ("max-age=10, public, s-maxage=300", timedelta(seconds=10)),
        ("public,MAX-AGE = 60", timedelta(seconds=60)),
        ("max-age=86400", timedelta(minutes=15)),
        ("s-maxage=300", None),
        ("max-age=0", None),
        ("no-store", None),
    ],
)
async def test_it_hands_on_how_long_an_answer_holds(
    fetcher: HttpFetcher, site: Site, control: str, wish: timedelta | None
) -> None:
    site.pages["/api/a.json"] = versioned(b"{}", '"a"', Cache_Control=control)
    known = await first(fetcher, site)
    assert known.wish == wish
    assert (await again(fetcher, site, known)).wish == wish


@pytest.mark.parametrize(
    ("body", "control", "wish"),
    [
        (b"<rss><channel><ttl>3</ttl>", "", timedelta(minutes=3)),
        (b"<rss><channel><ttl> 30\n</ttl>", "", timedelta(minutes=5)),
        (b"<rss><channel><ttl>999999</ttl>", "max-age=600", timedelta(minutes=10)),
        (b"<rss><channel><ttl>3</ttl>", "max-age=60", timedelta(minutes=3)),
        (b"<rss><channel><ttl>0</ttl>", "", None),
        (b"<rss><channel><ttl>soon</ttl>", "", None),
        (b"<rss><channel>" + b" " * 5000 + b"<ttl>3</ttl>", "", None),
    ],
)
async def test_it_hands_on_how_long_a_feed_of_articles_holds(
    fetcher: HttpFetcher, site: Site, body: bytes, control: str, wish: timedelta | None
) -> None:
    site.pages["/api/a.json"] = says(body, Cache_Control=control)
    assert (await first(fetcher, site)).wish == wish


async def test_a_feed_that_does_not_change_is_never_asked_without_conditions(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = versioned(b"{}", '"a"')
    known = await first(fetcher, site)
    site.asked.clear()
    for _ in range(50):
        known = await fetcher.fetch(feed_of(site.url), ONE, known.validators, everything=True)
        assert known.documents is None
    assert site.conditions() == [True] * 50


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><p>Hi", b"\xef\xbb\xbf \n<HTML><p>Hi"])
async def test_a_web_page_is_not_the_format(fetcher: HttpFetcher, site: Site, body: bytes) -> None:
    site.pages["/api/a.json"] = says(body, Content_Type="text/html; charset=utf-8")
    error = await refused(fetcher, site.url)
    assert isinstance(error, NotTheFormat)
    assert str(error) == f"{site.url}/api/a.json answered a web page, not a.json"


async def test_json_that_is_called_html_is_taken(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b"{}", Content_Type="text/html")
    assert (await first(fetcher, site)).documents == {"a.json": b"{}"}


async def test_a_refused_connection_is_unreachable(fetcher: HttpFetcher) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        assert str(await refused(fetcher, url)) == f"{url}/api/a.json: no connection can be made"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "it closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}", "the answer breaks off"),
        (b"SSH-2.0-no\r\n\r\n", "the answer is not HTTP that we can read"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n", "the answer is not HTTP that we can read"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "the answer is not HTTP that we can read"),
    ],
)
async def test_broken_http_is_unreachable(fetcher: HttpFetcher, raw: bytes, reason: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with talking(answer) as url:
        assert str(await refused(fetcher, url)) == f"{url}/api/a.json: {reason}"


async def test_credentials_go_to_their_host_and_into_no_message(fetcher: HttpFetcher, site: Site) -> None:
    host = site.url.removeprefix("http://")
    async with serving() as other:
        site.pages |= {
            "/api/a.json": leads_to("/near?token=hush"),
            "/near": leads_to(f"http://eve:other@{other.url.removeprefix('http://')}/far?token=hush"),
        }
        error = await refused(fetcher, f"http://ann:se%40cret@{host}?token=hush")
        sent = [request.headers.get("Authorization") for request in (*site.asked, *other.asked)]
        assert sent == ["Basic " + base64.b64encode(b"ann:se@cret").decode()] * 2 + [None]
        assert str(error) == f"{other.url}/far: it answered 404"


@pytest.mark.parametrize("place", ["127.0.0.1:1", "[::1", "nowhere.invalid:99999", "127.0.0.1:1/\x00"])
async def test_no_failure_shows_a_secret(fetcher: HttpFetcher, place: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    error = await refused(fetcher, f"http://ann:secret@{place}?token=secret")
    told = f"{error} {error.__cause__} {caplog.text}"
    assert "secret" not in told
    assert error.__suppress_context__ or error.__context__ is None


async def test_addresses_are_not_logged(fetcher: HttpFetcher, site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(20, "test")
    caplog.set_level(20)
    site.pages["/api/a.json"] = says(b"{}")
    await fetcher.fetch(feed_of(f"{site.url}?token=hush"), ONE, {}, everything=False)
    ours = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]
    assert not any("hush" in message for message in ours)


async def test_cookies_are_not_kept(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b"{}", Set_Cookie="id=1; Path=/")
    known = await first(fetcher, site)
    await again(fetcher, site, known)
    assert "Cookie" not in site.asked[0].headers


async def test_it_keeps_the_connection(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = versioned(b"{}", '"a"')
    known = await first(fetcher, site)
    ports = [site.asked[0].transport]
    for _ in range(3):
        await again(fetcher, site, known)
        ports.append(site.asked[0].transport)
    assert len(set(map(id, ports))) == 1


async def test_an_unknown_validator_asks_without_conditions(fetcher: HttpFetcher, site: Site) -> None:
    site.pages["/api/a.json"] = says(b"{}")
    known = {"a.json": Validator(asked_at=NOW), "old.json": Validator(asked_at=NOW, etag='"o"')}
    got = await fetcher.fetch(feed_of(site.url), ONE, known, everything=False)
    assert got.documents == {"a.json": b"{}"}
    assert set(got.validators) == {"a.json"}


async def test_a_fetcher_that_was_never_used_can_be_closed() -> None:
    await HttpFetcher(clock=FixedClock(), contact="x").close()
