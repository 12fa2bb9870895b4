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
    """A document's address, as `Document.path` has it. Raise Unreachable unless it is http(s)."""
    try:
        parts = urlsplit(base)
        possible = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        possible = False
    if not possible:
        raise Unreachable(f"{shown(base)}: not an http(s) address")
    host = parts.netloc.rpartition("@")[2]
    whole, query = _placed(parts.path, path)
    credentials = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username else None
    asked = "&".join(one for one in (parts.query, query) if one)
    return Address(url=urlunsplit((parts.scheme, host, whole, asked, "")), credentials=credentials)


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
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    except ValueError:
        return "the address"
