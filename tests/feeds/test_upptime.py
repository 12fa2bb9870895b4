"""Upptime: repositories and the pages that they make."""

import pytest

from bot.feeds import FORMATS
from tests.feeds.cases import HERE

UPPTIME = FORMATS["upptime"]
RAW = "https://raw.githubusercontent.com"
PAGES = "https://harbour.github.io"


@pytest.mark.parametrize(
    ("address", "html", "leads"),
    [
        (f"{PAGES}/watch/", "", ["harbour/watch"]),
        (PAGES, "", ["harbour/harbour.github.io", "harbour/upptime", "harbour/status"]),
        (f"{PAGES}/watch", "<a href='https://github.com/sea/lights'>", ["sea/lights", "harbour/watch"]),
        ("https://github.io", "", []),
        ("https://x.example", "https://api.github.com/repos/sea/lights https://github.com/sponsors/sea", []),
        ("https://x.example", "https://github.com/upptime/status-page", []),
        ("https://notgithub.com/sea/lights", "", []),
    ],
)
def test_it_finds_the_repository(address: str, html: str, leads: list[str]) -> None:
    assert list(UPPTIME.leads(address, html)) == [f"{RAW}/{one}/HEAD" for one in leads]


@pytest.mark.parametrize(
    ("base", "page"),
    [
        (f"{RAW}/harbour/watch/HEAD", "https://github.com/harbour/watch"),
        (f"{RAW}/harbour/watch/master", "https://github.com/harbour/watch"),
        ("https://files.harbour.example/watch", "https://files.harbour.example/watch"),
        ("", ""),
    ],
)
def test_people_are_sent_to_the_repository(base: str, page: str) -> None:
    raw = (HERE / "upptime" / "everything.json").read_bytes()
    assert UPPTIME.parse({"summary.json": raw}, base).page_url == page
