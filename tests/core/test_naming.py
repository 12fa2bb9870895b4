import pytest

from bot.core.catalogue import Catalogue
from bot.core.naming import feed_id, is_address, known_page, named_page, pasted
from bot.domain.service import Feed
from tests.made import LAMP, TORCH

CATALOGUE = Catalogue((LAMP, TORCH))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://status.acme.example/x", "https://status.acme.example/x"),
        ("<https://status.acme.example|status.acme.example>", "https://status.acme.example"),
        (" status.acme.example ", "https://status.acme.example"),
        ("status.acme.example/team?a=1", "https://status.acme.example/team?a=1"),
        ("http://10.0.0.1", "http://10.0.0.1"),
    ],
)
def test_it_knows_an_address_however_it_was_pasted(typed: str, address: str) -> None:
    assert is_address(typed)
    assert pasted(typed) == address


@pytest.mark.parametrize("typed", ["chatgpt", "Open AI", "openai:sora", "", "lamp/chat", "a. b"])
def test_a_name_is_no_address(typed: str) -> None:
    assert not is_address(typed)


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://status.lamp.example", "lamp"),
        ("https://STATUS.lamp.example/incidents/7", "lamp"),
        ("https://status.torch.example/history.atom", "torch"),
        ("https://status.candle.example", None),
        ("https://lamp.example", None),
    ],
)
def test_a_pasted_page_of_the_catalogue_is_that_entry(url: str, slug: str | None) -> None:
    known = known_page(url, CATALOGUE)
    assert (known.slug if known else None) == slug


def page(url: str, name: str) -> tuple[str, str]:
    feed = Feed(id=feed_id(url), url=url, format="rss", trusted=False)
    service = named_page(url, name, feed, CATALOGUE)
    assert service.feeds == (feed,)
    return service.slug, service.name


@pytest.mark.parametrize(
    ("url", "name", "slug", "title"),
    [
        ("https://status.acme.example", "Acme  Status", "acme", "Acme Status"),
        ("https://www.acme.example/status/Team%20A/", "", "acme-team-20a", "www.acme.example"),
        ("https://statuspal.example/acme", "Acme", "statuspal-acme", "Acme"),
        ("https://status.example", "S", "status-example", "S"),
        ("https://xn--80ak6aa92e.example", "", "xn-80ak6aa92e", "xn--80ak6aa92e.example"),
        ("https://[::1]/", "", "1", "::1"),
    ],
)
def test_a_pasted_page_gets_a_short_slug_and_its_own_name(url: str, name: str, slug: str, title: str) -> None:
    assert page(url, name) == (slug, title)


def test_a_pasted_page_never_takes_the_name_of_another() -> None:
    slug, name = page("https://lamp.example.org", "Torch")
    assert slug.startswith("lamp-example-")
    assert name == "Torch (lamp.example.org)"
    assert CATALOGUE.find(slug) is None


def test_the_same_place_has_the_same_feed() -> None:
    assert feed_id("https://a.example") == feed_id("https://a.example") != feed_id("https://b.example")
