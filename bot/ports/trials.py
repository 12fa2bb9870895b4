"""When a team's tools were last tried."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class Trials(Protocol):
    """Every method may raise StoreAway."""

    async def put_trial(self, team: str, tool: str, by: str, at: datetime) -> None:
        """Somebody of the team tried the tool; an older trial never takes the place of a newer one."""
        ...

    async def trials_of(self, team: str) -> Mapping[str, datetime]:
        """When each tool of the team was last tried."""
        ...
