"""One call of Slack's Web API, made once: nothing here tries again."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.errors import describe, verdict
from bot.domain.errors import SendError

API_URL = "https://slack.com/api/"
CALL_SECONDS = 10

Call = Callable[..., Awaitable[Any]]
FAILURES = (SlackClientError, aiohttp.ClientError, OSError, ValueError, AttributeError)
"""What slack_sdk lets through: it reads answers without looking at their shape."""


def client(api_url: str, token: str | None = None) -> AsyncWebClient:
    """No retry handlers: the outbox is the only retrier.

    slack_sdk's default one repeats a post whose connection broke, and so can show it twice.
    """
    return AsyncWebClient(token, base_url=api_url, timeout=CALL_SECONDS, retry_handlers=[])


async def call(method: Call, *given: Any, **arguments: Any) -> Mapping[str, Any]:
    """Slack's answer. Raise SendError, with what Slack said as its cause."""
    try:
        answer = await method(*given, **arguments)
    except FAILURES as error:
        raise SendError(f"slack: {describe(error)}", verdict(error)) from error
    data: Mapping[str, Any] = answer.data
    return data
