"""The bot asks for no permission that it does not use."""

import pytest

from bot.chat.discord.invite import application_id_of, invite_url, permissions
from bot.domain.errors import SettingsError
from tests.chat.discord.fakes import APPLICATION, TOKEN


def test_it_asks_for_five_permissions() -> None:
    assert sorted(name for name, given in permissions() if given) == [
        "create_public_threads",
        "embed_links",
        "read_messages",  # discord.py's other name for "view_channel"
        "send_messages",
        "send_messages_in_threads",
    ]


def test_the_address_is_this_one() -> None:
    assert invite_url(4242) == (
        "https://discord.com/oauth2/authorize?client_id=4242&scope=bot+applications.commands&permissions=309237664768"
    )


@pytest.mark.parametrize("token", [TOKEN, f"Bot {TOKEN}", f" {TOKEN}\n"])
def test_a_token_tells_its_application(token: str) -> None:
    assert application_id_of(token) == APPLICATION


@pytest.mark.parametrize("token", ["", "xoxb-1-2", "aGVsbG8.x.y", "é.x.y"])
def test_another_platforms_token_is_refused_with_advice(token: str) -> None:
    with pytest.raises(SettingsError, match="copy it from the Bot page"):
        application_id_of(token)
