"""Get the documents of a feed politely: conditional, bounded. The only module that knows httpx.

httpx runs on aiohttp: its own pool is quadratic in open hosts, 20 ms of CPU a poll at 200 hosts against 0.5.

There are two clients. The free one asks the host that the operator or the catalogue named, wherever that is; the
guarded one asks everything else: feeds that were pasted in a chat, and whatever other host a redirect leads to.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from hashlib import blake2b
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver
from httpx_aiohttp import AiohttpTransport

from bot import __version__
from bot.domain.errors import NotTheFormat, Unreachable
from bot.domain.polling import Validator
from bot.domain.service import Feed
from bot.feeds.addresses import Address, address, shown
from bot.feeds.body import bounded
from bot.feeds.guard import Connector, Guard, Network
from bot.feeds.politeness import longer, retry_after, ttl, wish
from bot.ports import Clock, Document, Fetched, Format

CONTACT = "https://github.com/planb-bot/planb"
"""For the operators of the pages we ask, unless the team names its own."""
MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK, _NOT_MODIFIED = 200, 304
_GONE = frozenset({404, 410})
_WAIT = frozenset({429, 503})
_AT_ONCE_FREE, _AT_ONCE_GUARDED = 200, 56
"""Connections: slow pages that somebody pasted never hold up the others."""
_NO_ADDRESS = "it, or what it redirects to, is no address that can be asked"
_NO_NAME, _NO_CONNECTION = "its host name is not known", "no connection can be made"
_NOT_PUBLIC = "it cannot be reached at a public address, on port 80 or 443"
_TELLING = frozenset({_NO_ADDRESS, _NO_NAME, _NO_CONNECTION})
"""What would say which hosts and ports of our own network there are; behind the guard it is all _NOT_PUBLIC."""
_authorities = cache(httpx.create_ssl_context)  # reading them takes 20 ms; they are the same for every fetcher
_FAILURES = (Unreachable, httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError)
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    # httpx reads the target of a redirect even where it is not to follow it.
    (httpx.RemoteProtocolError, _NO_ADDRESS),
    (httpx.InvalidURL, _NO_ADDRESS),
    (httpx.UnsupportedProtocol, _NO_ADDRESS),
    (aiohttp.ClientConnectorDNSError, _NO_NAME),
    (aiohttp.ClientConnectorCertificateError, "its certificate is not valid"),
    (aiohttp.ClientSSLError, "no secure connection can be made"),
    (aiohttp.ClientConnectorError, _NO_CONNECTION),
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
        allowed: Collection[Network] = (),
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`allowed` are networks that every feed may lead to, beside the public internet."""
        self._clock = clock
        self._deadline = deadline
        self._most_bytes = most_bytes
        self._resolver = resolver
        self._tls = _authorities(trust_env=False)
        # httpx logs every address it asks, secrets of its query included.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._free = self._client(contact, None, _AT_ONCE_FREE)
        self._guarded = self._client(contact, Guard(allowed=tuple(allowed)), _AT_ONCE_GUARDED)

    def _client(self, contact: str, guard: Guard | None, limit: int) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=AiohttpTransport(verify=self._tls, client=partial(self._session, guard, limit)),
            headers=_headers(contact),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=None,  # noqa: S113  # one deadline over everything stands in `fetch`
            trust_env=False,
        )

    def _session(self, guard: Guard | None, limit: int) -> aiohttp.ClientSession:
        """Made at the first request, inside the running loop. It refuses more than 8 KiB a header and 128 headers."""
        connector = Connector(
            tls=self._tls, limit=limit, most_bytes=self._most_bytes, guard=guard, resolver=self._resolver
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)

    async def close(self) -> None:
        """Close all connections."""
        await self._free.aclose()
        await self._guarded.aclose()

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
        """One document, redirects followed by hand: each is a new address, which gets no permission from the last."""
        asked_at = self._clock.now()
        target = address(feed.url, document.path)
        named = target.host if feed.trusted else None
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._send(target, known, self._free if target.host == named else self._guarded)
            try:
                if response.status_code not in _REDIRECTS:
                    return await self._read(response, target, document, known, asked_at)
                target = target.redirected(response.headers.get("location", ""))
            finally:
                await response.aclose()
        raise Unreachable(f"{target.shown}: more than {MOST_REDIRECTS} redirects")

    async def _send(self, target: Address, known: Validator | None, client: httpx.AsyncClient) -> httpx.Response:
        known_as = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
        try:
            headers = {name: value for name, value in known_as.items() if value}
            request = client.build_request("GET", target.url, headers=headers)
            return await client.send(request, auth=target.credentials, stream=True)
        except _FAILURES as error:
            reason = _reason(error)
            reason = _NOT_PUBLIC if client is self._guarded and reason in _TELLING else reason
            raise Unreachable(f"{target.shown}: {reason}") from None

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
        return _Answer(document=document, validator=fresh, changed=changed, body=body, wish=longer(wanted, ttl(body)))

    async def _body(self, response: httpx.Response, target: Address) -> bytes:
        try:
            encoding = response.headers.get("content-encoding", "")
            return await bounded(response.aiter_raw(), encoding, self._most_bytes)
        except _FAILURES as error:
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
    if isinstance(error, Unreachable):
        return str(error)
    causes = (error, error.__cause__)
    found = (words for kind, words in _REASONS for cause in causes if isinstance(cause, kind))
    return next(found, f"it cannot be asked ({type(error).__name__})")
