"""HTTP mode: requests that Slack signed, and nothing else, reach Bolt.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
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
READ_SECONDS = 5.0
"""Slack itself waits for 3 s in all; who takes longer to say something wants to keep us busy."""


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
        self._verifier = SignatureVerifier(signing_secret, clock=_Seconds(clock))  # type: ignore[arg-type] # all it asks
        self._seen: dict[str, datetime] = {}

    async def receive(self, request: web.Request) -> web.Response:
        """A web handler: 401 for anything not signed by Slack, 408 for slow talkers, 413 for too much of it."""
        try:
            async with asyncio.timeout(READ_SECONDS):
                body = await _read(request)
        except TimeoutError:
            return _refusal(web.HTTPRequestTimeout)
        except Exception:  # noqa: BLE001 (aiohttp raises many kinds on a body that is broken or badly packed)
            return _refusal(web.HTTPUnauthorized)
        if body is None:
            return _refusal(web.HTTPRequestEntityTooLarge)
        signature = self._signature(request, body)
        if not signature:
            return _refusal(web.HTTPUnauthorized)
        if self._is_repeated(signature):
            return web.Response()
        self._ears.hear()
        return await self._once(request, body.decode(), signature)

    async def _once(self, request: web.Request, body: str, signature: str) -> web.Response:
        """Where nothing comes of it, Slack may say it again."""
        done = False
        try:
            response = await self._dispatch(request, body)
            done = response.status < _SERVER_ERROR
        finally:
            if not done:
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
        while self._seen and next(iter(self._seen.values())) <= now:  # oldest first, so a burst stays cheap
            del self._seen[next(iter(self._seen))]
        repeated = signature in self._seen
        self._seen.setdefault(signature, now + REMEMBERED)
        return repeated

    async def _dispatch(self, request: web.Request, body: str) -> web.Response:
        headers: dict[str, str | Sequence[str]] = {name.lower(): [value] for name, value in request.headers.items()}
        try:
            asked = AsyncBoltRequest(body=body, query=request.query_string, headers=headers)
        except ValueError:
            return _refusal(web.HTTPBadRequest)
        return await to_aiohttp_response(await self._app.async_dispatch(asked))


def _refusal(kind: type[web.HTTPError]) -> web.Response:
    """Without a word: whoever is refused learns nothing of why."""
    return web.Response(status=kind.status_code)


async def _read(request: web.Request) -> bytes | None:
    """The body, read only as far as it may be long. Slack packs nothing, so nothing is unpacked: it might be a bomb."""
    if request.headers.get("Content-Encoding"):
        raise ValueError
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_MOST:
            return None
    return bytes(body)
