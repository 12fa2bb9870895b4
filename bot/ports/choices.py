"""What teams chose to use instead of what: a part of the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.continuity import Plan


class Choices(Protocol):
    """What teams chose in their chats. Every method may raise StoreAway."""

    async def choices_of(self, team: str) -> Sequence[Plan]:
        """The lists of one team, in order of what they are for."""
        ...

    async def all_choices(self) -> Mapping[str, Sequence[Plan]]:
        """The lists of all teams: for the pipeline, never for a person."""
        ...

    async def choosers(self) -> frozenset[str]:
        """The teams that have a list or tried a tool: for the pipeline, never for a person."""
        ...

    async def put_choice(self, team: str, plan: Plan, by: str, at: datetime) -> None:
        """Keep a team's list in the place of the one it had for the same."""
        ...

    async def drop_choice(self, team: str, wanted: str) -> bool:
        """What the file or the catalogue says counts again. False where there was no list."""
        ...
