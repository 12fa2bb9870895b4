"""Who may change what a channel is told."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.chat.slack.calls import call
from bot.chat.slack.errors import word
from bot.chat.slack.workspaces import Workspaces
from bot.domain.errors import SendError, StoreAway
from bot.ports import Clock

KEPT = timedelta(minutes=10)
ASK_SECONDS = 2.5


class Admins:
    """Those named in the settings, and the workspace's own admins and owners, asked of Slack and kept for a while.

    A name `U0123` is a person of the workspace that the bot token is of, `T0123:U0123` one of another: ids of people
    are unique in their workspace only.
    """

    def __init__(self, *, workspaces: Workspaces, named: frozenset[str], clock: Clock) -> None:
        self._workspaces = workspaces
        self._named = named
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[datetime, bool]] = {}
        self._log = logging.getLogger(__name__)

    async def may_manage(self, user: str, workspace: str) -> bool:
        """Never raises: where Slack cannot tell, the answer is no."""
        if await self._is_named(user, workspace):
            return True
        now = self._clock.now()
        self._known = {key: known for key, known in self._known.items() if known[0] > now}
        if (workspace, user) not in self._known:
            answer = await self._ask(user, workspace)
            if answer is None:
                return False
            self._known[workspace, user] = (now + KEPT, answer)
        return self._known[workspace, user][1]

    async def _is_named(self, user: str, workspace: str) -> bool:
        if f"{workspace}:{user}" in self._named:
            return True
        try:
            return user in self._named and await self._workspaces.is_home(workspace)
        except SendError as error:
            self._log.warning("Slack does not say which workspace is ours: %s", error)
            return False

    async def _ask(self, user: str, workspace: str) -> bool | None:
        """None where Slack gives no answer now, so that the next command asks again."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                client = await self._workspaces.client(workspace)
                answer = await call(client.users_info, user=user)
                if not _is_admin(answer.get("user") or {}, workspace):
                    return False
                # The request says where the person is from: in a shared channel, perhaps another company.
                return await self._workspaces.has_token_of(workspace)
        except (SendError, StoreAway, TimeoutError) as error:
            self._log.warning("Slack does not say whether a person is an admin: %s", str(error) or "in time")
            return False if word(error.__cause__) == "missing_scope" else None


def _is_admin(person: Mapping[str, Any], workspace: str) -> bool:
    """In a shared channel, an admin of the other company is a guest here.

    https://docs.slack.dev/reference/objects/user-object
    """
    at_home = person.get("team_id", workspace) == workspace and not person.get("is_stranger")
    return at_home and bool(person.get("is_admin") or person.get("is_owner"))
