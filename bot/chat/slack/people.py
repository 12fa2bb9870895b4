"""Who may change what a channel is told."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.errors import describe, word
from bot.ports import Clock

KEPT = timedelta(minutes=10)
ASK_SECONDS = 2.5


class Admins:
    """Those named in the settings, and the workspace's own admins and owners, asked of Slack and kept for a while."""

    def __init__(self, *, client: AsyncWebClient, named: frozenset[str], clock: Clock) -> None:
        self._client = client
        self._named = named
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[datetime, bool]] = {}
        self._log = logging.getLogger(__name__)

    async def may_manage(self, user: str, workspace: str) -> bool:
        """Never raises: where Slack cannot tell, the answer is no."""
        if user in self._named:
            return True
        now = self._clock.now()
        self._known = {key: known for key, known in self._known.items() if known[0] > now}
        if (workspace, user) not in self._known:
            answer = await self._ask(user, workspace)
            if answer is None:
                return False
            self._known[workspace, user] = (now + KEPT, answer)
        return self._known[workspace, user][1]

    async def _ask(self, user: str, workspace: str) -> bool | None:
        """None where Slack gives no answer now, so that the next command asks again."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                answer = await self._client.users_info(user=user)
        except (SlackClientError, aiohttp.ClientError, OSError, ValueError, AttributeError) as error:
            self._log.warning("Slack does not say whether a person is an admin: %s", describe(error))
            return False if word(error) == "missing_scope" else None
        return _is_admin(answer.get("user") or {}, workspace)


def _is_admin(person: Mapping[str, Any], workspace: str) -> bool:
    """In a shared channel, an admin of the other company is a guest here.

    https://docs.slack.dev/reference/objects/user-object
    """
    at_home = person.get("team_id", workspace) == workspace and not person.get("is_stranger")
    return at_home and bool(person.get("is_admin") or person.get("is_owner"))
