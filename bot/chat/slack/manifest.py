"""The app manifest: what to paste at https://api.slack.com/apps ("From a manifest"). Pure."""

from typing import Any

COMMANDS = ("/outage", "/panne")
ECHO = "planb_delivery"
"""The event type of the metadata on our posts. Everybody in the workspace may read it: it holds an opaque id only."""

UNINSTALLED, REVOKED = "app_uninstalled", "tokens_revoked"
FAREWELLS = frozenset({UNINSTALLED, REVOKED})
"""What Slack says when a workspace removes the app, in no fixed order.

https://docs.slack.dev/reference/events/app_uninstalled
"""

PATH = "/slack/events"
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
SCOPES = ("chat:write", "commands", "metadata.message:read", "users:read")
"""The least we can do with: post, be asked, hear the echo of our own posts, see who is an admin."""

DESCRIPTION = "Tells a team which of its tools are down and what to use instead."
_SUMMARIES = {"/outage": "Which of our tools are down, and what to use instead", "/panne": "The same as /outage"}
_USAGE = "status [service] | subscribe <service> | help"


def manifest(http_url: str | None) -> dict[str, Any]:
    """For Socket Mode (no public address needed), or for HTTP where `http_url` is our own public base address."""
    base = (http_url or "").rstrip("/")
    address = {"url": base + PATH} if base else {}
    redirects = {"redirect_urls": [base + REDIRECT_PATH]} if base else {}
    return {
        "display_information": {"name": "Plan B", "description": DESCRIPTION, "background_color": "#1f3a5f"},
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Plan B", "always_online": True},
            "slash_commands": [_command(name, address) for name in COMMANDS],
        },
        "oauth_config": {**redirects, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": _events(address),
            # Buttons: https://docs.slack.dev/reference/app-manifest#settings
            "interactivity": {"is_enabled": True, **{f"request_{key}": value for key, value in address.items()}},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def _command(name: str, address: dict[str, str]) -> dict[str, Any]:
    return {
        "command": name,
        "description": _SUMMARIES[name],
        "usage_hint": _USAGE,
        "should_escape": False,
        **address,
    }


def _events(address: dict[str, str]) -> dict[str, Any]:
    return {
        **{f"request_{key}": value for key, value in address.items()},
        "bot_events": sorted({"message_metadata_posted", *FAREWELLS}),
        # Without this Slack sends no metadata event at all. Our own app id is not known before the app exists, so
        # any app's is asked for, and listening.py tells ours from others'.
        # https://docs.slack.dev/reference/events/message_metadata_posted
        "metadata_subscriptions": [{"app_id": "*", "event_type": ECHO}],
    }
