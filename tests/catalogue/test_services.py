"""The list itself: what every entry must keep."""

import tomllib
from collections import defaultdict
from datetime import date
from importlib import resources

import pytest

from bot.catalogue import load_catalogue
from bot.core.catalogue import Catalogue, Found, matches
from bot.core.text import fold
from bot.domain.status import Component, Health
from bot.feeds import FORMATS

CATEGORIES = {
    "ai", "chat", "cloud", "developer", "marketing", "messaging", "monitoring", "office", "payment", "security",
    "social",
}  # fmt: skip
CAPABILITIES = {
    "chat", "writing", "code", "image", "video", "voice", "music", "search", "translation", "agents", "design",
    "api", "hosting", "storage", "database", "cdn", "dns", "network", "auth", "repository", "ci", "flags",
    "content", "maps",
    "monitoring", "incidents", "analytics", "automation", "security", "passwords",
    "messaging", "calls", "meetings", "email", "documents", "projects", "scheduling", "forms", "signature", "forum",
    "social",
    "crm", "support", "marketing", "payments", "shop", "accounting",
}  # fmt: skip
# Of packages: left out of the catalogue, a team may add its own.
REGISTRIES = ("npm", "pypi", "python", "rubygems", "crates", "packagist", "maven", "nuget")
SERVICES = load_catalogue().services
TEXT = resources.files("bot.catalogue").joinpath("services.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_the_file_is_in_order_of_slugs() -> None:
    slugs = list(tomllib.loads(TEXT))

    assert slugs == sorted(slugs)
    assert slugs == [service.slug for service in SERVICES]


def test_the_formats_are_those_we_can_read() -> None:
    assert {feed.format for service in SERVICES for feed in service.feeds} <= set(FORMATS)


def test_it_is_long_enough_to_be_of_use() -> None:
    assert len(SERVICES) >= 90
    assert sum(service.category == "ai" for service in SERVICES) >= 30


def test_the_head_of_the_file_tells_every_category_and_capability() -> None:
    head = {word for line in TEXT.splitlines() if line.startswith("#") for word in line.strip("# ").split()}

    assert head >= CATEGORIES | CAPABILITIES


def test_no_capability_is_idle() -> None:
    assert {word for service in SERVICES for word in service.capabilities} == CAPABILITIES


def test_registries_of_packages_are_left_out() -> None:
    named = {fold(name) for service in SERVICES for name in (service.slug, service.name, *service.aliases)}

    assert named.isdisjoint(REGISTRIES)


def test_every_entry_is_complete_and_read_over_https() -> None:
    for service in SERVICES:
        assert service.page.startswith("https://"), service.slug
        assert service.feeds, service.slug
        assert all(feed.url.startswith("https://") and feed.id == service.slug for feed in service.feeds), service.slug
        assert service.category in CATEGORIES, service.slug
        assert service.capabilities, service.slug
        assert service.checked, service.slug
        assert date(2026, 3, 1) < service.checked < date(2027, 1, 1), service.slug


def test_what_an_entry_is_built_on_is_said_in_public() -> None:
    known = {service.slug for service in SERVICES}
    for service in SERVICES:
        names = [upstream.name for upstream in service.upstreams]
        assert len(names) == len(set(names)), service.slug
        assert service.slug not in names
        assert set(names) <= known, service.slug
        assert all(upstream.source.startswith("https://") for upstream in service.upstreams), service.slug


def test_the_usual_parts_are_some_of_many() -> None:
    for service in SERVICES:
        assert len(service.usual_parts) == len(service.usual) == len(set(service.usual)), service.slug
        assert not service.usual or len(service.usual) < len(service.parts), service.slug


@pytest.mark.parametrize("slug", ["aws", "azure", "cloudflare", "oracle-cloud"])
def test_of_a_cloud_with_many_regions_some_are_meant(catalogue: Catalogue, slug: str) -> None:
    service = catalogue.get(slug)

    assert service is not None
    assert service.usual_parts


def test_every_name_of_an_entry_leads_to_it(catalogue: Catalogue) -> None:
    for service in SERVICES:
        for name in (service.slug, service.name, *service.aliases):
            assert catalogue.find(name) == Found(service=service), name
        for part in service.parts:
            found = Found(service=service, part=part)
            assert catalogue.find(found.value) == found, found.value
            assert [catalogue.find(alias) for alias in part.aliases] == [found] * len(part.aliases), found.value


def test_no_two_entries_claim_the_same_name() -> None:
    claims: dict[str, set[str]] = defaultdict(set)
    for service in SERVICES:
        for name in (service.slug, service.name, *service.aliases):
            claims[fold(name)].add(service.slug)
        for part in service.parts:
            for alias in part.aliases:
                claims[fold(alias)].add(f"{service.slug}:{part.slug}")

    assert {name: owners for name, owners in claims.items() if len(owners) > 1} == {}


def test_no_alias_repeats_what_is_found_without_it() -> None:
    for service in SERVICES:
        names = [fold(name) for name in (service.name, *service.aliases)]
        assert len(names) == len(set(names)), service.slug
        assert fold(service.slug) not in map(fold, service.aliases), service.slug


def test_no_page_is_listed_twice() -> None:
    pages = [service.page for service in SERVICES]

    assert len(pages) == len(set(pages))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("chatgpt", "openai:chatgpt"),
        ("Chat GPT", "openai:chatgpt"),
        ("gpt", "openai:chatgpt"),
        ("openai", "openai"),
        ("Open AI", "openai"),
        ("openai:sora", "openai:sora"),
        ("openai/sora", "openai:sora"),
        ("sora", "openai:sora"),
        ("openai api", "openai:api"),
        ("anthropic", "claude"),
        ("claude code", "claude:code"),
        ("copilot", "github:copilot"),
        ("GitHub Actions", "github:actions"),
        ("slack", "slack"),
        ("one password", "1password"),
        ("DigitalOcean", "digitalocean"),
        ("grok", "xai:grok"),
        ("Gemini", "google-workspace:gemini"),
        ("gmail", "google-workspace:gmail"),
        ("vertex", "google-cloud:vertex"),
        ("gcp", "google-cloud"),
        ("bedrock", "aws:bedrock"),
        ("us-east-1", "aws:us-east-1"),
        ("West Europe", "azure:west-europe"),
        ("replicate", "cloudflare:replicate"),
        ("junie", "jetbrains"),
        ("codex", "openai:codex"),
    ],
)
def test_it_knows_what_people_call_the_tools_of_a_team(catalogue: Catalogue, typed: str, value: str) -> None:
    found = catalogue.find(typed)

    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("tchat gpt", "openai:chatgpt"),
        ("copilote", "github:copilot"),
        ("le chat", "mistral:vibe"),
        ("Le Chat Mistral", "mistral:vibe"),
        ("claude ia", "claude"),
        ("visio zoom", "zoom"),
        ("visio google", "google-workspace:meet"),
        ("agenda google", "google-workspace:calendar"),
        ("messagerie slack", "slack:messaging"),
        ("salons vocaux", "discord:voice"),
        ("traduction DeepL", "deepl"),
        ("hébergement OVH", "ovhcloud-web"),
        ("hebergement ovh", "ovhcloud-web"),
        ("AWS Paris", "aws:eu-west-3"),
        ("tickets jira", "jira"),
        ("sendinblue", "brevo"),
        ("compta pennylane", "pennylane"),
        ("paiement Stripe", "stripe"),
    ],
)
def test_it_knows_what_french_teams_call_them(catalogue: Catalogue, typed: str, value: str) -> None:
    found = catalogue.find(typed)

    assert found is not None
    assert found.value == value


