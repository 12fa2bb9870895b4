"""UptimeRobot: two shapes of one list, and keys in the address."""

import pytest

from bot.feeds import FORMATS
from tests.feeds.cases import HERE

UPTIMEROBOT = FORMATS["uptimerobot"]
LIST = (HERE / "uptimerobot" / "list.json").read_bytes()


@pytest.mark.parametrize(
    ("base", "page"),
    [
        ("https://stats.uptimerobot.com/api/getMonitorList/aBc12", "https://stats.uptimerobot.com/aBc12"),
        ("https://status.harbour.example/api/getMonitorList/aBc12", "https://status.harbour.example/"),
        ("", ""),
    ],
)
def test_people_are_sent_to_the_page_not_to_the_list(base: str, page: str) -> None:
    assert UPTIMEROBOT.parse({"monitors": LIST}, base).page_url == page


def test_it_finds_the_key_where_slashes_are_escaped() -> None:
    html = r"window.pspApiPath = 'https:\/\/stats.uptimerobot.com\/api\/getMonitorList\/aBc12';"
    (lead,) = UPTIMEROBOT.leads("https://stats.uptimerobot.com/aBc12", html)
    assert lead == "https://stats.uptimerobot.com/api/getMonitorList/aBc12"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"status": "ok", "data": []}',
        b'{"status": "ok", "data": [{"monitorId": 1}]}',
        b'{"status": "ok", "data": ["statusClass"]}',
        b'{"data": [{"statusClass": "success"}]}',
        b'{"status": "ok", "psp": {}}',
        b'{"status": "ok", "psp": null}',
        b'["statusClass"]',
    ],
)
def test_it_takes_no_list_of_somebody_else(raw: bytes) -> None:
    assert not UPTIMEROBOT.recognise({"monitors": raw})


def test_a_page_without_monitors_is_read_where_it_was_known_before() -> None:
    assert UPTIMEROBOT.parse({"monitors": b'{"status": "ok", "data": []}'}, "").components == ()
    assert UPTIMEROBOT.recognise({"monitors": b'{"psp": {"monitors": []}}'})
