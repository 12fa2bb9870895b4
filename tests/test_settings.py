from ipaddress import ip_network

import pytest

from bot.domain.errors import SettingsError
from bot.settings import Settings


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
