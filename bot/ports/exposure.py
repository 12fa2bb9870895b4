"""What is remembered of a team's practice, for the question what it is exposed to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.change import Change
from bot.domain.subscription import Subscription, Target


class Practised(Protocol):
    """What a team follows, when it practised, and what its channels were told. Every method may raise StoreAway."""

    async def teams(self) -> Sequence[str]:
        """All teams that follow anything, in order."""
        ...

    async def followed_in(self, team: str) -> Sequence[Subscription]:
        """All active subscriptions of all channels of a team, in order of service."""
        ...

    async def last_drills(self, team: str) -> Mapping[str, datetime]:
        """When each service or part was last drilled to the end, in any channel of the team."""
        ...

    async def told(self, target: Target, most: int) -> Sequence[Change]:
        """The last change of each incident that a channel was told of, the newest first, of its newest messages."""
        ...
