"""What installing by OAuth needs: tokens at rest, and questions that may be answered once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.install import Install
from bot.domain.subscription import Platform


class Safe(Protocol):
    """Keeps secrets that are stored. `label` says whose one is; under another label it does not open."""

    def seal(self, secret: str, label: str) -> str:
        """As it may be stored."""
        ...

    def open(self, sealed: str, label: str) -> str:
        """The secret. Raise SealBroken."""
        ...


class Installs(Protocol):
    """The workspaces that installed the app. Every method may raise StoreAway."""

    async def put_install(self, install: Install) -> None:
        """Keep it; an earlier one of the same workspace is replaced."""
        ...

    async def install(self, platform: Platform, workspace: str) -> Install | None:
        """That workspace's, or None."""
        ...

    async def installs(self) -> Sequence[Install]:
        """All of them, in order."""
        ...

    async def drop_install(self, platform: Platform, workspace: str, before: datetime) -> bool:
        """Erase it, unless it is newer than that; False where there is none so old."""
        ...

    async def reseal(self, renewed: Sequence[tuple[Install, str]]) -> int:
        """Store each token as newly sealed, unless it was replaced meanwhile. How many were stored."""
        ...


class Tickets(Protocol):
    """Questions that may be answered once, by a digest. Every method may raise StoreAway."""

    async def issue(self, digest: str, until: datetime, now: datetime) -> None:
        """It may be redeemed until then. Those whose time is over are forgotten."""
        ...

    async def redeem(self, digest: str, now: datetime) -> bool:
        """Whether it was good. Of all who ask at the same time, one is told yes."""
        ...


class Tenants(Installs, Tickets, Protocol):
    """All that is remembered of a workspace as a whole."""

    async def forget_workspace(self, platform: Platform, workspace: str, now: datetime) -> int:
        """The team threw us out: erase its subscriptions and pages, send it nothing more. Return how many it had."""
        ...
