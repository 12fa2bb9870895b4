"""The app manifest asks for little, and Slack would take it."""

import json
from typing import Any

import jsonschema_rs
import pytest

from bot.chat.slack.manifest import manifest
from tests.captures import captures

URL = "https://planb.example/"


def test_it_asks_for_the_least_scopes_and_no_history() -> None:
    assert manifest(None)["oauth_config"] == {
        "scopes": {"bot": ["chat:write", "commands", "metadata.message:read", "users:read"]}
    }


def test_it_subscribes_to_the_echo_of_its_own_posts_and_to_farewells_and_to_nothing_else() -> None:
    assert manifest(None)["settings"]["event_subscriptions"] == {
        "bot_events": ["app_uninstalled", "message_metadata_posted", "tokens_revoked"],
        "metadata_subscriptions": [{"app_id": "*", "event_type": "planb_delivery"}],
    }


def test_it_offers_the_command_under_both_names_with_a_hint() -> None:
    commands = manifest(None)["features"]["slash_commands"]

    assert [command["command"] for command in commands] == ["/outage", "/panne"]
    assert all(command["usage_hint"] and command["should_escape"] is False for command in commands)


def test_socket_mode_needs_no_address() -> None:
    said = manifest(None)

    assert said["settings"]["socket_mode_enabled"] is True
    assert said["settings"]["interactivity"] == {"is_enabled": True}
    assert "url" not in json.dumps(said)


def test_http_mode_puts_one_address_everywhere() -> None:
    said = manifest(URL)

    assert said["settings"]["socket_mode_enabled"] is False
    assert said["settings"]["event_subscriptions"]["request_url"] == "https://planb.example/slack/events"
    assert said["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": "https://planb.example/slack/events",
    }
    assert {command["url"] for command in said["features"]["slash_commands"]} == {"https://planb.example/slack/events"}


def test_browsers_come_back_to_one_address_only_where_there_is_one() -> None:
    assert "redirect_urls" not in manifest(None)["oauth_config"]
    assert manifest(URL)["oauth_config"]["redirect_urls"] == ["https://planb.example/slack/oauth_redirect"]


def test_its_name_is_plan_b() -> None:
    said = manifest(None)

    assert said["display_information"]["name"] == said["features"]["bot_user"]["display_name"] == "Plan B"


@pytest.mark.parametrize("url", [None, URL])
def test_slack_s_own_schema_takes_it(url: str | None) -> None:
    schema = (captures() or pytest.skip("no captures folder")) / "counterparts" / "slack-manifest.schema.json"
    if not schema.exists():
        pytest.skip("no schema in the captures folder")
    validator = jsonschema_rs.validator_for(json.loads(schema.read_text()))

    assert [error.message for error in validator.iter_errors(manifest(url))] == []
    wrong: dict[str, Any] = {**manifest(url), "setting": {}}
    assert not validator.is_valid(wrong)
