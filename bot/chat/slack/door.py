"""HTTP mode: requests that Slack signed, and nothing else, reach Bolt.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.chat.slack.ears import Ears
from bot.ports import Clock

BODY_MOST = 1024 * 1024
REMEMBERED = timedelta(minutes=11)
"""Longer than a signature is good for: five minutes to either side of its time."""
_SERVER_ERROR = 500


class _Seconds:
    """Our clock, as slack_sdk asks for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class Door:
    """Lets in what is signed, once."""

    def __init__(self, *, app: AsyncApp, signing_secret: str, ears: Ears, clock: Clock) -> None:
        self._app = app
        self._ears = ears
        self._clock = clock
        self._verifier = SignatureVerifier(signing_secret, clock=_Seconds(clock))  # type: ignore[arg-type]
        self._seen: dict[str, datetime] = {}

    async def receive(self, request: web.Request) -> web.Response:
        """A web handler: 401 for anything not signed by Slack, 413 for too much of it."""
        body = await _read(request)
        if body is None:
            return web.Response(status=web.HTTPRequestEntityTooLarge.status_code)
        signature = self._signature(request, body)
        if not signature:
            return web.Response(status=web.HTTPUnauthorized.status_code)
        if self._is_repeated(signature):
            return web.Response()
        self._ears.hear()
        response = await self._dispatch(request, body.decode())
        if response.status >= _SERVER_ERROR:
            self._seen.pop(signature, None)
        return response

    def _signature(self, request: web.Request, body: bytes) -> str:
        """The request's valid signature, or nothing."""
        try:
            (timestamp,) = request.headers.getall("X-Slack-Request-Timestamp")
            (signature,) = request.headers.getall("X-Slack-Signature")
            return signature if self._verifier.is_valid(body, timestamp, signature) else ""
        except Exception:  # noqa: BLE001 (slack_sdk raises many kinds on odd headers; what cannot be checked is wrong)
            return ""

    def _is_repeated(self, signature: str) -> bool:
        """Slack signs a retry anew; the same signature twice is somebody else's copy."""
        now = self._clock.now()
        self._seen = {known: until for known, until in self._seen.items() if until > now}
        repeated = signature in self._seen
        self._seen.setdefault(signature, now + REMEMBERED)
        return repeated

    async def _dispatch(self, request: web.Request, body: str) -> web.Response:
        headers: dict[str, str | Sequence[str]] = {name.lower(): [value] for name, value in request.headers.items()}
        try:
            asked = AsyncBoltRequest(body=body, query=request.query_string, headers=headers)
        except ValueError:
            return web.Response(status=web.HTTPBadRequest.status_code)
        return await to_aiohttp_response(await self._app.async_dispatch(asked))


async def _read(request: web.Request) -> bytes | None:
    """The body, read only as far as it may be long."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_MOST:
            return None
    return bytes(body)
