"""The dead man's switch on loopback."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.web.ping import HttpPing


class Switch:
    """Hears pings; answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answers: list[web.Response] = []
        self.url = ""

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(request.path_qs)
        return self.answers.pop(0) if self.answers else web.Response(text="OK")


@pytest.fixture
async def switch() -> AsyncIterator[Switch]:
    switch = Switch()
    app = web.Application()
    app.router.add_get("/{path:.*}", switch.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    switch.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield switch
    await runner.cleanup()


async def test_it_says_that_all_is_well_and_that_it_is_not(switch: Switch) -> None:
    ping = HttpPing(f"{switch.url}/key/bot/?create=1")
    assert [await ping(failed=False), await ping(failed=True)] == ["", ""]
    assert switch.heard == ["/key/bot/?create=1", "/key/bot/fail?create=1"]


async def test_a_redirect_is_not_followed_and_is_no_success(switch: Switch) -> None:
    switch.answers = [web.Response(status=302, headers={"Location": "/elsewhere"})]
    assert await HttpPing(f"{switch.url}/key")(failed=False) == "it answered 302"
    assert switch.heard == ["/key"]


async def test_a_switch_that_is_away_is_a_word_without_the_address(switch: Switch) -> None:
    error = await HttpPing("http://127.0.0.1:1/secret")(failed=False)
    assert error == "ClientConnectorError"
