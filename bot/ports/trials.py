"""When tools were tried: a part of the store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class Trials(Protocol):
    """When somebody of a team last tried a tool. Every method may raise StoreAway."""

    async def note_trial(self, team: str, tool: str, by: str, at: datetime) -> None:
        """Somebody of the team tried the tool."""
        ...

    async def trials_of(self, team: str) -> Mapping[str, datetime]:
        """When each tool of a team was last tried, by the name it was called."""
        ...

    async def all_trials(self) -> Mapping[str, Mapping[str, datetime]]:
        """Those of all teams: for the pipeline, never for a person."""
        ...
