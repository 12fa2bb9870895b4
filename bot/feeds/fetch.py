"""Get the documents of a feed politely: one client, conditional, bounded. The only module that knows httpx.

httpx runs on aiohttp: its own pool is quadratic in open hosts, 20 ms of CPU a poll at 200 hosts against 0.5.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bot import __version__
from bot.domain.errors import NotTheFormat, Unreachable
from bot.domain.polling import Validator
from bot.domain.service import Feed
from bot.feeds.addresses import Address, address, shown
from bot.feeds.body import bounded
from bot.feeds.politeness import retry_after, wish
from bot.ports import Clock, Document, Fetched, Format

CONTACT = "https://github.com/planb-bot/planb"
"""For the operators of the pages we ask, unless the team names its own."""
MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_NOT_MODIFIED = 304
_GONE = frozenset({404, 410})
_WAIT = frozenset({429, 503})
_NO_ADDRESS = "it, or what it redirects to, is no address that can be asked"
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    # httpx reads the target of a redirect even where it is not to follow it.
    (httpx.RemoteProtocolError, _NO_ADDRESS),
    (httpx.InvalidURL, _NO_ADDRESS),
    (aiohttp.ClientConnectorDNSError, "its host name is not known"),
    (aiohttp.ClientConnectorCertificateError, "its certificate is not valid"),
    (aiohttp.ClientSSLError, "no secure connection can be made"),
    (aiohttp.ClientConnectorError, "no connection can be made"),
    (aiohttp.ServerDisconnectedError, "it closed the connection without an answer"),
    (aiohttp.ClientPayloadError, "the answer breaks off"),
    (aiohttp.ClientResponseError, "the answer is not HTTP that we can read"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """One document's answer. `body` is None for "not modified" and for a document that is not there."""

    document: Document
    validator: Validator
    changed: bool
    body: bytes | None = None
    missing: bool = False
    wish: timedelta | None = None


