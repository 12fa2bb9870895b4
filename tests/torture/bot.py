"""The bot itself, as a process that can be killed: `python -m tests.torture.bot JSON`. It is the product's own App."""

import asyncio
import io
import json
import os
import sys
from datetime import timedelta
from typing import Any

from rich.console import Console

from bot.app import App
from bot.core.pace import Pace
from bot.domain.continuity import Alternative, Plan
from bot.domain.role import Role
from bot.domain.subscription import Platform
from bot.jobs.deliver import Delivering
from bot.ports import Clock
from bot.prepare import Team, set_up_logs
from bot.settings import Settings
from tests.system.crash import Doomed, Quiet, counter
from tests.torture.witness import Witness
from tests.torture.world import catalogue


def build(told: dict[str, Any], clock: Clock | None = None) -> App:
    """`told`: settings, services as slugs and pages, `echo_window_s`; a `step` to die at.

    A `log` for the witness; `paced`: by the budgets of the platforms; `instead`: the team's tools for each service.
    """
    settings = Settings(_env_file=None, **told["settings"])
    set_up_logs(settings)
    tools = told.get("instead", {})
    plans = tuple(Plan(wanted=one, alternatives=tuple(map(_tool, slugs))) for one, slugs in tools.items())
    team = Team(catalogue=catalogue(told["services"]), plans=plans)
    app = App(settings, team, out=Console(file=io.StringIO()), clock=clock)
    add_chats, delivering = app.add_chats, app.delivering

    def adding(role: Role = Role.ALL) -> None:
        add_chats(role)
        if app.slack:
            # Slack's own repeats take minutes; the world's take seconds.
            app.slack._echo_window = timedelta(seconds=told["echo_window_s"])
        if told.get("step") is not None:
            count = counter(told["step"])
            app.store = Quiet(app.store, count)  # type: ignore[assignment] # stands before it
            app.chats = {platform: Doomed(chat, count) for platform, chat in app.chats.items()}
        if told.get("log"):
            app.store = Witness(app.store, told["log"])  # type: ignore[assignment] # stands before it

    def unpaced(platform: Platform) -> Delivering:
        work = delivering(platform)
        work.pace = Pace(budgets={})
        return work

    app.add_chats = adding  # type: ignore[method-assign] # for this test
    if not told.get("paced"):
        # The world of a kill loop takes all it gets, so that as much as possible is under way when a bot dies.
        app.delivering = unpaced  # type: ignore[method-assign] # for this test
    return app


def _tool(slug: str) -> Alternative:
    return Alternative(name=slug.upper(), service=slug)


async def main() -> None:
    await build(json.loads(sys.argv[1])).run(Role.WORKER)
    # As `planb run` ends: a hanging name lookup must not hold it.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
