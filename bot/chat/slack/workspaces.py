"""Which token speaks in which workspace."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.calls import call, client
from bot.chat.slack.errors import SHUT, word
from bot.chat.slack.manifest import UNINSTALLED
from bot.domain.errors import Scope, SealBroken, SendError, Verdict
from bot.domain.subscription import Platform
from bot.ports import Clock, Safe, Tenants

KEPT = timedelta(seconds=30)
"""So long a token is used without asking the store: another process may have erased or replaced it."""
REST = timedelta(minutes=10)
"""A workspace whose token is of no use is tried so often."""

A_SECOND = timedelta(seconds=1)
"""Slack tells when an event happened to the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    client: AsyncWebClient
    until: datetime


class Workspaces:
    """Clients by workspace. `bot_token` is that of one workspace; the others' are in `store`, sealed by `safe`.

    Without a `safe` there is that one workspace, and everything is taken to be about it.
    """

    def __init__(
        self,
        *,
        api_url: str,
        clock: Clock,
        bot_token: str | None = None,
        store: Tenants | None = None,
        safe: Safe | None = None,
    ) -> None:
        self.anybody = client(api_url)
        self.own = client(api_url, bot_token) if bot_token else None
        self._session: aiohttp.ClientSession | None = None
        self._api_url = api_url
        self._clock = clock
        self._tenants = store
        self._store = store if safe else None
        self._safe = safe
        self._home: str | None = None
        self._asking = asyncio.Lock()
        self._known: dict[str, _Known] = {}
        self._shut: dict[str, tuple[str | None, datetime, str]] = {}
        self._log = logging.getLogger(__name__)

    async def client(self, workspace: str) -> AsyncWebClient:
        """Who speaks there. Raise SendError where nobody can, StoreAway."""
        found = await self._installed(workspace) or await self._own_of(workspace)
        if found is None:
            raise _silent(f"Plan B is not installed in workspace {workspace}", REST)
        token, until, reason = self._shut.get(workspace, (None, self._clock.now(), ""))
        left = until - self._clock.now()
        if token == found.token and left > timedelta(0):
            raise _silent(reason, left)
        found.session = self._session
        return found

    def share(self, session: aiohttp.ClientSession | None) -> None:
        """All clients use these connections from now on; without, each call its own."""
        self._session = session
        for one in (self.anybody, self.own, *(known.client for known in self._known.values())):
            if one:
                one.session = session

    async def summary(self) -> str:
        """How many workspaces there are. Raise StoreAway."""
        found = await self._tenants.installs() if self._tenants else ()
        return f"{len(found)} workspaces installed by OAuth"

    async def home(self) -> str:
        """The workspace of the bot token. Raise SendError."""
        if self.own is None:
            return ""
        async with self._asking:
            if self._home is None:
                self._home = str((await call(self.own.auth_test)).get("team_id", ""))
        return self._home

    async def is_home(self, workspace: str) -> bool:
        """Whether it is the one that the settings are about. Raise SendError."""
        return self._store is None or (self.own is not None and await self.home() == workspace)

    async def has_token_of(self, workspace: str) -> bool:
        """Whether the client for that workspace is really of it. Raise SendError."""
        return self._store is not None or await self.home() == workspace

    def heed(self, workspace: str, speaker: AsyncWebClient, error: SendError) -> None:
        """A token that is of no use shuts its workspace, and no other, until there is a new one or a while is over."""
        if word(error.__cause__) in SHUT:
            self._known.pop(workspace, None)
            self._shut[workspace] = (speaker.token, self._clock.now() + REST, str(error))
            self._log.error("Nothing is sent to workspace %s for now: %s", workspace, error)

    async def farewell(self, what: str, workspace: str, at: datetime) -> None:
        """The workspace removed the app: erase its token and all that its channels follow. Raise StoreAway.

        Not where it installed the app again since. The one workspace of the bot token loses what its channels follow
        only when the app itself is gone: a token that leaked is revoked and replaced by hand.
        """
        self.forget(workspace)
        if self._tenants is None:
            return
        installed, before = await self._tenants.install(Platform.SLACK, workspace), at + A_SECOND
        stays = installed.installed_at > before if installed else what != UNINSTALLED
        if stays:
            return
        gone = await self._tenants.forget_workspace(Platform.SLACK, workspace, self._clock.now())
        await self._tenants.drop_install(Platform.SLACK, workspace, before)
        self._log.warning("Workspace %s removed the app (%s): %d subscriptions erased", workspace, what, gone)

    def forget(self, workspace: str) -> None:
        """Its token was erased or replaced."""
        self._known.pop(workspace, None)
        self._shut.pop(workspace, None)

    async def _installed(self, workspace: str) -> AsyncWebClient | None:
        known, now = self._known.get(workspace), self._clock.now()
        if known and known.until > now:
            return known.client
        found = await self._opened(workspace)
        if found:
            self._known[workspace] = _Known(client=found, until=now + KEPT)
        return found

    async def _opened(self, workspace: str) -> AsyncWebClient | None:
        install = await self._store.install(Platform.SLACK, workspace) if self._store else None
        if install is None or self._safe is None:
            return None
        try:
            return client(self._api_url, self._safe.open(install.sealed, install.label))
        except SealBroken as error:
            raise _silent(str(error), REST) from error

    async def _own_of(self, workspace: str) -> AsyncWebClient | None:
        return self.own if self.own and await self.is_home(workspace) else None


def _silent(reason: str, wait: timedelta) -> SendError:
    text = reason if reason.startswith("slack: ") else f"slack: {reason}"
    return SendError(text, Verdict(retry_after=wait, scope=Scope.WORKSPACE))