class HttpFetcher:
    """Implements the Fetcher port. One for the whole process: it keeps connections open between polls."""

    def __init__(
        self,
        *,
        clock: Clock,
        contact: str,
        deadline: timedelta = timedelta(seconds=15),
        most_bytes: int = 5 * 1024 * 1024,
    ) -> None:
        self._clock = clock
        self._deadline = deadline
        self._most_bytes = most_bytes
        self._ssl = httpx.create_ssl_context(trust_env=False)
        # httpx logs every address it asks, secrets of its query included.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._client = httpx.AsyncClient(
            transport=AiohttpTransport(verify=self._ssl, client=self._session),
            headers=_headers(contact),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=None,  # noqa: S113  # one deadline over everything stands in `fetch`
            trust_env=False,
        )

    def _session(self) -> aiohttp.ClientSession:
        """Made at the first request, inside the running loop. It refuses more than 8 KiB a header and 128 headers."""
        return aiohttp.ClientSession(connector=self._connector(), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)

    def _connector(self) -> aiohttp.BaseConnector:
        """Where each connection is opened. A guard that refuses private addresses goes here, as `socket_factory`."""
        # Kept open past the usual minute between polls: a new TLS connection costs more than a whole poll.
        return aiohttp.TCPConnector(ssl=self._ssl, limit=100, limit_per_host=2, keepalive_timeout=90, ttl_dns_cache=60)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def fetch(
        self, feed: Feed, format_: Format, validators: Mapping[str, Validator], *, everything: bool
    ) -> Fetched:
        """Ask for what may have changed; if anything has, return the complete set. Raise Unreachable, NotTheFormat."""
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                return await self._fetch(feed, format_, validators, everything=everything)
        except TimeoutError:
            seconds = self._deadline.total_seconds()
            raise Unreachable(f"{shown(feed.url)}: no whole answer within {seconds:g} seconds") from None

    async def _fetch(
        self, feed: Feed, format_: Format, validators: Mapping[str, Validator], *, everything: bool
    ) -> Fetched:
        pulse, *others = format_.documents
        first = await self._ask(feed, pulse, validators.get(pulse.name))
        answers = {pulse.name: first}
        if everything and not first.changed:
            for document in others:
                answers[document.name] = await self._ask(feed, document, validators.get(document.name))
        if not any(answer.changed for answer in answers.values()):
            known = {**validators, **{name: answer.validator for name, answer in answers.items()}}
            return Fetched(documents=None, validators=known, wish=first.wish)
        return await self._complete(feed, format_.documents, answers, first.wish)

    async def _complete(
        self, feed: Feed, documents: Iterable[Document], answers: Mapping[str, _Answer], wanted: timedelta | None
    ) -> Fetched:
        """All documents, those without a body asked for again without conditions."""
        whole: dict[str, bytes] = {}
        validators: dict[str, Validator] = {}
        for document in documents:
            answer = answers.get(document.name)
            if answer is None or (answer.body is None and not answer.missing):
                answer = await self._ask(feed, document, None)
            validators[document.name] = answer.validator
            if answer.body is not None:
                whole[document.name] = answer.body
        return Fetched(documents=whole, validators=validators, wish=wanted)

    async def _ask(self, feed: Feed, document: Document, known: Validator | None) -> _Answer:
        """One document, redirects followed by hand: each new address must be http(s)."""
        asked_at = self._clock.now()
        target = address(feed.url, document.path)
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._send(target, known)
            try:
                if response.status_code not in _REDIRECTS:
                    return await self._read(response, target, document, known, asked_at)
                target = target.redirected(response.headers.get("location", ""))
            finally:
                await response.aclose()
        raise Unreachable(f"{target.shown}: more than {MOST_REDIRECTS} redirects")

    async def _send(self, target: Address, known: Validator | None) -> httpx.Response:
        headers = {}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        try:
            request = self._client.build_request("GET", target.url, headers=headers)
            return await self._client.send(request, auth=target.credentials, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as error:
            raise Unreachable(f"{target.shown}: {_reason(error)}") from None

    async def _read(
        self, response: httpx.Response, target: Address, document: Document, known: Validator | None, asked_at: datetime
    ) -> _Answer:
        status, headers = response.status_code, response.headers
        wanted = wish(headers.get("cache-control", ""))
        if status == _NOT_MODIFIED and known:
            return _Answer(document=document, validator=_renewed(known, headers, asked_at), changed=False, wish=wanted)
        if status in _GONE and not document.required:
            gone = Validator(asked_at=asked_at)
            return _Answer(document=document, validator=gone, changed=bool(known and known.digest), missing=True)
        if status != _OK:
            wait = retry_after(headers.get("retry-after", ""), asked_at) if status in _WAIT else None
            raise Unreachable(f"{target.shown}: it answered {status}", retry_after=wait, status=status)
        body = await self._body(response, target)
        if document.name.endswith(".json") and _is_web_page(headers.get("content-type", ""), body):
            raise NotTheFormat(f"{target.shown} answered a web page, not {document.name}")
        digest = blake2b(body, digest_size=16).hexdigest()
        fresh = _renewed(Validator(digest=digest, asked_at=asked_at), headers, asked_at)
        changed = known is None or known.digest != digest
        return _Answer(document=document, validator=fresh, changed=changed, body=body, wish=wanted)

    async def _body(self, response: httpx.Response, target: Address) -> bytes:
        try:
            encoding = response.headers.get("content-encoding", "")
            return await bounded(response.aiter_raw(), encoding, self._most_bytes)
        except Unreachable as error:
            raise Unreachable(f"{target.shown}: {error}") from None
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"{target.shown}: {_reason(error)}") from None


def _headers(contact: str) -> dict[str, str]:
    return {
        "User-Agent": f"planb/{__version__} (+{contact})",
        "Accept": "application/json, application/feed+json, application/atom+xml, application/rss+xml, */*;q=0.5",
        "Accept-Encoding": "gzip",
    }


def _renewed(known: Validator, headers: httpx.Headers, asked_at: datetime) -> Validator:
    """What this answer says of the document, else what was known. Sent back as it came, byte for byte."""
    return Validator(
        etag=_printable(headers.get("etag", "")) or known.etag,
        last_modified=_printable(headers.get("last-modified", "")) or known.last_modified,
        digest=known.digest,
        asked_at=asked_at,
    )


def _printable(value: str) -> str:
    """Anything but ASCII would not come out of the client as it went in: better none, the digest still tells."""
    return value if value.isascii() and value.isprintable() else ""


def _is_web_page(content_type: str, body: bytes) -> bool:
    start = body[:400].lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    return "text/html" in content_type.lower() and start.startswith((b"<!doctype html", b"<html"))


def _reason(error: BaseException) -> str:
    """In our words: the library's own may hold the address with its secrets."""
    causes = (error, error.__cause__)
    found = (words for kind, words in _REASONS for cause in causes if isinstance(cause, kind))
    return next(found, f"it cannot be asked ({type(error).__name__})")
