"""The marks' part of the store: who took or did which step of a playbook."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain.playbook import Mark
from bot.domain.subscription import Delivery, Target


class Marks(Protocol):
    """A list of marks is one playbook (`book`, as in `Playbook.wanted`) for one incident in one channel (`thread`).

    Every method may raise StoreAway.
    """

    async def marks(self, thread: str, book: str) -> Mapping[int, Mark]:
        """What is marked, by the number of the step."""
        ...

    async def mark(self, thread: str, book: str, mark: Mark) -> Mark:
        """Mark a step; return the mark that stands now.

        What somebody took stays theirs until it is done, by whoever does it; what is done stays so, unless the person
        who did it takes it again.
        """
        ...

    async def newest_told(self, target: Target, most: int) -> Sequence[tuple[int, Delivery]]:
        """The newest deliveries to a channel with their numbers, newest first."""
        ...
