"""Finding the format of a pasted address."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from bot.domain.errors import FeedError, NotTheFormat, Unreachable
from bot.domain.polling import Validator
from bot.domain.service import Feed
from bot.feeds import FORMATS
from bot.feeds import probe as probing
from bot.feeds.addresses import address
from bot.feeds.probe import HttpProber, probe
from bot.ports import Fetched, Format
from tests.feeds.cases import HERE

STATUSPAGE = (HERE / "statuspage" / "status_only.json").read_bytes()
INCIDENTIO = (HERE / "incidentio" / "nothing_but_null.json").read_bytes()
HEROKU = (HERE / "heroku" / "everything.json").read_bytes()
ATOM = (HERE / "rss" / "statuspage_atom.xml").read_bytes()
PAGE = b"<!doctype html><html><head>%s</head><body>Hello</body></html>"


@dataclass
class Web:
    """A fetcher that knows these addresses; any other answers 404. `everywhere` is what a catch-all answers."""

    pages: Mapping[str, bytes | FeedError]
    everywhere: bytes = b""
    asked: list[str] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)

    async def fetch(
        self, feed: Feed, format_: Format, validators: Mapping[str, Validator], *, everything: bool
    ) -> Fetched:
        self.feeds.append(feed)
        documents: dict[str, bytes] = {}
        for document in format_.documents if everything else format_.documents[:1]:
            url = address(feed.url, document.path).url
            self.asked.append(url)
            page = self.pages.get(url.removesuffix("/")) or self.everywhere
            if isinstance(page, FeedError):
                raise page
            if page:
                documents[document.name] = page
            elif document.required:
                raise Unreachable(f"{url}: it answered 404", status=404)
        return Fetched(documents=documents, validators={})


X = "https://x.example"


@pytest.mark.parametrize(
    ("pasted", "pages", "name", "base"),
    [
        (X, {f"{X}/api/v2/summary.json": STATUSPAGE}, "statuspage", X),
        (f"{X}/incidents/abc", {f"{X}/api/v2/summary.json": INCIDENTIO}, "incidentio", X),
        (f"{X}/team/", {f"{X}/team/api/v2/summary.json": STATUSPAGE}, "statuspage", f"{X}/team"),
        (
            f"{X}/team/api/v2/summary.json",
            {f"{X}/team/api/v2/summary.json": STATUSPAGE},
            "statuspage",
            f"{X}/team/",
        ),
        (f"{X}/feed.atom", {f"{X}/feed.atom": ATOM}, "rss", f"{X}/feed.atom"),
        (X, {f"{X}/api/v4/current-status": HEROKU}, "heroku", X),
        (
            "https://status.heroku.com/incidents/2",
            {"https://status.heroku.com/api/v4/current-status": HEROKU},
            "heroku",
            "https://status.heroku.com",
        ),
        (
            f"{X}/status",
            {
                f"{X}/status": PAGE
                % b'<LINK href="/style.css" rel=stylesheet><link rel="alternate" type="application/rss+xml">'
                b'<link rel="alternate" type="application/atom+xml" href="http://[::1">'
                b"<link rel='alternate' type='application/atom+xml' href='news.xml?a=1&amp;b=2'>",
                f"{X}/news.xml?a=1&b=2": ATOM,
                f"{X}/history.atom": ATOM,
            },
            "rss",
            f"{X}/news.xml?a=1&b=2",
        ),
        (X, {f"{X}/rss": ATOM}, "rss", f"{X}/rss"),
    ],
)
async def test_it_finds_the_format_of_an_address(pasted: str, pages: dict[str, bytes], name: str, base: str) -> None:
    found = await probe(pasted, Web(pages))
    assert (found.format.name, found.url) == (name, base)
    assert found.snapshot.format == name


async def test_a_page_that_answers_the_same_everywhere_is_none_of_ours() -> None:
    with pytest.raises(NotTheFormat) as caught:
        await probe(f"{X}?token=secret", Web({}, everywhere=PAGE))
    told = str(caught.value)
    assert "no feed that can be read was found" in told
    assert "it answers a web page to every address" in told
    assert f"{X}/api/v2/summary.json is no status page that can be read" in told
    assert "secret" not in told


async def test_a_web_page_in_place_of_json_counts_as_an_answer() -> None:
    refusal = NotTheFormat(f"{X}/api/v2/summary.json answered a web page, not summary.json")
    with pytest.raises(NotTheFormat, match="answered a web page"):
        await probe(X, Web({f"{X}/api/v2/summary.json": refusal}))


async def test_a_site_without_a_feed_says_how_many_places_were_tried() -> None:
    with pytest.raises(NotTheFormat, match=r"no feed that can be read was found; \d\d places were tried: .*404"):
        await probe(X, Web({}))


async def test_a_host_that_is_not_there_is_asked_once() -> None:
    dead = Unreachable(f"{X}: its host name is not known")

    class Nowhere(dict[str, bytes | FeedError]):
        def get(self, key: str, default: object = None) -> FeedError:
            return dead

    web = Web(Nowhere())
    with pytest.raises(Unreachable, match="host name is not known"):
        await probe(X, web)
    assert web.asked == [X]


async def test_a_format_that_is_begun_but_cannot_be_read_does_not_end_the_search() -> None:
    broken = NotTheFormat("the second document is broken")
    pages: dict[str, bytes | FeedError] = {
        f"{X}/api/v2/summary.json": STATUSPAGE,
        f"{X}/api/v2/incidents.json": broken,
        f"{X}/history.atom": ATOM,
    }
    assert (await probe(X, Web(pages))).format.name == "rss"


async def test_documents_that_do_not_belong_together_are_not_taken() -> None:
    pages = {f"{X}/api/v2/summary.json": STATUSPAGE, f"{X}/api/v2/incidents.json": PAGE, f"{X}/feed": ATOM}
    assert (await probe(X, Web(pages))).format.name == "rss"


async def test_no_address_is_asked_more_often_than_needed_and_none_is_trusted_that_was_pasted() -> None:
    web = Web({f"{X}/feed": ATOM})
    await probe(f"{X}/", web, trusted=False)
    assert len(web.asked) == len(set(web.asked)) + 1  # the found one is read in full
    assert not any(feed.trusted for feed in web.feeds)


async def test_the_search_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "DEADLINE_S", 0.0)
    with pytest.raises(Unreachable, match="no status page was found within 0 seconds"):
        await probe(X, Web({}))


@pytest.mark.parametrize("name", [name for name, format_ in FORMATS.items() if format_.homes])
def test_a_home_has_the_address_that_its_documents_are_asked_at(name: str) -> None:
    for home in FORMATS[name].homes:
        for document in FORMATS[name].documents:
            assert address(home, document.path).url.startswith("https://")


async def test_a_prober_asks_with_the_fetcher_it_has() -> None:
    web = Web({f"{X}/api/v2/summary.json": STATUSPAGE})
    found = await HttpProber(web).probe(X, trusted=False)
    assert found.format is FORMATS["statuspage"]
    assert not any(feed.trusted for feed in web.feeds)


async def test_a_page_that_leads_elsewhere_is_read_there() -> None:
    kuma = (HERE / "kuma" / "version_one.json").read_bytes()
    beats = (HERE / "kuma" / "heartbeats_alone.json").read_bytes()
    pages: dict[str, bytes | FeedError] = {
        X: PAGE % b"<a href='/status/sea'>",
        f"{X}/api/status-page/sea": kuma,
        f"{X}/api/status-page/heartbeat/sea": beats,
    }
    found = await probe(X, Web(pages))
    assert (found.format.name, found.url) == ("kuma", f"{X}/status/sea")


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_format_is_known_by_its_first_document_alone(name: str) -> None:
    """That is all a probe asks for before it reads the rest."""
    folders = [path for path in (HERE / name).iterdir() if path.is_dir()]
    for folder in folders:
        first = FORMATS[name].documents[0].name
        stem = first.partition(".")[0].replace("-", "_")
        raw = next(path for path in folder.iterdir() if path.name in {first, stem} or path.stem == stem).read_bytes()
        assert FORMATS[name].recognise({first: raw})


async def test_any_document_of_a_page_leads_to_the_page() -> None:
    incidents = (HERE / "statuspage" / "everything" / "incidents.json").read_bytes()
    pages: dict[str, bytes | FeedError] = {
        f"{X}/t/api/v2/incidents.json": incidents,
        f"{X}/t/api/v2/summary.json": STATUSPAGE,
    }
    found = await probe(f"{X}/t/api/v2/incidents.json", Web(pages))
    assert (found.format.name, found.url) == ("statuspage", f"{X}/t/")


async def test_a_web_page_where_a_feed_usually_is_is_asked_for_once() -> None:
    web = Web({f"{X}/feed": PAGE})
    with pytest.raises(NotTheFormat):
        await probe(f"{X}/feed", web)
    assert web.asked.count(f"{X}/feed") == 1


def served(name: str, base: str) -> dict[str, bytes | FeedError]:
    """The documents of a fixture, at the addresses where the format asks for them."""
    cases = sorted(path for path in (HERE / name).iterdir() if ".expected." not in path.name)
    folder = next((path for path in cases if path.is_dir()), None)
    files = {path.stem.replace("_", "-"): path for path in folder.iterdir()} if folder else {}
    whole = next((path for path in cases if path.stem == "everything"), cases[0])
    pages: dict[str, bytes | FeedError] = {}
    for number, document in enumerate(FORMATS[name].documents):
        file = files.get(document.name.partition(".")[0]) or (whole if number == 0 and not folder else None)
        if file:
            pages[address(base, document.path).url] = file.read_bytes()
    return pages


@pytest.mark.parametrize("name", [name for name, format_ in FORMATS.items() if format_.documents[0].path])
async def test_every_format_is_found_at_a_page_that_answers_as_it_does(name: str) -> None:
    base = f"{X}/page"
    found = await probe(base, Web(served(name, base)))
    assert (found.format.name, found.url) == (name, base)


@pytest.mark.parametrize("name", [name for name, format_ in FORMATS.items() if not format_.documents[0].path])
async def test_every_format_of_one_document_is_found_when_that_is_pasted(name: str) -> None:
    pages = served(name, f"{X}/feed")
    assert (await probe(f"{X}/feed", Web(pages))).format.name == name