def test_it_has_the_tools_that_teams_asked_for_first() -> None:
    asked = (
        "openai claude perplexity github discord slack notion figma zoom cloudflare mistral xai google-workspace aws"
    )

    assert set(asked.split()) <= {service.slug for service in SERVICES}


def test_a_mistyped_tool_is_guessed(catalogue: Catalogue) -> None:
    assert catalogue.suggest("chatgtp")[0] == "openai:chatgpt"
    assert catalogue.suggest("githib")[0] == "github"


def test_a_word_for_many_parts_suggests_them(catalogue: Catalogue) -> None:
    assert catalogue.find("api") is None
    assert catalogue.suggest("api", n=3) == ("aircall:api", "claude:api", "deepseek:api")


def test_completion_offers_chatgpt_after_four_letters(catalogue: Catalogue) -> None:
    assert catalogue.complete("chat", 25)[0] == ("ChatGPT (OpenAI)", "openai:chatgpt")


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("Conversations", "chatgpt"),
        ("ChatGPT Atlas", "chatgpt"),
        ("Codex in ChatGPT Desktop", "chatgpt"),
        ("Login", "chatgpt"),
        ("Image Generation", "chatgpt"),
        ("Video generation", "sora"),
        ("Sora", "sora"),
        ("API", "api"),
        ("Fine-tuning", "api"),
        ("Codex API", "codex"),
    ],
)
def test_each_row_of_openais_page_belongs_to_one_part(catalogue: Catalogue, row: str, part: str) -> None:
    openai = catalogue.get("openai")
    component = Component(id="1", name=row, health=Health.OPERATIONAL)

    assert openai is not None
    assert [each.slug for each in openai.parts if matches(each, component)] == [part]
