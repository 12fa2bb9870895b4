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


ZZZ = (
    "Service 'wiki': zzz: there is no such key; known here: name, page, format, feed, category, aliases, capabilities, "
    "upstreams, page_id, usual, checked, parts."
)


@pytest.mark.parametrize(
    ("stanza", "message"),
    [
        ({**GOOD, "alias": []}, "Service 'wiki': alias: there is no such key; did you mean 'aliases'?"),
        ({**GOOD, "zzz": 1}, ZZZ),
        ({"name": "Wiki", "format": "rss"}, "Service 'wiki': page: it is missing"),
        (
            {**GOOD, "format": "statuspge"},
            "Service 'wiki': format: 'statuspge' is not one of docs/formats.md; did you mean 'statuspage'?",
        ),
        ({**GOOD, "page": "wiki.example"}, "Service 'wiki': page: must begin with https://"),
        ({**GOOD, "aliases": "wiki"}, 'Service \'wiki\': aliases: write a list: ["...", "..."]'),
        (
            {**GOOD, "parts": {"edit": {"name": "Editor", "component": ["Edit"], "components": ["Edit"]}}},
            "Service 'wiki': parts.edit.component: there is no such key; did you mean 'components'?",
        ),
        (
            {**GOOD, "parts": {"edit": {"name": "Editor"}}},
            "Service 'wiki': parts.edit.components: it is missing",
        ),
        (
            {**GOOD, "parts": {"The Editor": {"name": "Editor", "components": ["Edit"]}}},
            "Service 'wiki': parts.The Editor: 'The Editor' must be lower case letters, digits and single hyphens",
        ),
        (
            {**GOOD, "parts": {"edit": {"name": "Editor", "components": []}}},
            "Service 'wiki': parts.edit.components: there is none",
        ),
        (
            {**GOOD, "format": "zzz"},
            "Service 'wiki': format: 'zzz' is not one of docs/formats.md; `planb feed URL` finds the one of a page",
        ),
        (
            {**GOOD, "capabilities": ["caht"]},
            "Service 'wiki': capabilities: nothing is used for 'caht'; did you mean 'chat'?",
        ),
        (
            {**GOOD, "parts": {"edit": {"name": "Editor", "components": ["E"], "capabilities": ["coed"]}}},
            "Service 'wiki': parts.edit.capabilities: nothing is used for 'coed'; did you mean 'code'?",
        ),
        (
            {**GOOD, "aliases": ["Chat GPT"]},
            (
                "Service 'wiki': aliases: 'Chat GPT' means OpenAI already; "
                "to put another page in its place, write [services.openai]"
            ),
        ),
        (
            {**GOOD, "name": "GitHub"},
            (
                "Service 'wiki': name: 'GitHub' means GitHub already; "
                "to put another page in its place, write [services.github]"
            ),
        ),
        (7, "Service 'wiki': this is a table: write name = value within it"),
    ],
)
def test_a_wrong_stanza_is_told_in_one_line_that_says_how_to_mend_it(stanza: object, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_catalogue({"wiki": stanza}, formats=FORMATS)

    assert str(caught.value) == message


def test_a_use_that_nobody_knows_is_told_with_those_that_are_known() -> None:
    with pytest.raises(SettingsError, match="nothing is used for 'zzz'; known here: accounting, agents, "):
        load_catalogue({"wiki": {**GOOD, "capabilities": ["zzz"]}})


def test_a_slug_must_be_easy_to_type() -> None:
    with pytest.raises(SettingsError, match="'Our Wiki' must be lower case"):
        load_catalogue({"Our Wiki": GOOD})
