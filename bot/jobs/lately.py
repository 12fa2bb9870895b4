"""lately: what was asked a moment ago. An incident in thousands of channels asks the same of the database for each."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST = 1000


@dataclass(slots=True)
class Lately(Generic[K, V]):
    """Asks again after so many seconds of the loop; with none of them each time."""

    ask: Callable[[K], Awaitable[V]]
    seconds: float = 0.0
    _known: dict[K, tuple[float, V]] = field(default_factory=dict)

    async def __call__(self, key: K) -> V:
        """The answer, at most so old. Raise what asking raises."""
        now = asyncio.get_running_loop().time()
        if key in self._known:
            at, known = self._known[key]
            if now - at < self.seconds:
                return known
        if len(self._known) >= MOST:
            self._known.clear()
        answer = await self.ask(key)
        self._known[key] = now, answer
        return answer
