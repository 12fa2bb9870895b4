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
    """Asks again after so many seconds of the loop, once for all who ask at the same time; with none of them each time.

    Remembers `most` answers.
    """

    ask: Callable[[K], Awaitable[V]]
    seconds: float = 0.0
    most: int = MOST
    _known: dict[K, tuple[float, V]] = field(default_factory=dict)
    _asking: dict[K, asyncio.Future[V]] = field(default_factory=dict)

    async def __call__(self, key: K) -> V:
        """The answer, at most so old. Raise what asking raises."""
        if not self.seconds:
            return await self.ask(key)
        while True:
            if key in self._known and self._now() - self._known[key][0] < self.seconds:
                return self._known[key][1]
            if key not in self._asking:
                return await self._anew(key)
            asked = self._asking[key]
            await asyncio.wait([asked])
            if not asked.cancelled():
                return asked.result()

    async def _anew(self, key: K) -> V:
        asked = self._asking[key] = asyncio.get_running_loop().create_future()
        now = self._now()
        try:
            answer = await self.ask(key)
        except Exception as error:
            asked.set_exception(error)
            asked.exception()  # looked at, though perhaps nobody waits for it
            raise
        else:
            asked.set_result(answer)
        finally:
            asked.cancel()  # where we were cancelled, somebody else asks
            del self._asking[key]
        if len(self._known) >= self.most:
            self._known.clear()
        self._known[key] = now, answer
        return answer

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
