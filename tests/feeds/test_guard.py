"""Where pages may lead us: no page, name server or redirect makes us open a socket to our own network."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from aiohttp import web

from bot.domain.errors import Unreachable
from bot.feeds.addresses import Address, address
from bot.feeds.fetch import HttpFetcher
from bot.feeds.guard import Closed, Guard, Network, is_public
from tests.feeds.server import ONE, FixedClock, Names, Site, feed_of, leads_to, says, serving, talking

NOT_PUBLIC = "it cannot be reached at a public address, on port 80 or 443"
LOOPBACK = ip_network("127.0.0.0/8")
MADE: list[tuple[object, ...]] = []
"""Family, type and protocol of the sockets for the network that this process made, as the interpreter itself tells."""
CONNECTED: list[str] = []
"""The hosts they were connected to."""


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.__new__" and arguments[1] in {socket.AF_INET, socket.AF_INET6}:
        MADE.append(arguments[1:])
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        CONNECTED.append(arguments[1][0])


def connections(made: Sequence[tuple[object, ...]]) -> int:
    """Those that were made to connect; a server's end has no protocol of its own."""
    return sum(protocol == socket.IPPROTO_TCP for _, _, protocol in made)


@pytest.fixture(scope="session", autouse=True)
def _heard() -> None:
    """Once for each process: audit hooks stay for the life of it, and a second one would hear everything twice."""
    sys.addaudithook(_hear)


@pytest.fixture
def made() -> list[tuple[object, ...]]:
    MADE.clear()
    CONNECTED.clear()
    return MADE


Make = Callable[..., HttpFetcher]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    fetchers: list[HttpFetcher] = []

    def one(names: Names | None = None, *allowed: Network) -> HttpFetcher:
        fetchers.append(HttpFetcher(clock=FixedClock(), contact="x", allowed=allowed, resolver=names or Names()))
        return fetchers[-1]

    yield one
    for fetcher in fetchers:
        await fetcher.close()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as site:
        site.pages["/api/a.json"] = says(b"{}")
        yield site


def port_of(site: Site) -> str:
    return site.url.rpartition(":")[2]


async def told(fetcher: HttpFetcher, url: str, *, trusted: bool = False) -> str:
    """What is said of a page that cannot be had."""
    with pytest.raises(Unreachable) as caught:
        await fetcher.fetch(feed_of(url, trusted=trusted), ONE, {}, everything=False)
    assert caught.value.status is None
    return str(caught.value)


