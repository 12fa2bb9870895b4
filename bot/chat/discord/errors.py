"""What Discord's refusals mean: one table. Codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json."""

from datetime import timedelta
from http import HTTPStatus

import discord

from bot.chat.discord.refusals import TooManyRefused
from bot.domain.errors import Scope, SettingsError, Verdict

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
_INVALID_WEBHOOK_TOKEN = 50027

_PLATFORM_PAUSE = timedelta(minutes=10)
_CHANNEL_PAUSE = timedelta(seconds=60)
_PERMANENT = Verdict(permanent=True)
_HOPELESS = Verdict(hopeless=True)
_PLATFORM = Verdict(retry_after=_PLATFORM_PAUSE, scope=Scope.PLATFORM)
_AMBIGUOUS = Verdict(ambiguous=True)

_BY_CODE = {
    MISSING_ACCESS: _PERMANENT,
    50007: _PERMANENT,  # this person takes no direct messages from us
    50008: _PERMANENT,  # not a channel with messages in it
    MISSING_PERMISSIONS: _PERMANENT,
    UNKNOWN_CHANNEL: _PERMANENT,
    10004: _PERMANENT,  # unknown guild
    10013: _PERMANENT,  # unknown user
    THREAD_LOCKED: _PERMANENT,
    THREAD_ARCHIVED: _PERMANENT,
    50006: _HOPELESS,  # empty
    50035: _HOPELESS,  # not the form that Discord documents
    40333: _PLATFORM,  # Cloudflare blocks us
}
# Slow mode, this channel's and this server's write limits.
_SLOW_DOWN = {20016: Scope.CHANNEL, 20028: Scope.CHANNEL, 20029: Scope.WORKSPACE}
_SCOPES = {"global": Scope.PLATFORM}
"""By `X-RateLimit-Scope`; `user` and `shared` limits are those of one route, which is one channel."""

_MENDING = {
    4004: ("Discord refuses DISCORD_TOKEN: copy the token again from the Bot page at https://discord.com/developers"),
    4010: "Discord refuses the shard; set DISCORD_PUBLIC_KEY, which needs none: see docs/discord.md",
    4011: "The bot is in too many servers for one connection; set DISCORD_PUBLIC_KEY: see docs/discord.md",
    4012: "Discord no longer speaks this version of its gateway: update the bot",
    4013: "Discord does not know an intent: update the bot",
    4014: "Discord does not allow an intent: see the Bot page at https://discord.com/developers",
}
"""After these it must not be connected again: https://docs.discord.com/developers/topics/opcodes-and-status-codes."""
TOKEN_REFUSED = _MENDING[4004]


def verdict(error: Exception) -> Verdict:
    """What a failed send means. Everything that may have reached Discord is ambiguous; our nonce makes it safe."""
    if isinstance(error, TooManyRefused):
        return Verdict(retry_after=error.wait, scope=Scope.PLATFORM)
    if isinstance(error, discord.RateLimited):
        return Verdict(retry_after=timedelta(seconds=error.retry_after), limited=True, scope=Scope.CHANNEL)
    return _of_answer(error) if isinstance(error, discord.HTTPException) else _AMBIGUOUS


def _of_answer(error: discord.HTTPException) -> Verdict:
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if error.code in _SLOW_DOWN:
        return Verdict(retry_after=_asked(error, _CHANNEL_PAUSE), scope=_SLOW_DOWN[error.code])
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return _of_limit(error)
    return _BY_STATUS.get(error.status, _AMBIGUOUS if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR else Verdict())


def _of_limit(error: discord.HTTPException) -> Verdict:
    """An answer that did not pass Discord's own proxy is Cloudflare's: our whole address is shut out."""
    headers = error.response.headers
    if "Via" not in headers:
        return Verdict(retry_after=max(_asked(error, _PLATFORM_PAUSE), _PLATFORM_PAUSE), scope=Scope.PLATFORM)
    scope = _SCOPES.get(headers.get("X-RateLimit-Scope", ""), Scope.CHANNEL)
    return Verdict(retry_after=_asked(error, _CHANNEL_PAUSE), limited=True, scope=scope)


# A refused token says nothing of the channel: the channels stay subscribed, and the log says how to mend it.
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
    meaning = verdict(error)
    return meaning.retry_after if meaning.scope is Scope.PLATFORM else None


def mend(error: Exception) -> SettingsError | None:
    """What must be mended before Discord is asked again; None where asking again may help.

    An answer to a command carries a token of its own, and a late one is refused for that.
    """
    if isinstance(error, discord.LoginFailure) or _refuses_token(error):
        return SettingsError(TOKEN_REFUSED)
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return SettingsError(_MENDING[4014])
    if isinstance(error, discord.ConnectionClosed) and error.code in _MENDING:
        return SettingsError(_MENDING[error.code])
    return None


def leaves_us_deaf(error: Exception) -> bool:
    """The gateway is closed to us for good, but messages may still be sent."""
    return (
        isinstance(error, discord.ConnectionClosed | discord.PrivilegedIntentsRequired)
        and str(mend(error) or TOKEN_REFUSED) != TOKEN_REFUSED
    )


def _refuses_token(error: Exception) -> bool:
    if not isinstance(error, discord.HTTPException):
        return False
    return error.status == HTTPStatus.UNAUTHORIZED and error.code != _INVALID_WEBHOOK_TOKEN
