"""The same care for addresses and proxies as in the platforms' own rooms."""

from tests.chat.discord.conftest import _own_addresses
from tests.chat.slack.conftest import no_proxy

__all__ = ["_own_addresses", "no_proxy"]
