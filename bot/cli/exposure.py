"""`planb exposure`: what each team has no plan B for, from what the running bot has stored."""

import asyncio
import json as jsons
from collections.abc import Mapping
from dataclasses import asdict

from rich.console import Console

from bot.app import App
from bot.chat.console.draw import draw, terminal
from bot.cli.exits import EX_UNAVAILABLE, fail
from bot.commands.exposure import exposure_of
from bot.commands.office import Office
from bot.core.render_exposure import exposed
from bot.domain.errors import StoreAway
from bot.domain.exposure import Exposure
from bot.prepare import read_files
from bot.settings import read_settings

HERE = "console:local"
"""The team of a terminal: what the file says counts though nobody follows anything."""


def exposure(team: str, *, json: bool) -> None:
    """Print it for one team (`slack:T0123`), or for each that follows anything."""
    settings = read_settings()
    app = App(settings, read_files(settings))
    try:
        found = asyncio.run(_exposures(app, team))
    except StoreAway as error:
        fail(str(error), EX_UNAVAILABLE)
    if json:
        print(jsons.dumps([{"team": one, **asdict(each)} for one, each in found.items()], ensure_ascii=False, indent=2))
    else:
        _show(found, app, terminal())


async def _exposures(app: App, team: str) -> Mapping[str, Exposure]:
    try:
        await app.prepare_store()
        teams = [team] if team else await app.store.teams() or [HERE]
        return {one: await exposure_of(one, await _office_of(app, one)) for one in teams}
    finally:
        await app.close()


async def _office_of(app: App, team: str) -> Office:
    """The office as the team sees it."""
    return await app.office().of(team)


def _show(found: Mapping[str, Exposure], app: App, out: Console) -> None:
    words = app.words[app.settings.planb_language]
    for team, each in found.items():
        if len(found) > 1:
            out.print(team, style="bold", markup=False, highlight=False)
        out.print(draw(exposed(each, words), app.clock.now()))
