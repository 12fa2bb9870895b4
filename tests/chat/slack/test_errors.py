"""Every row of the table of errors."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.slack.errors import MENDS, UNSHOWABLE, VERDICTS, describe, mend, verdict, word
from bot.chat.slack.errors import SHUT as SHUTTING
from bot.domain.errors import Scope, Verdict

CLOSED, UNCLEAR, LATER = Verdict(permanent=True, scope=Scope.CHANNEL), Verdict(ambiguous=True), Verdict()
UNFIT = Verdict(hopeless=True)
BUSY = Verdict(retry_after=timedelta(minutes=1), scope=Scope.WORKSPACE)
SHUT = Verdict(retry_after=timedelta(minutes=10), scope=Scope.WORKSPACE)


def refused(error: str, status: int = 200, **headers: str) -> SlackApiError:
    return answered({"ok": False, "error": error}, status, **headers)


def answered(data: Any, status: int = 200, **headers: str) -> SlackApiError:
    response = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="chat.postMessage",
        req_args={},
        data=data,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        status_code=status,
    )
    return SlackApiError("no", response)  # type: ignore[no-untyped-call] # as slack_sdk has it


ROWS = {
    "account_inactive": SHUT,
    "app_uninstalled": SHUT,
    "invalid_auth": SHUT,
    "not_authed": SHUT,
    "team_access_not_granted": SHUT,
    "token_expired": SHUT,
    "token_revoked": SHUT,
    "message_limit_exceeded": BUSY,
    "org_login_required": BUSY,
    "team_added_to_org": BUSY,
    "channel_not_found": CLOSED,
    "ekm_access_denied": CLOSED,
    "is_archived": CLOSED,
    "not_in_channel": CLOSED,
    "restricted_action": CLOSED,
    "restricted_action_non_threadable_channel": CLOSED,
    "restricted_action_read_only_channel": CLOSED,
    "restricted_action_thread_locked": CLOSED,
    "restricted_action_thread_only_channel": CLOSED,
    "restricted_action_of_next_year": CLOSED,
    "cannot_dm_bot": CLOSED,
    "messages_tab_disabled": CLOSED,
    "user_disabled": CLOSED,
    "user_not_found": CLOSED,
    "fatal_error": UNCLEAR,
    "internal_error": UNCLEAR,
    "request_timeout": UNCLEAR,
    "service_unavailable": UNCLEAR,
    "msg_too_long": UNFIT,
    "msg_blocks_too_long": UNFIT,
    "invalid_blocks": UNFIT,
    "invalid_blocks_format": UNFIT,
    "no_text": UNFIT,
    "invalid_metadata_format": UNFIT,
    "invalid_metadata_schema": UNFIT,
    "metadata_too_large": UNFIT,
    "missing_scope": LATER,
    "a_word_of_next_year": LATER,
}


@pytest.mark.parametrize(("error", "meaning"), ROWS.items())
def test_every_word_of_slack_has_one_meaning(error: str, meaning: Verdict) -> None:
    assert verdict(refused(error)) == meaning


def test_a_token_of_no_use_shuts_its_workspace_and_nothing_else_does() -> None:
    assert {said for said, meaning in ROWS.items() if meaning == SHUT} == SHUTTING


def test_what_cannot_be_shown_is_tried_as_plain_text_and_then_given_up() -> None:
    assert {ROWS[said] for said in UNSHOWABLE} == {UNFIT}


def test_no_row_of_the_table_is_untested() -> None:
    assert set(VERDICTS) <= set(ROWS)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (refused("ratelimited", 429, Retry_After="37"), 37),
        (refused("rate_limited", 200, Retry_After="5"), 5),
        (answered("", 429, Retry_After="2"), 2),
        (refused("ratelimited", 429), 30),
        (refused("ratelimited", 429, Retry_After="soon"), 30),
        (refused("ratelimited", 429, Retry_After="-4"), 30),
        (refused("ratelimited", 429, Retry_After="0"), 1),
        (refused("ratelimited", 429, Retry_After="7201"), 7201),
        (refused("ratelimited", 429, Retry_After="99999999"), 3 * 86400),
        (refused("ratelimited", 429, Retry_After="9" * 500), 30),
    ],
)
def test_a_rate_limit_says_when_to_come_back(error: SlackApiError, seconds: int) -> None:
    assert verdict(error) == Verdict(retry_after=timedelta(seconds=seconds), limited=True, scope=Scope.WORKSPACE)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (answered({}, 500), UNCLEAR),
        (answered("<h1>", 503), UNCLEAR),
        (refused("channel_not_found", 502), UNCLEAR),
        (answered({"ok": False}), UNCLEAR),
        (answered({"ok": False, "error": 7}), UNCLEAR),
        (answered({}, 403), LATER),
        (TimeoutError(), UNCLEAR),
        (ConnectionResetError(), UNCLEAR),
        (aiohttp.ServerDisconnectedError(), UNCLEAR),
        (aiohttp.ClientOSError(), UNCLEAR),
        (aiohttp.ClientPayloadError(), UNCLEAR),
        (AttributeError("a list where an object should be"), UNCLEAR),
        (aiohttp.InvalidURL("x"), LATER),
    ],
)
def test_what_may_have_happened_is_ambiguous(error: Exception, meaning: Verdict) -> None:
    assert verdict(error) == meaning


def test_it_tells_an_error_in_one_short_line() -> None:
    assert describe(refused("is_archived")) == "is_archived"
    assert describe(answered("<h1>oops</h1>", 503)) == "HTTP 503"
    assert describe(TimeoutError("secret")) == "TimeoutError"


def test_it_knows_a_word_only_where_there_is_one() -> None:
    assert word(None) == word(TimeoutError()) == word(answered("text")) == ""


@pytest.mark.parametrize("error", MENDS)
@pytest.mark.parametrize("token", ["bot token", "app token"])
def test_what_a_person_can_mend_is_one_line_with_the_token_and_where_to_find_it(error: str, token: str) -> None:
    line = str(mend(refused(error), token))

    assert token in line
    assert ("xoxb-" in line) is (token == "bot token")
    assert "\n" not in line
    assert "{" not in line


def test_what_nobody_can_mend_has_no_such_line() -> None:
    assert mend(refused("ratelimited", 429), "bot token") is None
