"""An answer in time, whatever the database does."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Within:
    """Waits for so many seconds. What takes longer is cancelled and not waited for: a driver may be slow to notice."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._late: set[asyncio.Task[Any]] = set()

    async def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work comes to. Raise TimeoutError, or what it raises."""
        task = asyncio.create_task(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=self.seconds)
        except asyncio.CancelledError:
            # A driver that is cancelled while it connects loses the connection: let it come to its end.
            await asyncio.wait({task}, timeout=self.seconds)
            self._give_up(task)
            raise
        if done:
            return task.result()
        self._give_up(task)
        raise TimeoutError(f"no answer within {self.seconds:g} s")

    def _give_up(self, task: asyncio.Task[Any]) -> None:
        self._late.add(task)
        task.add_done_callback(self._ended)
        task.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()  # seen: nobody waits for it any more
