"""What stands between us and the servers that feeds name: where we connect to, and how much anyone may tell us.

An address is judged when its socket is made: whatever a name resolves to, however it is spelled and wherever a
redirect leads, there is no other way to a connection. `ipaddress.is_global` is no such judge: it changes between
versions of Python, and lets NAT64, 6to4, site-local and multicast through.
"""

import socket
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from ssl import SSLContext
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler

from bot.feeds.body import TooMuch

Network = IPv4Network | IPv6Network
PUBLIC_PORTS = frozenset({80, 443})
MOST_HEAD = 64 * 1024
"""Bytes before the body begins: status line, headers, interim answers."""
_INTERIM = frozenset(range(100, 200)) - {101}
"""RFC 9110, 15.2. 101, Switching Protocols, is the last that is said in HTTP."""
# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
_CLOSED: tuple[Network, ...] = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",  # this host, this network: RFC 791, 3.2
        "10.0.0.0/8",  # private: RFC 1918
        "100.64.0.0/10",  # behind a carrier's NAT: RFC 6598; 100.100.100.200 is Alibaba's metadata
        "127.0.0.0/8",  # loopback: RFC 1122, 3.2.1.3
        "168.63.129.16/32",  # Azure's host agent, which looks public: its documentation, "IP address 168.63.129.16"
        "169.254.0.0/16",  # link-local: RFC 3927; 169.254.169.254 is the metadata of most clouds
        "172.16.0.0/12",  # private: RFC 1918
        "192.0.0.0/24",  # protocol assignments: RFC 6890, 2.1; 192.0.0.192 is Oracle's metadata
        "192.0.2.0/24",  # documentation: RFC 5737
        "192.31.196.0/24",  # AS112, answered nearby: RFC 7535
        "192.52.193.0/24",  # multicast tunnels: RFC 7450
        "192.88.99.0/24",  # 6to4 relays: RFC 7526
        "192.168.0.0/16",  # private: RFC 1918
        "192.175.48.0/24",  # AS112, answered nearby: RFC 7534
        "198.18.0.0/15",  # benchmarks: RFC 2544
        "198.51.100.0/24",  # documentation: RFC 5737
        "203.0.113.0/24",  # documentation: RFC 5737
        "224.0.0.0/4",  # multicast: RFC 5771
        "240.0.0.0/4",  # reserved: RFC 1112, 4; 255.255.255.255 is broadcast: RFC 919
        "::/96",  # unspecified, loopback, "IPv4-compatible": RFC 4291, 2.5.2, 2.5.3, 2.5.5.1
        "::ffff:0:0/96",  # IPv4-mapped: RFC 4291, 2.5.5.2
        "::ffff:0:0:0/96",  # IPv4-translated: RFC 2765, 2.1
        "64:ff9b::/96",  # NAT64, leads to any IPv4 address: RFC 6052, 2.1; an operator on IPv6 alone may allow it
        "64:ff9b:1::/48",  # a network's own NAT64: RFC 8215
        "100::/64",  # discard: RFC 6666
        "2001::/23",  # protocol assignments: RFC 2928; Teredo: RFC 4380; benchmarks: RFC 5180; ORCHID: RFC 7343
        "2001:db8::/32",  # documentation: RFC 3849
        "2002::/16",  # 6to4, leads to any IPv4 address: RFC 3056
        "3fff::/20",  # documentation: RFC 9637
        "5f00::/16",  # segment routing: RFC 9602
        "fc00::/7",  # unique local: RFC 4193; fd00:ec2::254 is Amazon's metadata
        "fe80::/10",  # link-local: RFC 4291, 2.5.6
        "fec0::/10",  # site-local: RFC 3879
        "ff00::/8",  # multicast: RFC 4291, 2.7
    )
)
_GIVEN_OUT: tuple[Network, ...] = (
    ip_network("0.0.0.0/0"),
    ip_network("2000::/3"),  # RFC 4291, 2.4, iana.org/assignments/ipv6-address-space: the rest is not, or is above
)


