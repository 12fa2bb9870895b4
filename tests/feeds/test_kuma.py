"""Uptime Kuma: pages with hosts of their own, and each document alone."""

import pytest

from bot.domain.status import Health
from bot.feeds import FORMATS
from bot.feeds.detect import detect
from tests.captures import captures
from tests.feeds.cases import BASE

KUMA = FORMATS["kuma"]
HOST = "https://status.harbour.example"


@pytest.mark.parametrize(
    ("address", "html", "first"),
    [
        (f"{HOST}/", '<link rel="manifest" href="/api/status-page/sea/manifest.json">', f"{HOST}/status/sea"),
        (f"{HOST}/", "/status/other /api/status-page/sea/manifest.json", f"{HOST}/status/sea"),
        (f"{HOST}/status/sea/rss?x=1#y", "", f"{HOST}/status/sea"),
        (f"{HOST}/status", "", f"{HOST}/status/default"),
        (f"{HOST}/old/status/sea", "", f"{HOST}/status/default"),
    ],
)
def test_it_finds_the_page_of_a_host(address: str, html: str, first: str) -> None:
    assert next(iter(KUMA.leads(address, html))) == first


def test_no_page_is_led_to_twice() -> None:
    html = "/status/default /api/status-page/sea/manifest.json /status/sea"
    assert list(KUMA.leads(f"{HOST}/status/sea", html)) == [f"{HOST}/status/sea", f"{HOST}/status/default"]


@pytest.mark.skipif(not captures(), reason="no captured feeds on this machine (PLANB_CAPTURES)")
def test_each_document_can_be_read_alone() -> None:
    folder = captures() / "feeds" / "kuma"  # type: ignore[operator] # there, or the test is skipped
    beats, page = ({path.name: path.read_bytes()} for path in sorted(folder.glob("*.json")))
    assert detect(beats) is detect(page) is KUMA
    assert [part.health for part in KUMA.parse(beats, BASE).components] == [
        Health.MAJOR_OUTAGE,
        Health.OPERATIONAL,
        Health.UNKNOWN,
        Health.MAINTENANCE,
    ]
    both = KUMA.parse({**beats, **page}, BASE)
    assert [(part.name, part.health) for part in both.components] == [
        ("api", Health.MAJOR_OUTAGE),
        ("relay", Health.OPERATIONAL),
    ]
    assert [part.health for part in KUMA.parse(page, BASE).components] == [Health.UNKNOWN] * 2
