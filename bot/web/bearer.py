"""The operator's token, as a monitor sends it: `Authorization: Bearer <token>` (RFC 6750, section 2.1)."""

import hmac

from aiohttp import web

_SCHEME = "bearer "


def is_operator(request: web.Request, token: str) -> bool:
    """Whether the request carries the token. Takes as long for a wrong one as for the right one; False without any."""
    given = request.headers.get("Authorization", "")
    is_bearer = given[: len(_SCHEME)].lower() == _SCHEME
    return bool(token) and hmac.compare_digest(_bytes(given[len(_SCHEME) :].strip()), _bytes(token)) and is_bearer


def _bytes(text: str) -> bytes:
    """Headers may hold any byte; aiohttp shows those that are no UTF-8 as lone surrogates."""
    return text.encode(errors="surrogateescape")
