"""Notes that come in numbers."""

from collections.abc import Mapping
from typing import Protocol


class NoteList(Protocol):
    """All notes of a kind. Every method may raise StoreAway."""

    async def notes(self, prefix: str) -> Mapping[str, str]:
        """All values whose names begin so, by the rest of their names."""
        ...

    async def drop_note(self, name: str) -> None:
        """Forget."""
        ...
