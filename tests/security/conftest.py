"""The same care for addresses and proxies as in the platforms' own rooms."""

from tests.chat.discord.conftest import _own_addresses as _own_addresses
from tests.chat.slack.conftest import no_proxy as no_proxy
