"""The bot with a death in store: `python -m tests.system.crash` dies at the n-th step, without a word.

The steps are the ports' own methods, each before it begins and after it is done, so that nothing in the program itself
knows of it. Arguments come as one JSON object on the command line; `step` 0 never dies.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from bot.app import App
from bot.core.catalogue import Catalogue
from bot.prepare import Team, read_files
from bot.settings import Settings

ECHO_WINDOW = timedelta(seconds=8)
"""Slack's own repeats take minutes, this front's a tenth of a second; a process on a busy machine some to come back."""
STEPS = frozenset({"claim_feeds", "save_polls", "claim_due", "deliver", "sent", "failed", "settle"})


class Doomed:
    """Stands before a port's implementation and counts the steps."""

    def __init__(self, real: Any, count: Callable[[], None]) -> None:
        self._real = real
        self._count = count

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name not in STEPS:
            return real

        async def stepping(*arguments: Any, **named: Any) -> Any:
            self._count()
            result = await real(*arguments, **named)
            self._count()
            return result

        return stepping


def counter(step: int) -> Callable[[], None]:
    """Dies at the step of that number."""
    left = [step]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            os._exit(137)

    return count


async def main(settings: Settings, only: list[str], step: int, out: TextIO) -> None:
    team = read_files(settings)
    services = tuple(service for service in team.catalogue.services if service.slug in only)
    app = App(settings, Team(catalogue=Catalogue(services), plans=team.plans), out=Console(file=out, width=88))
    app.add_chats()
    assert app.slack
    app.slack._echo_window = ECHO_WINDOW
    count = counter(step)
    # Only what moves the pipeline is counted: ticks that find nothing to do would make the steps depend on the time.
    app.store = Quiet(app.store, count)  # type: ignore[assignment] # stands before it
    app.chats = {platform: Doomed(chat, count) for platform, chat in app.chats.items()}
    app._stop_on_signals()
    await app.prepare_store()
    await app.work()
    await app.close()


class Quiet(Doomed):
    """A store whose empty answers are no steps."""

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name not in {"claim_feeds", "claim_due", "save_polls"}:
            return super().__getattr__(name)

        async def stepping(*arguments: Any, **named: Any) -> Any:
            moving = name == "save_polls" and any(outcome.snapshot for outcome in arguments[0])
            if moving:
                self._count()
            result = await real(*arguments, **named)
            if moving or (name == "claim_due" and result):
                self._count()
            return result

        return stepping


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    with Path(told["out"]).open("a", encoding="utf-8") as out:
        asyncio.run(main(Settings(_env_file=None, **told["settings"]), told["only"], told["step"], out))
