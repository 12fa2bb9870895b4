"""A team's own stanzas, right and wrong."""

import pytest

from bot.catalogue import load_catalogue
from bot.domain.errors import SettingsError
from bot.domain.service import Feed, Part
from bot.feeds import FORMATS

GOOD: dict[str, object] = {"name": "Our Wiki", "page": "https://status.wiki.example/", "format": "statuspage"}


def test_a_team_adds_a_service_of_its_own() -> None:
    stanza = {**GOOD, "aliases": ["wiki"], "parts": {"edit": {"name": "Editor", "components": ["Edit*"]}}}

    catalogue = load_catalogue({"our-wiki": stanza})
    service = catalogue.get("our-wiki")

    assert service is not None
    assert service.feeds == (Feed(id="our-wiki", url="https://status.wiki.example", format="statuspage"),)
    assert service.parts == (Part(slug="edit", name="Editor", components=("Edit*",)),)
    assert catalogue.find("WIKI") == catalogue.find("our-wiki")


def test_a_team_overrides_a_whole_entry() -> None:
    catalogue = load_catalogue({"github": {**GOOD, "feed": "http://10.0.0.1/feed.xml", "format": "rss"}})
    service = catalogue.get("github")

    assert service is not None
    assert (service.name, service.parts) == ("Our Wiki", ())
    assert service.feeds[0].url == "http://10.0.0.1/feed.xml"
    assert len(catalogue.services) == len(load_catalogue().services)


@pytest.mark.parametrize(
    ("stanza", "message"),
    [
        ({**GOOD, "alias": []}, "Service 'wiki': unknown key 'alias'; did you mean 'aliases'?"),
        ({**GOOD, "zzz": 1}, "Service 'wiki': unknown key 'zzz'"),
        ({"name": "Wiki", "format": "rss"}, "Service 'wiki': the key 'page' is missing"),
        (
            {**GOOD, "format": "statuspge"},
            f"Service 'wiki': format 'statuspge' is none of {', '.join(sorted(FORMATS))}; did you mean 'statuspage'?",
        ),
        ({**GOOD, "page": "wiki.example"}, "Service 'wiki': page: Value error, must begin with https://"),
        ({**GOOD, "aliases": "wiki"}, "Service 'wiki': aliases: Input should be a valid tuple"),
        (
            {**GOOD, "parts": {"edit": {"name": "Editor", "component": ["Edit"], "components": ["Edit"]}}},
            "Service 'wiki': unknown key 'parts.edit.component'; did you mean 'components'?",
        ),
        (
            {**GOOD, "parts": {"edit": {"name": "Editor"}}},
            "Service 'wiki': the key 'parts.edit.components' is missing",
        ),
        (
            {**GOOD, "parts": {"The Editor": {"name": "Editor", "components": ["Edit"]}}},
            "Service 'wiki': 'The Editor' must be lower case letters, digits and single hyphens",
        ),
        (
            {**GOOD, "parts": {"edit": {"name": "Editor", "components": []}}},
            "Service 'wiki': parts.edit.components: Tuple should have at least 1 item after validation, not 0",
        ),
        (7, "Service 'wiki': Input should be a valid dictionary or instance of Stanza"),
    ],
)
def test_a_wrong_stanza_is_told_in_one_line_that_says_how_to_mend_it(stanza: object, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_catalogue({"wiki": stanza}, formats=FORMATS)

    assert str(caught.value) == message


def test_a_slug_must_be_easy_to_type() -> None:
    with pytest.raises(SettingsError, match="'Our Wiki' must be lower case"):
        load_catalogue({"Our Wiki": GOOD})