class Closed(OSError):
    """No connection is made there. An OSError, so that the next address of the same name gets its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Lets connections go to public addresses on the ports of the web, and to any port of the `allowed` networks."""

    allowed: Collection[Network] = ()

    def socket(self, info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        """For a connection to what a name resolved to, as `getaddrinfo` tells it. Raise Closed."""
        family, kind, protocol, _, (host, port, *_) = info
        if not self.lets(host, port):
            raise Closed("not a public address")
        return socket.socket(family, kind, protocol)

    def lets(self, host: str, port: int) -> bool:
        """Whether a connection may go there. What is not plainly an address is not one."""
        try:
            ip = ip_address(host)
        except ValueError:
            return False
        if "%" in host:  # only good for an address of one of our own networks
            return False
        return _within(ip, self.allowed) or (port in PUBLIC_PORTS and is_public(ip))


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Whether the address belongs to the internet that everybody sees."""
    return _within(ip, _GIVEN_OUT) and not _within(ip, _CLOSED)


def _within(ip: IPv4Address | IPv6Address, networks: Collection[Network]) -> bool:
    return any(ip in network for network in networks)


class Connector(aiohttp.TCPConnector):
    """Opens connections and keeps them. What a guard let through is never in one pool with what none has seen."""

    def __init__(
        self, *, tls: SSLContext, limit: int, most_bytes: int, guard: Guard | None, resolver: AbstractResolver | None
    ) -> None:
        # Kept open past the usual minute between polls: a new TLS connection costs more than a whole poll.
        super().__init__(
            ssl=tls,
            limit=limit,
            limit_per_host=2,
            keepalive_timeout=90,
            ttl_dns_cache=60,
            resolver=resolver,
            socket_factory=guard.socket if guard else None,
        )
        self._factory = partial(Ear, self._loop, most_bytes)  # type: ignore[assignment]  # an Ear is a ResponseHandler


class Ear(ResponseHandler):
    """Hears one answer to each question: a head of at most 64 KiB, and `most_bytes` of body, chunk marks and trailers.

    Without it, who floods a connection that is kept for the next poll fills our memory, and who sends nothing but
    interim answers or chunks of one byte keeps us busy until the deadline.
    """

    def __init__(self, loop: Any, most_bytes: int) -> None:
        super().__init__(loop=loop)
        self._most_bytes = most_bytes
        self._heard = 0
        self._begun = False

    def set_response_params(self, **params: Any) -> None:
        """A question is asked."""
        self._heard = 0
        self._begun = False
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Something is said; what follows the answer is not listened to."""
        if data and self._begun and (self._payload is None or self._payload.is_eof()):
            self.abort()
            return
        self._heard += len(data)
        super().data_received(data)
        if not self._begun and self._heard > MOST_HEAD:
            self._hang_up(TooMuch(f"headers of more than {MOST_HEAD} bytes"))
        elif self._heard > self._most_bytes + 2 * MOST_HEAD:
            self._hang_up(TooMuch(f"more than {self._most_bytes} bytes"))

    def feed_data(self, data: Any, size: int = 0) -> None:
        """The head of an answer is read. Interim answers are of no use to us, and one answer is enough."""
        message = data[0]
        if message.code in _INTERIM:
            return
        if self._begun:
            self.abort()
            return
        self._begun = True
        if sum(len(name) + len(value) + 4 for name, value in message.raw_headers) > MOST_HEAD:
            self._hang_up(TooMuch(f"headers of more than {MOST_HEAD} bytes"))
        else:
            super().feed_data(data, size)

    def _hang_up(self, why: TooMuch) -> None:
        payload = self._payload
        self.abort()
        self._parser = None  # else the end of the connection would be the reason that is told
        self.set_exception(why)
        if payload is not None and not payload.is_eof():
            payload.set_exception(why)
