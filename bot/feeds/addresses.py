"""Addresses of documents, and how they are shown: without anything secret."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from bot.domain.errors import Unreachable

Credentials = tuple[str, str]
MOST_SHOWN = 300
_HOST = re.compile(r"\[[0-9a-fA-F:.]+\]|[^\x00-\x20\x7f\\/?#@:\[\]%<>^`{|}\"]+")
"""What every parser of addresses takes for the same host: a backslash or `%` is read in as many ways as there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to ask. `credentials` stood in the address; they go to the host that it named and to no other."""

    url: str
    credentials: Credentials | None = None

    @property
    def shown(self) -> str:
        """For messages and logs."""
        return shown(self.url)

    @property
    def host(self) -> str:
        """In lower case."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether nobody on the way can change the answer."""
        return self.url.startswith("https:")

    def redirected(self, location: str) -> "Address":
        """Where a redirect leads. Raise Unreachable unless that is http(s), and no less secure."""
        try:
            target = address(urljoin(self.url, location), "")
            same = urlsplit(target.url)[:2] == urlsplit(self.url)[:2]
        except (ValueError, Unreachable):
            raise Unreachable(f"{self.shown}: redirects to what is not an http(s) address") from None
        if not location:
            raise Unreachable(f"{self.shown}: redirects to nowhere")
        if self.is_secure and not target.is_secure:
            raise Unreachable(f"{self.shown}: redirects from https to http")
        return Address(url=target.url, credentials=self.credentials if same else None)


def address(base: str, path: str) -> Address:
    """A document's address, as `Document.path` has it. Raise Unreachable unless it is http(s)."""
    try:
        parts = urlsplit(base)
        host = parts.netloc.rpartition("@")[2]
        possible = parts.scheme in {"http", "https"} and _HOST.fullmatch(_portless(host)) and parts.port != 0
        possible = possible and "\\" not in parts.netloc
    except ValueError:
        possible = False
    if not possible:
        raise Unreachable(f"{shown(base)}: not an http(s) address")
    whole, query = _placed(parts.path, path)
    credentials = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username else None
    asked = "&".join(one for one in (parts.query, query) if one)
    return Address(url=urlunsplit((parts.scheme, host, whole, asked, "")), credentials=credentials)


def _portless(host: str) -> str:
    return re.sub(r":\d*$", "", host, flags=re.ASCII)


def _placed(base: str, path: str) -> tuple[str, str]:
    """Path and additional query of a document whose feed has the path `base`."""
    path, _, query = path.partition("?")
    last = base.rstrip("/").rpartition("/")[2]
    path = path.replace("{last}", last)
    if not path or path.startswith("/"):
        return path or base, query
    return f"{base.rstrip('/')}/{path}", query


def shown(url: str) -> str:
    """Without user name, password, query and fragment: these hold secrets."""
    try:
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))[:MOST_SHOWN]
    except ValueError:
        return "the address"
