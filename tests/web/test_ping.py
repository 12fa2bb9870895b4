"""The dead man's switch on loopback."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.domain.errors import SettingsError
from bot.web.ping import HttpPing
from tests.web.switch import Switch, listening


@pytest.fixture
async def switch() -> AsyncIterator[Switch]:
    async with listening() as switch:
        yield switch


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


@pytest.mark.parametrize("wrong", ["https://", "https://[secret", "https://host:port/secret"])
def test_a_wrong_address_names_the_setting_and_not_itself(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"^PLANB_PING_URL .* See \.env\.example\.$") as caught:
        HttpPing(wrong)
    assert "secret" not in str(caught.value)
