"""Where a web page leads to, for formats that are polled elsewhere than at the page itself."""

import pytest

from bot.feeds import FORMATS

ID = "0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("name", "address", "html", "leads"),
    [
        (
            "statusio",
            "https://status.x.example",
            f'<a href="/pages/{ID}/rss">',
            [f"https://api.status.io/1.0/status/{ID}"],
        ),
        ("statusio", "https://x", f"statuspage_id: '{ID}'", [f"https://api.status.io/1.0/status/{ID}"]),
        ("statusio", "https://x", "/pages/0123/rss", []),
        (
            "kuma",
            "https://k.example/status/sea",
            "",
            ["https://k.example/status/sea", "https://k.example/status/default"],
        ),
        (
            "kuma",
            "https://k.example/",
            "<a href='/status/land'>",
            ["https://k.example/status/land", "https://k.example/status/default"],
        ),
        ("statuspal", "https://acme.statuspal.eu", "", ["https://statuspal.eu/api/v2/status_pages/acme"]),
        (
            "statuspal",
            "https://status.acme.example",
            '<script src="https://acme.statuspal.io/x.js"> https://www.statuspal.io',
            ["https://statuspal.io/api/v2/status_pages/acme"],
        ),
        ("upptime", "https://github.com/acme/up.git", "", ["https://raw.githubusercontent.com/acme/up/HEAD"]),
        (
            "upptime",
            "https://up.acme.example",
            "https://github.com/upptime/upptime https://raw.githubusercontent.com/acme/up/HEAD/x",
            ["https://raw.githubusercontent.com/acme/up/HEAD"],
        ),
        (
            "uptimerobot",
            "https://s.example",
            "api/getMonitorList/aBc12",
            ["https://s.example/api/getMonitorList/aBc12"],
        ),
        ("incidentio-native", "https://s.example/a", "by incident.io", ["https://s.example/proxy/s.example"]),
        ("incidentio-native", "https://s.example/a", "by somebody", []),
        ("azure", "https://azure.status.microsoft/en-us/status", "", list(FORMATS["azure"].homes)),
        ("azure", "https://s.example", "", []),
        ("slack", "https://status.slack.com/", "", ["https://slack-status.com"]),
        ("salesforce", "https://status.salesforce.com/products", "", ["https://api.status.salesforce.com/v1"]),
        ("deepl", "https://www.deepl.com/en/status", "", ["https://api-status.deepl.com"]),
        ("paypal", "https://www.paypal-status.com/product/production", "", list(FORMATS["paypal"].homes)),
        ("rss", "https://s.example", "<html>", []),
    ],
)
def test_a_page_leads_to_where_it_is_polled(name: str, address: str, html: str, leads: list[str]) -> None:
    assert list(FORMATS[name].leads(address, html)) == leads


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_huge_page_is_searched_in_no_time_at_all(name: str) -> None:
    """No pattern may go over the page once for every place in it; the whole suite's time limit stands behind this."""
    for piece in (
        "/status/",
        "https://github.com/a/",
        "statuspage_id: '",
        "a.statuspal",
        "getMonitorList/",
        "/pages/0",
    ):
        assert len(list(FORMATS[name].leads("https://x.example", piece * 200_000))) < 200_000
