"""What Slack's errors mean for a message that we tried to send, as tables.

https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

import re
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.domain.errors import Scope, SettingsError, Verdict

_CLOSED = Verdict(permanent=True, scope=Scope.CHANNEL)
_UNCLEAR = Verdict(ambiguous=True)
_UNREACHED = Verdict(scope=Scope.PLATFORM)
_UNFIT = Verdict(hopeless=True)
_BUSY = Verdict(retry_after=timedelta(minutes=1), scope=Scope.WORKSPACE)
_SHUT = Verdict(retry_after=timedelta(minutes=10), scope=Scope.WORKSPACE)

VERDICTS = MappingProxyType(
    {
        # The app is gone from the workspace, or its token is. That says nothing of the channel: it stays subscribed,
        # and the connection's own error says how to mend it.
        "account_inactive": _SHUT,
        "app_uninstalled": _SHUT,
        "invalid_auth": _SHUT,
        "not_authed": _SHUT,
        "team_access_not_granted": _SHUT,
        "token_expired": _SHUT,
        "token_revoked": _SHUT,
        # The workspace is being moved, or has too many messages of everybody's: it passes.
        "message_limit_exceeded": _BUSY,
        "org_login_required": _BUSY,
        "team_added_to_org": _BUSY,
        # The channel is gone, or closed to us.
        "channel_not_found": _CLOSED,
        "ekm_access_denied": _CLOSED,
        "is_archived": _CLOSED,
        "not_in_channel": _CLOSED,
        "restricted_action": _CLOSED,
        "restricted_action_non_threadable_channel": _CLOSED,
        "restricted_action_read_only_channel": _CLOSED,
        "restricted_action_thread_locked": _CLOSED,
        "restricted_action_thread_only_channel": _CLOSED,
        # The person is gone, or does not take messages from apps.
        "cannot_dm_bot": _CLOSED,
        "messages_tab_disabled": _CLOSED,
        "user_disabled": _CLOSED,
        "user_not_found": _CLOSED,
        # Not even as plain text, which is tried first where UNSHOWABLE: this message will never be taken.
        "invalid_blocks": _UNFIT,
        "invalid_blocks_format": _UNFIT,
        "msg_blocks_too_long": _UNFIT,
        "msg_too_long": _UNFIT,
        "no_text": _UNFIT,
        # The metadata is ours, and without it a post cannot be settled.
        "invalid_metadata_format": _UNFIT,
        "invalid_metadata_schema": _UNFIT,
        "metadata_too_large": _UNFIT,
        # "It's possible some aspect of the operation succeeded before the error was raised."
        "fatal_error": _UNCLEAR,
        "internal_error": _UNCLEAR,
        "request_timeout": _UNCLEAR,
        "service_unavailable": _UNCLEAR,
    }
)
"""Words that are not here are definite refusals which may pass: a later attempt is harmless."""

_RESTRICTED = "restricted_action"
"""Every word that begins so closes a channel; Slack adds new ones."""
SHUT = frozenset(said for said, meaning in VERDICTS.items() if meaning is _SHUT)
"""What says that a workspace's token is of no use now."""
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
UNSHOWABLE = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
"""Slack does not take the message as we built it; as plain text it may."""
UNEDITABLE = frozenset({"cant_update_message", "edit_window_closed", "message_not_found"})
"""https://docs.slack.dev/reference/methods/chat.update#errors"""

WAIT_UNSAID = timedelta(seconds=30)
WAIT_LEAST = timedelta(seconds=1)
WAIT_MOST = timedelta(days=3)
"""After that a message is given up, so a longer wait says nothing more."""

_WRONG_TOKEN = "Slack does not know the {token}: copy it again from https://api.slack.com/apps ({where})."  # noqa: S105 - no password
_GONE = "Slack says that the app was removed, or its {token} revoked: install it again ({where})."
MENDS = MappingProxyType(
    {
        "account_inactive": _GONE,
        "app_uninstalled": _GONE,
        "invalid_auth": _WRONG_TOKEN,
        "missing_scope": "Slack says that the {token} lacks a scope: compare with `planb slack-manifest` ({where}).",
        "not_allowed_token_type": "That is not the {token}, but another kind of Slack token ({where}).",
        "not_authed": _WRONG_TOKEN,
        "token_expired": _GONE,
        "token_revoked": _GONE,
    }
)
"""What a person can mend, with how."""

KINDS = MappingProxyType(
    {
        "bot token": "the one that starts with xoxb-, under OAuth & Permissions",
        "app token": "the one that starts with xapp-, under Basic Information, with connections:write",
    }
)
_TOO_MANY, _SERVER_ERROR, _FINE = 429, 500, 200
_WHOLE = re.compile(r"[0-9]{1,8}")


def word(error: BaseException | None) -> str:
    """Slack's own short word for the error; empty where it gave none that can be read."""
    data = getattr(getattr(error, "response", None), "data", None)
    said = data.get("error") if isinstance(data, dict) else None
    return said if isinstance(said, str) else ""


def verdict(error: BaseException) -> Verdict:
    """What a failed call means for the message that it carried."""
    if isinstance(error, SlackApiError):
        return _answered(error)
    # Nothing was sent where no connection came about; any later break may have come after Slack took the message.
    if isinstance(error, aiohttp.ClientConnectorError):
        return _UNREACHED
    return Verdict() if isinstance(error, aiohttp.InvalidURL) else _UNCLEAR


def describe(error: BaseException) -> str:
    """One short line without any of our text or Slack's body in it."""
    return word(error) or (
        f"HTTP {_status(error.response)}" if isinstance(error, SlackApiError) else type(error).__name__
    )


def mend(error: BaseException | None, token: str) -> SettingsError | None:
    """What the owner must change, if that is the reason. `token` is one of KINDS."""
    sentence = MENDS.get(word(error))
    return SettingsError(sentence.format(token=token, where=KINDS[token])) if sentence else None


def _answered(error: SlackApiError) -> Verdict:
    status, said = _status(error.response), word(error)
    if status == _TOO_MANY or said in RATE_LIMITED:
        # Slack does not say which of its limits was reached. A post's may be the channel's or the workspace's, an
        # edit's is the workspace's: the wider one, so that nothing is sent before its time.
        # https://docs.slack.dev/apis/web-api/rate-limits
        return Verdict(
            retry_after=_wait(error.response.headers.get("Retry-After", "")), limited=True, scope=Scope.WORKSPACE
        )
    if status >= _SERVER_ERROR or (status == _FINE and not said):
        return _UNCLEAR
    return VERDICTS.get(said) or (_CLOSED if said.startswith(_RESTRICTED) else Verdict())


def _status(response: Any) -> int:
    """slack_sdk hands over aiohttp's own answer where it could not read the body."""
    return int(response.status_code if hasattr(response, "status_code") else response.status)


def _wait(seconds: str) -> timedelta:
    """https://docs.slack.dev/apis/web-api/rate-limits: a whole number of seconds."""
    if not _WHOLE.fullmatch(seconds):
        return WAIT_UNSAID
    return min(max(timedelta(seconds=int(seconds)), WAIT_LEAST), WAIT_MOST)
