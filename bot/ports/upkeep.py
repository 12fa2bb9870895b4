"""What keeps many processes and much history in order."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.subscription import GivenUp


class Ledger(Protocol):
    """What became of deliveries. Every method may raise StoreAway."""

    async def given_up(self, most: int) -> Sequence[GivenUp]:
        """The newest that were given up."""
        ...

    async def unfinished(self) -> int:
        """How many are promised and not yet at their end."""
        ...

    async def try_again(self, ids: Sequence[int], now: datetime) -> int:
        """Those of these that were given up are due now, as if they had just been promised. How many."""
        ...

    async def begin_anew(self, now: datetime) -> int:
        """After an older copy of the database was put back: look at every page as if for the first time."""
        ...

    async def prune(
        self, *, deliveries: datetime, threads: datetime, echoes: datetime, now: datetime, most: int
    ) -> int:
        """Forget what ended before these moments, at most so many rows of each kind. How many went."""
        ...


class Leases(Protocol):
    """What one process does for all. Every method may raise StoreAway."""

    async def hold(self, name: str, owner: str, now: datetime, lease: timedelta) -> int | None:
        """Take it or keep it, for so long; its fencing number, or None while another holds it."""
        ...

    async def let_go(self, name: str, owner: str, now: datetime) -> None:
        """Another may have it at once. Nothing happens where it is no longer ours."""
        ...
