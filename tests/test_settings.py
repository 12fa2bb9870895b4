from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.settings import Settings, read_settings, secrets


def settings(networks: str) -> Settings:
    return Settings(_env_file=None, planb_allowed_networks=networks)


def test_networks_of_ones_own_are_a_list() -> None:
    assert settings("").allowed_networks == ()
    assert settings(" 10.1.0.0/16, fd00:1::/48,").allowed_networks == (
        ip_network("10.1.0.0/16"),
        ip_network("fd00:1::/48"),
    )


@pytest.mark.parametrize("wrong", ["10.1.0.1/16", "intranet", "10.0.0.0/33"])
def test_a_wrong_network_is_one_line_that_names_the_setting(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"^PLANB_ALLOWED_NETWORKS: .* See \.env\.example\.$"):
        settings(wrong).allowed_networks  # noqa: B018 - reading it is what fails


KEY = "0F" * 32


def test_a_public_key_is_read_as_it_is_pasted() -> None:
    assert Settings(_env_file=None).interactions_key is None
    assert Settings(_env_file=None, discord_public_key=f" {KEY}\n").interactions_key == b"\x0f" * 32


@pytest.mark.parametrize("wrong", ["0x" + KEY[2:], KEY[2:], KEY + "00", "my-secret", "É" * 64])
def test_a_wrong_public_key_is_one_line_that_says_where_to_find_it(
    wrong: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_PUBLIC_KEY", wrong)
    with pytest.raises(
        SettingsError, match=r"^DISCORD_PUBLIC_KEY: 64 hex.*General Information\. See \.env\.example\.$"
    ):
        read_settings()


def test_the_address_of_the_dead_mans_switch_is_a_secret() -> None:
    said = Settings(_env_file=None, planb_ping_url="https://switch.example/key")

    assert "https://switch.example/key" in secrets(said)
    assert "switch.example" not in repr(said)


def test_the_dead_mans_switch_is_asked_in_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANB_PING_URL", "http://switch.example/key")

    with pytest.raises(SettingsError, match=r"^PLANB_PING_URL: .*must begin with https://\. See \.env\.example\.$"):
        read_settings()


@pytest.mark.parametrize(("minutes", "good"), [("0", True), ("240", True), ("-1", False), ("241", False)])
def test_the_hold_down_is_at_most_four_hours(monkeypatch: pytest.MonkeyPatch, minutes: str, *, good: bool) -> None:
    monkeypatch.setenv("PLANB_HOLD_DOWN_MINUTES", minutes)
    if good:
        assert read_settings().hold_down == timedelta(minutes=int(minutes))
    else:
        with pytest.raises(SettingsError, match="PLANB_HOLD_DOWN_MINUTES"):
            read_settings()