CLOSED = [
    *("0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.100.100.200", "100.127.255.255"),
    *("127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.0.0", "169.254.169.254", "169.254.255.255"),
    *("172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.192", "192.0.0.255", "192.0.2.1", "192.31.196.1"),
    *("192.52.193.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "192.175.48.1", "198.18.0.0", "198.19.255.255"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255"),
    *("::", "::1", "::2", "::7f00:1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
    *(
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::10.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::8.8.8.8",
        "64:ff9b:1:ffff::1",
        "100::1",
    ),
    *("1fff:ffff::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff::1"),
    *("2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "9000::1"),
    *("c000::1", "fbff::1", "fc00::1", "fd00:ec2::254", "fe00::1", "fe80::1", "febf::1", "fec0::1", "feff::1"),
    *("ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
]
PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"),
    *("128.0.0.0", "168.63.129.15", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0"),
    *("192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
    *("2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "2a00:1450::1", "3ffe:ffff::1"),
]


@pytest.mark.parametrize("host", CLOSED)
def test_an_address_of_ours_or_of_nobody_is_not_public(host: str) -> None:
    assert not is_public(ip_address(host))
    assert not Guard().lets(host, 443)


@pytest.mark.parametrize("host", PUBLIC)
def test_everybody_else_is_public(host: str) -> None:
    assert is_public(ip_address(host))
    assert Guard().lets(host, 443)
    assert Guard().lets(host, 80)
    assert not Guard().lets(host, 22)


@pytest.mark.parametrize(
    "host", ["status.example", "", "127.1", "0x8.8.8.8", "8.8.8", "134744072", "fe80::1%eth0", "8.8.8.8%1", "2003::1%1"]
)
def test_what_is_not_plainly_an_address_is_not_connected_to(host: str) -> None:
    assert not Guard().lets(host, 443)


def test_an_operator_may_allow_networks_at_any_port() -> None:
    guard = Guard(allowed=[ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")])
    assert guard.lets("10.1.2.3", 8080)
    assert guard.lets("fd00:1::5", 3001)
    assert not guard.lets("10.2.0.1", 80)
    assert not guard.lets("::ffff:10.1.2.3", 80)
    assert guard.lets("8.8.8.8", 443)
    assert not guard.lets("8.8.8.8", 8080)


def test_it_makes_the_socket_only_where_it_may_be_connected(made: list[tuple[object, ...]]) -> None:
    def info(host: str, port: int) -> tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]:
        return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))

    with pytest.raises(Closed):
        Guard().socket(info("10.0.0.1", 443))
    assert made == []
    with Guard().socket(info("8.8.8.8", 443)) as one:
        assert (one.family, one.type) == (socket.AF_INET, socket.SOCK_STREAM)
    assert len(made) == 1


SPELLINGS = [
    "http://127.0.0.1/",
    "https://127.0.0.1/",
    "http://127.0.0.1:443/",
    "http://127.0.0.1:22/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://127.0.0.1:80/",
    "http://localhost/",
    "http://LocalHost/",
    "http://localhost./",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fe80::1%lo]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://168.63.129.16/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://10.0.0.1/",
    "http://172.31.0.1/",
    "http://192.168.1.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://ann@127.0.0.1/",
    "http://public.example@127.0.0.1/",
    "http://public.example:80@127.0.0.1:80/",
    "http://public.example\\@127.0.0.1/",
    "http://127.0.0.1\\@public.example/",
    "http://127.0.0.1\\.public.example/",
    "http:\\\\127.0.0.1\\",
    "http://127.0.0.1%2f@public.example:22/",
    "http://127.0.0.1\t/",
    "http://127.0.0.1%00.public.example/",
    "http:///127.0.0.1/",
    "http://private.example/",
    "http://private.example./",
    "http://metadata.example/",
    "http://both.example/",
    "http://mapped.example/",
    "http://scoped.example/",
    "http://cname.example/",
    "http://nobody.example/",
    "http://public.example:22/",
    "https://public.example:8443/",
    "http://public.example:0/",
    "http://public.example:99999/",
    "http+unix://%2fvar%2frun%2fdocker.sock/info",
    "unix:///var/run/docker.sock",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/stats",
    "ftp://127.0.0.1/",
    "ws://127.0.0.1/",
    "jar:http://127.0.0.1!/",
    "//127.0.0.1/",
]


def names() -> Names:
    return Names(
        public=[["8.8.8.8"]],
        private=[["10.0.0.5"]],
        metadata=[["169.254.169.254"]],
        both=[["10.0.0.5", "fd00::5"]],
        mapped=[["::ffff:10.0.0.5"]],
        scoped=[["fe80::1%1"]],
        cname=[["inner.example"]],
    )


@pytest.mark.parametrize("url", SPELLINGS)
async def test_a_pasted_page_opens_no_socket_to_our_network(
    make: Make, made: list[tuple[object, ...]], url: str
) -> None:
    said = await told(make(names()), url)
    assert made == []
    assert said.endswith((f": {NOT_PUBLIC}", ": not an http(s) address"))


@pytest.mark.parametrize("url", [one for one in SPELLINGS if one != "http:///127.0.0.1/"])  # that is a path
async def test_nor_does_a_redirect_of_a_page_that_the_operator_named(
    make: Make, made: list[tuple[object, ...]], url: str, site: Site
) -> None:
    site.pages["/api/a.json"] = leads_to(url)
    known = names()
    known.known["pages.example"] = [["127.0.0.1"]]
    await told(make(known), f"http://pages.example:{port_of(site)}", trusted=True)
    assert connections(made) == 1


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://private.example/", "http://[::ffff:10.0.0.5]/"])
async def test_nor_does_a_redirect_of_a_pasted_page(
    make: Make, made: list[tuple[object, ...]], url: str, site: Site
) -> None:
    site.pages["/api/a.json"] = leads_to(url)
    said = await told(make(names(), LOOPBACK), site.url)
    assert said == f"{url}: {NOT_PUBLIC}"
    assert connections(made) == 1


async def test_what_is_said_does_not_tell_what_there_is(make: Make, site: Site) -> None:
    """An open port, a closed one, a name of ours, one that nobody has, a port that is not the web's: all the same."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        urls = [
            f"http://127.0.0.1:{port_of(site)}",
            f"http://127.0.0.1:{closed.getsockname()[1]}",
            "http://private.example",
            "http://nobody.example",
            "http://public.example:22",
            "http://127.1",
        ]
        fetcher = make(names())
        said = {(await told(fetcher, url)).removeprefix(f"{url}/api/a.json") for url in urls}
    assert said == {f": {NOT_PUBLIC}"}
    assert site.asked == []


async def test_a_closed_port_of_an_allowed_address_is_not_told_either(make: Make) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        assert await told(make(None, LOOPBACK), url) == f"{url}/api/a.json: {NOT_PUBLIC}"


async def test_an_allowed_network_can_be_asked_for_everybody(make: Make, site: Site) -> None:
    got = await make(None, LOOPBACK).fetch(feed_of(site.url, trusted=False), ONE, {}, everything=False)
    assert got.documents == {"a.json": b"{}"}


async def test_the_operator_may_name_a_page_anywhere(make: Make, site: Site) -> None:
    fetcher = make(Names(inner=[["127.0.0.1"]]))
    got = await fetcher.fetch(feed_of(f"http://Inner.example:{port_of(site)}"), ONE, {}, everything=False)
    assert got.documents == {"a.json": b"{}"}


async def test_a_page_that_the_operator_named_may_lead_about_its_own_host(make: Make, site: Site) -> None:
    fetcher = make(Names(inner=[["127.0.0.1"]]))
    site.pages["/api/a.json"] = leads_to(f"http://inner.example:{port_of(site)}/there")
    site.pages["/there"] = says(b"[]")
    got = await fetcher.fetch(feed_of(f"http://inner.example:{port_of(site)}"), ONE, {}, everything=False)
    assert got.documents == {"a.json": b"[]"}


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1", "localhost", "inner.example.", "x.inner.example"])
async def test_but_not_to_another_host_of_our_network(make: Make, site: Site, host: str) -> None:
    fetcher = make(Names(inner=[["127.0.0.1"]], other=[["127.0.0.1"]], **{"x.inner": [["127.0.0.1"]]}))
    there = f"http://{host}:{port_of(site)}/there"
    site.pages["/api/a.json"] = leads_to(there)
    said = await told(fetcher, f"http://inner.example:{port_of(site)}", trusted=True)
    assert said == f"{there}: {NOT_PUBLIC}"
    assert site.paths == ["/api/a.json"]


async def test_a_permission_does_not_come_back(make: Make, site: Site) -> None:
    """From the named host to an allowed one, and from there to the named host's neighbour."""
    fetcher = make(Names(inner=[["127.0.0.1"]], other=[["127.0.0.1"]]), ip_network("127.0.0.9/32"))
    site.pages["/api/a.json"] = leads_to(f"http://inner.example:{port_of(site)}/again")
    site.pages["/again"] = leads_to(f"http://ann:pw@other.example:{port_of(site)}/there?key=1")
    said = await told(fetcher, f"http://inner.example:{port_of(site)}", trusted=True)
    assert said == f"http://other.example:{port_of(site)}/there: {NOT_PUBLIC}"


async def test_a_connection_made_for_a_named_page_serves_no_pasted_one(make: Make, site: Site) -> None:
    fetcher = make()
    await fetcher.fetch(feed_of(site.url, trusted=True), ONE, {}, everything=False)
    assert (await told(fetcher, site.url)).endswith(NOT_PUBLIC)
    await fetcher.fetch(feed_of(site.url, trusted=True), ONE, {}, everything=False)
    assert len(site.asked) == 2
    assert len({id(request.transport) for request in site.asked}) == 1


async def test_a_name_that_first_leads_out_and_then_in_is_judged_each_time(
    make: Make, site: Site, made: list[tuple[object, ...]]
) -> None:
    """Each port is looked up anew, so a redirect to another port gets the second answer."""
    async with serving() as second:
        resolver = Names(rebinding=[["127.0.0.1"], ["10.0.0.5"]])
        fetcher = make(resolver, LOOPBACK)
        site.pages["/api/a.json"] = leads_to(f"http://rebinding.example:{port_of(second)}/")
        made.clear()
        said = await told(fetcher, f"http://rebinding.example:{port_of(site)}")
        assert said == f"http://rebinding.example:{port_of(second)}/: {NOT_PUBLIC}"
        assert resolver.asked == ["rebinding.example"] * 2
        assert connections(made) == 1
        assert second.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        ["10.0.0.5", "127.0.0.1"],
        ["127.0.0.1", "10.0.0.5"],
        ["fd00::1", "::1", "10.0.0.5", "127.0.0.1", "169.254.169.254"],
        ["inner.example", "127.0.0.1"],
    ],
)
async def test_of_a_mixed_answer_the_public_half_is_taken(
    make: Make, site: Site, made: list[tuple[object, ...]], answer: Sequence[str]
) -> None:
    fetcher = make(Names(mixed=[answer]), LOOPBACK)
    made.clear()
    got = await fetcher.fetch(
        feed_of(f"http://mixed.example:{port_of(site)}", trusted=False), ONE, {}, everything=False
    )
    assert got.documents == {"a.json": b"{}"}
    assert connections(made) == 1


async def test_of_a_mixed_answer_the_private_half_is_not_taken_where_the_public_one_is_dead(
    make: Make, made: list[tuple[object, ...]]
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://mixed.example:{closed.getsockname()[1]}"
        fetcher = make(Names(mixed=[["10.0.0.5", "127.0.0.1", "192.168.0.1"]]), LOOPBACK)
        made.clear()
        assert (await told(fetcher, url)).endswith(NOT_PUBLIC)
        assert ["127.0.0.1"] * connections(made) == CONNECTED  # tried as often as the client likes


async def test_no_proxy_of_the_environment_is_used(make: Make, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(await reader.read(100))

    async with talking(proxy) as url:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        fetcher = make(None, LOOPBACK)
        for trusted in (True, False):
            await fetcher.fetch(feed_of(site.url, trusted=trusted), ONE, {}, everything=False)
        assert (await told(fetcher, "http://10.0.0.5")).endswith(NOT_PUBLIC)
    assert met == []
    assert len(site.asked) == 2


def test_a_redirect_may_not_be_less_secure() -> None:
    page = address("https://ann:pw@status.example/a", "")
    with pytest.raises(Unreachable, match=r"^https://status\.example/a: redirects from https to http$"):
        page.redirected("http://status.example/a?key=1")
    assert page.redirected("/b").url == "https://status.example/b"
    assert Address(url="http://status.example/").redirected("https://status.example/").is_secure


def test_a_long_address_is_not_shown_in_full() -> None:
    assert len(Address(url=f"https://status.example/{'x' * 8000}").shown) == 300


async def test_no_secret_of_a_pasted_page_is_told(make: Make, site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    fetcher = make(names(), ip_network("127.0.0.1/32"))
    site.pages["/api/a.json"] = leads_to("http://eve:hush@private.example/x?token=hush#hush")
    said = [
        await told(fetcher, f"http://ann:hush@{host}/?token=hush")
        for host in (
            "private.example",
            "nobody.example",
            "127.1",
            "public.example:22",
            site.url.removeprefix("http://"),
        )
    ]
    ours = " ".join(record.getMessage() for record in caplog.records if record.name != "aiohttp.access")
    assert "hush" not in " ".join(said) + ours


async def test_two_connections_to_a_host_and_no_more(make: Make, site: Site) -> None:
    busy = [0, 0]

    async def slow(_: web.Request) -> web.StreamResponse:
        busy[0] += 1
        busy[1] = max(busy)
        await asyncio.sleep(0.02)
        busy[0] -= 1
        return web.Response(body=b"{}")

    site.pages["/api/a.json"] = slow
    fetcher = make(None, LOOPBACK)
    for trusted in (True, False):
        busy[1] = 0
        asked = [fetcher.fetch(feed_of(site.url, trusted=trusted), ONE, {}, everything=False) for _ in range(6)]
        await asyncio.gather(*asked)
        assert busy[1] == 2


async def test_slow_pages_that_were_pasted_hold_up_only_each_other(make: Make, site: Site) -> None:
    """A hundred hosts that never answer take thirty connections; those of the catalogue get theirs at once."""
    waiting = asyncio.Event()
    slow = 0

    async def loris(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal slow
        slow += 1
        waiting.set()
        await reader.read()

    many = Names(**{f"host{number}": [["127.0.0.1"]] for number in range(100)})
    fetcher = make(many, LOOPBACK)
    async with talking(loris) as url:
        pasted = [feed_of(f"http://host{n}.example:{url.rpartition(':')[2]}", trusted=False) for n in range(100)]
        asking = [asyncio.ensure_future(fetcher.fetch(one, ONE, {}, everything=False)) for one in pasted]
        await waiting.wait()
        async with asyncio.timeout(5):
            for _ in range(20):
                await fetcher.fetch(feed_of(site.url), ONE, {}, everything=False)
        assert slow == 56
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
