"""Finding the format of documents at hand, and of a pasted address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain.errors import FeedError, NotTheFormat, Unreachable
from bot.domain.polling import Validator
from bot.domain.service import Feed
from bot.feeds.detect import detect, document_name, documents_at, probe
from bot.ports import Fetched, Format
from tests.feeds.cases import HERE

STATUSPAGE = (HERE / "statuspage" / "status_only.json").read_bytes()
INCIDENTIO = (HERE / "incidentio" / "nothing_but_null.json").read_bytes()
ATOM = (HERE / "rss" / "statuspage_atom.xml").read_bytes()
PAGE = b"<!doctype html><html><head>%s</head><body>Hello</body></html>"


@dataclass
class Web:
    """A fetcher that knows these addresses; any other answers 404."""

    pages: Mapping[str, bytes | FeedError]
    asked: list[str] = field(default_factory=list)

    async def fetch(
        self, feed: Feed, format_: Format, validators: Mapping[str, Validator], *, everything: bool
    ) -> Fetched:
        (document,) = format_.documents
        url = f"{feed.url.rstrip('/')}/{document.path}" if document.path else feed.url
        self.asked.append(url)
        page = self.pages.get(url, Unreachable(f"{url}: it answered 404"))
        if isinstance(page, FeedError):
            raise page
        return Fetched(documents={document.name: page}, validators={})


@pytest.mark.parametrize(
    ("documents", "name"),
    [
        ({"a": STATUSPAGE}, "statuspage"),
        ({"a": INCIDENTIO}, "incidentio"),
        ({"a": ATOM}, "rss"),
        ({"a": PAGE}, None),
        ({"a": STATUSPAGE, "b": PAGE}, None),
        ({}, None),
    ],
)
def test_it_knows_a_format_by_its_documents(documents: dict[str, bytes], name: str | None) -> None:
    found = detect(documents)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("https://x.example/api/v2/summary.json?a=/b", "summary.json"),
        ("https://x.example/history.atom/", "history.atom"),
        ("https://x.example", "document"),
        ("polls/03/incidents.json", "incidents.json"),
    ],
)
def test_a_document_is_called_by_the_last_part_of_its_address(where: str, name: str) -> None:
    assert document_name(where) == name


def test_a_file_is_one_document_and_a_folder_several(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"{}")
    (tmp_path / "a.json").write_bytes(b"[]")
    (tmp_path / ".hidden").write_bytes(b"")
    (tmp_path / "deeper").mkdir()
    assert documents_at(tmp_path) == {"a.json": b"[]", "b.json": b"{}"}
    assert documents_at(tmp_path / "b.json") == {"b.json": b"{}"}
    with pytest.raises(FileNotFoundError):
        documents_at(tmp_path / "c.json")


@pytest.mark.parametrize(
    ("pasted", "pages", "name", "base"),
    [
        ("https://x.example", {"https://x.example/api/v2/summary.json": STATUSPAGE}, "statuspage", "https://x.example"),
        (
            "https://x.example/incidents/abc",
            {"https://x.example/api/v2/summary.json": INCIDENTIO},
            "incidentio",
            "https://x.example/",
        ),
        (
            "https://x.example/team/api/v2/summary.json",
            {"https://x.example/team/api/v2/summary.json": STATUSPAGE},
            "statuspage",
            "https://x.example/team/",
        ),
        ("https://x.example/feed.atom", {"https://x.example/feed.atom": ATOM}, "rss", "https://x.example/feed.atom"),
        (
            "https://x.example/status",
            {
                "https://x.example/status": PAGE
                % b'<LINK href="/style.css" rel=stylesheet><link rel="alternate" type="application/rss+xml">'
                b'<link rel="alternate" type="application/atom+xml" href="http://[::1">'
                b"<link rel='alternate' type='application/atom+xml' href='news.xml?a=1&amp;b=2'>",
                "https://x.example/news.xml?a=1&b=2": ATOM,
                "https://x.example/history.atom": ATOM,
            },
            "rss",
            "https://x.example/news.xml?a=1&b=2",
        ),
        ("https://x.example", {"https://x.example/rss": ATOM}, "rss", "https://x.example/rss"),
    ],
)
async def test_it_finds_the_format_of_an_address(pasted: str, pages: dict[str, bytes], name: str, base: str) -> None:
    found, place = await probe(pasted, Web(pages))
    assert (found.name, place) == (name, base)


async def test_a_page_that_answers_the_same_everywhere_is_none_of_ours() -> None:
    class Everywhere(dict[str, bytes]):
        def get(self, key: str, default: object = None) -> bytes:
            return PAGE

    with pytest.raises(NotTheFormat) as caught:
        await probe("https://x.example?token=secret", Web(Everywhere()))
    told = str(caught.value)
    for tried in ("api/v2/summary.json", "history.atom", "feed.rss", "feed", "rss"):
        assert f"https://x.example/{tried} is no status page that we can read" in told
    assert "secret" not in told


async def test_a_json_document_alone_is_not_taken_for_a_feed() -> None:
    with pytest.raises(NotTheFormat, match=r"incidents\.json is no status page"):
        await probe("https://x.example/incidents.json", Web({"https://x.example/incidents.json": STATUSPAGE}))


async def test_a_web_page_in_place_of_json_counts_as_an_answer() -> None:
    refusal = NotTheFormat("https://x.example/api/v2/summary.json answered a web page, not summary.json")
    with pytest.raises(NotTheFormat, match="answered a web page"):
        await probe("https://x.example", Web({"https://x.example/api/v2/summary.json": refusal}))


async def test_a_dead_address_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="it answered 404"):
        await probe("https://x.example", Web({}))


async def test_the_address_is_not_asked_more_often_than_needed() -> None:
    web = Web({"https://x.example/feed": ATOM})
    await probe("https://x.example/", web)
    assert len(web.asked) == len(set(web.asked)) == 5
