"""S8: we ask for the least, and parse with what is maintained."""

import subprocess
import sys

import pytest
from lxml import etree  # type: ignore[import-untyped] # it has no types

from bot.chat.discord.invite import SCOPES, permissions
from bot.chat.slack.manifest import manifest

PARSE = """
import sys
from bot.feeds.formats import syndication
document = b'<rss version="2.0"><channel><title>x</title><item><title>y</title><guid>1</guid></item></channel></rss>'
try:
    from bot.feeds import FORMATS
    FORMATS["rss"].parse({FORMATS["rss"].documents[0].name: document}, "https://status.example")
finally:
    print("lxml" in sys.modules, "pyexpat" in sys.modules, "defusedxml" in sys.modules)
"""


@pytest.mark.parametrize("url", [None, "https://planb.example"])
def test_slack_gives_us_no_history_no_files_and_nobody_s_token(url: str | None) -> None:
    said = manifest(url)
    scopes = said["oauth_config"]["scopes"]
    assert set(scopes) == {"bot"}
    assert set(scopes["bot"]) == {"chat:write", "commands", "metadata.message:read", "users:read"}
    assert set(said["settings"]["event_subscriptions"]["bot_events"]) <= {
        "message_metadata_posted",
        "app_uninstalled",
        "tokens_revoked",
    }


def test_discord_gives_us_five_permissions_and_makes_us_no_administrator() -> None:
    assert permissions().value == 309_237_664_768
    assert not permissions().administrator
    assert SCOPES == ("bot", "applications.commands")


def test_feeds_are_parsed_by_libxml2_and_never_by_expat() -> None:
    """So no least version of expat is asked for. libxml2 comes with lxml's wheel, whose hash is in requirements.txt."""
    done = subprocess.run([sys.executable, "-c", PARSE], capture_output=True, text=True, check=False)  # noqa: S603 - our code
    assert done.stdout.split() == ["True", "False", "False"], done.stderr
    assert etree.LIBXML_VERSION >= (2, 13)
