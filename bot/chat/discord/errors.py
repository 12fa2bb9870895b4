"""What Discord's refusals mean: one table. Codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json."""

from datetime import timedelta

import discord

from bot.domain.errors import Verdict

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
ALREADY_ANSWERED = 40060
THREAD_EXISTS = 160004
OLD_MESSAGE_EDITED_TOO_OFTEN = 30046
WRONG_CHANNEL_TYPE = 50024
MISSING_ACCESS = 50001
MISSING_PERMISSIONS = 50013
THREAD_ARCHIVED = 50083
THREAD_LOCKED = 160005
CANNOT_REPLY_WITHOUT_HISTORY = 160002

_PLATFORM_PAUSE = timedelta(minutes=10)
_CHANNEL_PAUSE = timedelta(seconds=60)
_PERMANENT = Verdict(permanent=True)
_PLATFORM = Verdict(retry_after=_PLATFORM_PAUSE)
_AMBIGUOUS = Verdict(ambiguous=True)

_BY_CODE = {
    MISSING_ACCESS: _PERMANENT,
    50007: _PERMANENT,  # this person takes no direct messages from us
    MISSING_PERMISSIONS: _PERMANENT,
    UNKNOWN_CHANNEL: _PERMANENT,
    10004: _PERMANENT,  # unknown guild
    10013: _PERMANENT,  # unknown user
    THREAD_LOCKED: _PERMANENT,
    THREAD_ARCHIVED: _PERMANENT,
    40333: _PLATFORM,  # Cloudflare blocks us
}
_SLOW_DOWN = frozenset({20016, 20028, 20029})  # slow mode, this channel's and this server's write limits


def verdict(error: Exception) -> Verdict:
    """What a failed send means. Everything that may have reached Discord is ambiguous; our nonce makes it safe."""
    if isinstance(error, discord.RateLimited):
        return Verdict(retry_after=timedelta(seconds=error.retry_after))
    return _of_answer(error) if isinstance(error, discord.HTTPException) else _AMBIGUOUS


def _of_answer(error: discord.HTTPException) -> Verdict:
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if error.code in _SLOW_DOWN:
        return Verdict(retry_after=_asked(error, _CHANNEL_PAUSE))
    if error.status == 429:  # noqa: PLR2004
        # An answer that did not pass Discord's own proxy is Cloudflare's: our whole address is shut out.
        return Verdict(retry_after=_asked(error, _CHANNEL_PAUSE)) if "Via" in error.response.headers else _PLATFORM
    return _BY_STATUS.get(error.status, _AMBIGUOUS if error.status >= 500 else Verdict())  # noqa: PLR2004


# A refused token says nothing of the channel: the channels stay subscribed, and the gateway says how to mend it.
_BY_STATUS = {401: _PLATFORM}


def _asked(error: discord.HTTPException, default: timedelta) -> timedelta:
    try:
        return timedelta(seconds=float(error.response.headers["Retry-After"]))
    except (KeyError, ValueError, OverflowError):
        return default


def shuts_platform(error: Exception) -> timedelta | None:
    """How long to ask Discord nothing at all: it counts refused requests, and bans an address for too many of them.

    https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
    """
    return _PLATFORM_PAUSE if verdict(error) is _PLATFORM else None
