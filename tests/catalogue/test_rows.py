"""The parts, held against pages as they really were, on machines that have such documents."""

import pytest

from bot.catalogue import load_catalogue
from bot.core.catalogue import matches
from bot.core.scope import in_scope
from bot.domain.service import Service
from bot.domain.status import Component, Health, Snapshot
from bot.feeds import FORMATS
from tests.captures import captures

# The page of a service, and the parts that have a row there. A page that tells only what is in trouble has few.
PAGES = {
    "aws": ("aws/aws-currentevents-2open-2026-08-01.utf16be.json", "me-central-1 me-south-1 bedrock ec2 lambda rds s3"),
    "azure": ("azure/azure-feed-active-2026-07-23T1649.rss", "west-us"),
    "azure-devops": ("azuredevops/health-2026-08-18-excerpt.json", "core europe pipelines"),
    "cloudflare": ("statuspage/cloudflare-summary-active-2026-07-29.json", "*"),
    "deepseek": ("flashcat/deepseek-active-2026-09.json", "*"),
    "github": ("statuspage/github-summary-active-2026-07-24.json", "*"),
    "gitlab": ("statusio/gitlab-status-ok-2026-07.json", "*"),
    "google-cloud": ("gcp/gcp-incidents-2026-07.json", "vertex"),
    "heroku": ("heroku/heroku-current-status-2026-09-trimmed.json", "*"),
    "openai": ("incidentio/openai-summary-active-2026-07-22.json", "api chatgpt codex"),
    "openrouter": ("datadog/openrouter-config-2026-09-13-trimmed.json", "*"),
    "oracle-cloud": ("oci/oci-incident-summary-2026-03-trimmed.rss", "us-west-phoenix us-west-san-jose"),
    "redis": ("firehydrant/redis-payload-2026.json", "*"),
    "salesforce": ("salesforce/trust-v1-instances-heroku.json", "*"),
    "slack": ("slack/slack-history-2026-08.json", "apps messaging notifications search workflows"),
    "xai": ("xai/xai-feed-2026-09.xml", "api"),
}
# Of no product that people would follow.
OPENAIS_OTHERS = {"Ads API", "Ads Manager", "FedRAMP"}


CATALOGUE = load_catalogue()


def service(slug: str) -> Service:
    found = CATALOGUE.get(slug)
    assert found is not None
    return found


def page_of(slug: str) -> Snapshot:
    folder = captures()
    if folder is None:
        pytest.skip("no documents of real pages on this machine")
    path = folder / "feeds" / PAGES[slug][0]
    return FORMATS[service(slug).feeds[0].format].parse({path.name: path.read_bytes()}, service(slug).feeds[0].url)


@pytest.mark.parametrize("slug", PAGES)
def test_parts_find_the_rows_of_the_real_page(slug: str) -> None:
    rows = page_of(slug).components

    found = {part.slug for part in service(slug).parts if any(matches(part, row) for row in rows)}

    wanted = PAGES[slug][1]
    assert found == ({part.slug for part in service(slug).parts} if wanted == "*" else set(wanted.split()))


@pytest.mark.parametrize("slug", [slug for slug in PAGES if service(slug).feeds[0].page_id])
def test_the_page_states_the_identity_that_is_written_down(slug: str) -> None:
    assert page_of(slug).page_id == service(slug).feeds[0].page_id


def test_every_row_of_openais_real_page_belongs_to_one_part() -> None:
    rows = page_of("openai").components
    parts = service("openai").parts

    owners = {row.name: [part.slug for part in parts if matches(part, row)] for row in rows}

    assert {name for name, slugs in owners.items() if not slugs} == OPENAIS_OTHERS
    assert all(len(slugs) == 1 for name, slugs in owners.items() if name not in OPENAIS_OTHERS)
    assert owners["Codex in ChatGPT Desktop"] == ["chatgpt"]


def test_trouble_of_half_a_year_elsewhere_is_not_in_the_usual_regions_of_aws() -> None:
    assert in_scope(service("aws").usual_parts, page_of("aws").components) == ()


def test_the_cities_of_other_continents_are_not_in_the_usual_rows_of_cloudflare() -> None:
    groups = {row.group for row in in_scope(service("cloudflare").usual_parts, page_of("cloudflare").components)}

    assert groups == {"Cloudflare Sites and Services", "Europe", "North America"}


@pytest.mark.parametrize(
    ("slug", "row", "part"),
    [
        ("aws", Component(id="1", name="AWS IAM", group="global", health=Health.UNKNOWN), "global"),
        ("azure", Component(id="1", name="Azure Front Door", health=Health.UNKNOWN), "worldwide"),
        ("azure", Component(id="1", name="East US 2", health=Health.UNKNOWN), "east-us-2"),
        ("claude", Component(id="1", name="Claude API (api.anthropic.com)", health=Health.UNKNOWN), "api"),
        ("digitalocean", Component(id="1", name="FRA1", group="Droplets", health=Health.UNKNOWN), "fra1"),
        ("google-workspace", Component(id="1", name="Gmail", health=Health.UNKNOWN), "gmail"),
        ("mistral", Component(id="1", name="Agents API", health=Health.UNKNOWN), "api"),
        ("mistral", Component(id="1", name="Vibe", health=Health.UNKNOWN), "vibe"),
        ("new-relic", Component(id="1", name="Alerts : Europe", health=Health.UNKNOWN), "europe"),
        ("ovhcloud", Component(id="1", name="GRA7", health=Health.UNKNOWN), "gravelines"),
        ("scaleway", Component(id="1", name="fr-par-1", health=Health.UNKNOWN), "paris"),
    ],
)
def test_a_row_belongs_to_the_part_that_is_about_it(slug: str, row: Component, part: str) -> None:
    assert [each.slug for each in service(slug).parts if matches(each, row)] == [part]
