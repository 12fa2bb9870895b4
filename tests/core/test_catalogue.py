import pytest

from bot.core.catalogue import Catalogue, Found, matches
from bot.domain.service import Feed, Part, Service
from bot.domain.status import Component, Health


def service(slug: str, name: str, *, parts: tuple[Part, ...] = (), **more: object) -> Service:
    feed = Feed(id=slug, url=f"https://{slug}.example", format="statuspage")
    return Service(slug=slug, name=name, page=feed.url, feeds=(feed,), parts=parts, **more)  # type: ignore[arg-type] # by name


SKETCH = Part(slug="sketch", name="Sketch Café", components=("Sketch",), aliases=("skt",))
API = Part(slug="api", name="API", components=("API",), aliases=("Gateway", "gate-way"))
OTHER_API = Part(slug="api", name="API", components=("API",))


@pytest.fixture
def catalogue() -> Catalogue:
    acme = service("acme", "Acme Inc.", parts=(SKETCH, API), aliases=("a c m e corp",), category="ai")
    zenith = service("zenith", "Zénith", parts=(OTHER_API,), category="cloud")
    return Catalogue((acme, zenith))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("acme", "acme"),
        ("  ACME, Inc ", "acme"),
        ("acme-corp", "acme"),
        ("zenith", "zenith"),
        ("ZÉNITH", "zenith"),
        ("sketch cafe", "acme:sketch"),
        ("skt", "acme:sketch"),
        ("acme:sketch", "acme:sketch"),
        ("acme/sketch", "acme:sketch"),
        ("Acme Corp / Sketch Café", "acme:sketch"),
        ("zenith:api", "zenith:api"),
        ("gateway", "acme:api"),
    ],
)
def test_it_finds_what_people_mean_however_they_type_it(catalogue: Catalogue, typed: str, value: str) -> None:
    found = catalogue.find(typed)

    assert found is not None
    assert found.value == value


@pytest.mark.parametrize("typed", ["", "?!", "api", "sketch", "acme:nothing", "nobody"])
def test_it_finds_nothing_where_nothing_certain_is_meant(catalogue: Catalogue, typed: str) -> None:
    assert catalogue.find(typed) is None


def test_a_service_of_that_name_beats_a_part_of_that_name(catalogue: Catalogue) -> None:
    extended = catalogue.replacing([service("skt", "Skate")])

    assert extended.find("skt") == Found(service=extended.services[1])
    assert extended.find("acme:skt") == Found(service=extended.services[0], part=SKETCH)


def test_it_knows_slugs_and_feeds(catalogue: Catalogue) -> None:
    acme = catalogue.services[0]

    assert catalogue.get("acme") is acme
    assert catalogue.get("Acme Inc.") is None
    assert catalogue.feed("acme") is acme.feeds[0]
    assert catalogue.feed("nobody") is None


def test_a_search_lists_names_that_begin_with_the_words_before_those_that_contain_them(catalogue: Catalogue) -> None:
    extended = catalogue.replacing([service("api-hub", "Hub")])

    assert [found.value for found in extended.search("api")] == ["api-hub", "acme:api", "zenith:api"]


def test_a_search_for_a_category_lists_its_services(catalogue: Catalogue) -> None:
    assert [found.value for found in catalogue.search("Cloud")] == ["zenith"]


def test_a_search_for_nothing_lists_every_service(catalogue: Catalogue) -> None:
    assert [found.value for found in catalogue.search(" ")] == ["acme", "zenith"]


def test_it_suggests_what_looks_alike(catalogue: Catalogue) -> None:
    assert catalogue.suggest("amce")[0] == "acme"
    assert catalogue.suggest("acme:sketsh", n=1) == ("acme:sketch",)


def test_it_suggests_every_part_that_an_ambiguous_word_may_mean(catalogue: Catalogue) -> None:
    assert catalogue.suggest("api") == ("acme:api", "zenith:api")


def test_it_suggests_nothing_for_no_words(catalogue: Catalogue) -> None:
    assert catalogue.suggest("..") == ()
    assert catalogue.suggest("qqqqqqqq") == ()


def test_every_suggestion_is_found(catalogue: Catalogue) -> None:
    suggested = [value for typed in ("acm", "zenit", "sketches", "api") for value in catalogue.suggest(typed)]

    assert suggested
    assert all(catalogue.find(value) for value in suggested)


def test_completion_shows_names_and_types_values(catalogue: Catalogue) -> None:
    assert catalogue.complete("sk", 5) == [("Sketch Café (Acme Inc.)", "acme:sketch")]
    assert catalogue.complete("zen", 1) == [("Zénith", "zenith")]
    assert catalogue.complete("", 1) == [("Acme Inc.", "acme")]


def test_a_part_that_carries_the_name_of_its_service_is_not_told_twice() -> None:
    hub = service("hub", "Hub", parts=(Part(slug="runs", name="Hub Runs", components=("Runs",)),))

    assert Found(service=hub, part=hub.parts[0]).label == "Hub Runs"


def test_replacing_overrides_whole_entries_and_keeps_the_order(catalogue: Catalogue) -> None:
    extended = catalogue.replacing([service("middle", "Middle"), service("acme", "New Acme")])

    assert [entry.slug for entry in extended.services] == ["acme", "middle", "zenith"]
    assert extended.find("sketch cafe") is None
    assert [entry.name for entry in catalogue.services] == ["Acme Inc.", "Zénith"]


@pytest.mark.parametrize(
    ("pattern", "group", "name", "expected"),
    [
        ("Login", "", "login", True),
        ("Login", "", "Login page", False),
        ("Login", "Web", "Login", True),
        ("web/login", "Web", "Login", True),
        ("Web / *", "Web", "Login", True),
        ("Web / *", "Mobile", "Login", False),
        ("*", "", "anything", True),
        ("Chat*", "", "ChatBox for desktop", True),
        ("Chat*", "", "My Chat", False),
        ("*chat", "", "My  Chat", True),
        ("*chat", "", "Chats", False),
        ("a*b*c", "", "a-b-c", True),
        ("a*b*c", "", "a-c-b", False),
        ("a*b*c", "", "a-c", False),
        ("ab*ba", "", "aba", False),
        ("API [US]", "", "API [US]", True),
        ("API [US]", "", "API U", False),
        ("A?", "", "AB", False),
        ("Connectors / Apps", "", "Connectors/Apps", True),
    ],
)
def test_a_pattern_matches_names_as_people_expect(pattern: str, group: str, name: str, *, expected: bool) -> None:
    part = Part(slug="part", name="Part", components=("Never this", pattern))
    component = Component(id="1", name=name, health=Health.OPERATIONAL, group=group)

    assert matches(part, component) is expected


def test_who_browses_a_category_sees_its_services_before_what_sounds_like_it(catalogue: Catalogue) -> None:
    assert next(found.value for found in catalogue.browse("cloud")) == "zenith"
    assert catalogue.browse("acme") == catalogue.search("acme")
    assert catalogue.browse("") == catalogue.search("")
