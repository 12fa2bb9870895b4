"""Which links of a playbook lead nowhere, asked of real servers; and where we do not ask."""

from ipaddress import ip_network

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.feeds.reach import Reach

HERE = Reach(allowed=(ip_network("127.0.0.0/8"),), deadline_s=0.5)


async def test_what_is_gone_breaks_or_does_not_answer_is_broken_and_a_login_is_not() -> None:
    asked: list[tuple[str, str]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append((request.method, request.path))
        if request.path == "/get-only":
            return web.Response(status=200 if request.method == "GET" else 404)
        if request.path == "/moved":
            raise web.HTTPFound("/200")
        if request.path == "/round":
            raise web.HTTPFound("/round")
        if request.path == "/endless" and request.method == "GET":
            stream = web.StreamResponse()
            await stream.prepare(request)
            while True:
                await stream.write(b"x" * 65536)
        return web.Response(status=int(request.path[1:]) if request.path[1:].isdecimal() else 405)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        base = str(server.make_url("")).rstrip("/")
        good = [f"{base}/{path}" for path in ("200", "401", "403", "429", "get-only", "moved", "endless")]
        bad = [f"{base}/{path}" for path in ("404", "410", "500", "round")]
        bad += ["http://127.0.0.1:1/", "nonsense", "ftp://127.0.0.1/", "http://[::1/"]
        assert await HERE.broken((*good, *bad, *bad)) == tuple(bad)
    assert ("GET", "/200") not in asked  # HEAD was enough


async def test_a_private_address_is_never_asked_unless_it_is_allowed() -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        link = str(server.make_url("/secret"))
        assert await Reach().broken([link]) == (link,)
        assert asked == []
        assert await HERE.broken([link]) == ()
    assert asked == ["/secret"]
