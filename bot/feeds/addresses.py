"""Addresses of documents, and how they are shown: without anything secret."""

from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from bot.domain.errors import Unreachable

Credentials = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to ask. `credentials` stood in the address; they go to the host that it named and to no other."""

    url: str
    credentials: Credentials | None = None

    @property
    def shown(self) -> str:
        """For messages and logs."""
        return shown(self.url)

    def redirected(self, location: str) -> "Address":
        """Where a redirect leads. Raise Unreachable unless that is http(s)."""
        try:
            target = address(urljoin(self.url, location), "")
            same = urlsplit(target.url)[:2] == urlsplit(self.url)[:2]
        except (ValueError, Unreachable):
            raise Unreachable(f"{self.shown}: redirects to what is not an http(s) address") from None
        if not location:
            raise Unreachable(f"{self.shown}: redirects to nowhere")
        return Address(url=target.url, credentials=self.credentials if same else None)


def address(base: str, path: str) -> Address:
    """`base` with `path` behind it; an empty path is `base` itself. Raise Unreachable unless it is http(s)."""
    try:
        parts = urlsplit(base)
        possible = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        possible = False
    if not possible:
        raise Unreachable(f"{shown(base)}: not an http(s) address")
    host = parts.netloc.rpartition("@")[2]
    whole = f"{parts.path.rstrip('/')}/{path}" if path else parts.path
    credentials = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username else None
    return Address(url=urlunsplit((parts.scheme, host, whole, parts.query, "")), credentials=credentials)


def shown(url: str) -> str:
    """Without user name, password, query and fragment: these hold secrets."""
    try:
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    except ValueError:
        return "the address"
