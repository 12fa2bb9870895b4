"""`planb demo`: a real outage through the whole pipeline: loopback status pages, database, diff, route, cards."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.app import App
from bot.catalogue import load_catalogue
from bot.chat.console.app import HERE
from bot.chat.console.draw import draw, terminal
from bot.core.catalogue import Catalogue
from bot.domain.errors import SettingsError, UserError
from bot.domain.service import Service
from bot.domain.subscription import MaintenanceWish, Platform, Subscription, Target
from bot.prepare import Team, set_up_logs
from bot.replays import replay, replays
from bot.replays.model import Aside, Event, Page, Replay
from bot.replays.server import ReplayServer
from bot.replays.timeline import timeline
from bot.settings import Settings, read_settings

FIRST_CHOICE = "2024-12-26"
POLL_S = 0.4
"""The pages leap through their day; polling often keeps the cards close to their moment."""
BEAT_LEAST_S = 1.0
"""Of each moment: what no poll sees is never told, and an outage that is over at first sight is none."""
LAST_WORDS_S = 1.5


def demo(outage: str, speed: float, channel: str) -> None:
    """Play one outage, here or in a real channel."""
    out = terminal()
    if outage == "list":
        _list(out)
        return
    with tempfile.TemporaryDirectory(prefix="planb-demo-") as folder:
        settings = _settings(Path(folder), channel)
        set_up_logs(settings)
        asyncio.run(_play(_chosen(outage), speed, target_of(channel), settings, out))


def _list(out: Console) -> None:
    language = read_settings().planb_language
    for one in replays():
        out.print(f"[bold]{one.id}[/bold]  {one.title.words(language)}")
        out.print(Padding(Text(one.summary.words(language)), (0, 0, 0, 4)))


def _chosen(outage: str) -> Replay:
    try:
        return replay(outage or FIRST_CHOICE)
    except UserError as error:
        raise SettingsError(f"{error} `planb demo list` names them all.") from None


def _settings(folder: Path, channel: str) -> Settings:
    """The person's own settings, with a database of the demo's own, and no token unless a channel is asked for."""
    changed: dict[str, object] = {
        "database_url": f"sqlite:///{folder / 'demo.db'}",
        "poll_seconds": POLL_S,
        "port": None,
        "planb_group_seconds": 0.0,  # hours pass in a second here
        "log_level": "error",
        "planb_canary": "",
        "planb_ping_url": None,
        "planb_alarm": "",
    }
    if not channel:
        changed |= {"slack_bot_token": None, "planb_slack_client_id": "", "discord_token": None}
    return read_settings().model_copy(update=changed)


def target_of(channel: str) -> Target:
    """`slack:T0123:C0123`, `discord:<server>:<channel>`; nothing is the console. Raise SettingsError."""
    if not channel:
        return HERE
    platform, _, rest = channel.partition(":")
    workspace, _, name = rest.partition(":")
    if platform not in set(Platform) or not workspace or not name:
        raise SettingsError("--channel is slack:T0123:C0123 or discord:<server id>:<channel id>")
    return Target(platform=Platform(platform), workspace=workspace, channel=name)


async def _play(story: Replay, speed: float, target: Target, settings: Settings, out: Console) -> None:
    staged = _with_quiet_pages(story)
    server = ReplayServer(staged, speed=followed(staged, speed))
    async with server:
        team = Team(catalogue=_stage(server), plans=story.plans(settings.planb_language))
        app = App(settings, team, out=out)
        await app.prepare_store()
        if target is not HERE:
            app.add_chats()
        for slug in story.services:
            await app.store.subscribe(_follow(slug, target, settings), app.clock.now())
        _opening(story, settings, out)
        await asyncio.gather(app.work(), _narrate(server, app, settings, out))
        await _closing(app, out)
    await app.close()


def followed(story: Replay, speed: float) -> float:
    """The speed that is asked for, as far as the polls can follow."""
    return min(speed, timeline(story).beat / BEAT_LEAST_S)


def _with_quiet_pages(story: Replay) -> Replay:
    """The story with a page that reports no trouble for each alternative: a stand-in, and the demo says so."""
    known = load_catalogue()
    found = [known.find(one.service) for one in story.alternatives if one.service]
    quiet = {
        one.service.slug: Page(
            name=one.service.name, url=one.service.page, format="statuspage", components=_rows(one.service)
        )
        for one in found
        if one and one.service.slug not in story.pages
    }
    return replace(story, pages={**story.pages, **quiet})


def _rows(service: Service) -> tuple[str, ...]:
    """One for each part, so that the page says how each is."""
    rows = (part.components[0].replace("*", "").strip() for part in service.parts)
    return tuple(dict.fromkeys(rows)) or ("Website",)


def _stage(server: ReplayServer) -> Catalogue:
    """Only the services of the story: the demo asks nobody on the internet."""
    known = server.catalogue(load_catalogue())
    return Catalogue(tuple(service for service in known.services if service.slug in server.replay.pages))


def _follow(slug: str, target: Target, settings: Settings) -> Subscription:
    return Subscription(
        target=target, service=slug, maintenance=MaintenanceWish.START, language=settings.planb_language, owner="demo"
    )


def _opening(story: Replay, settings: Settings, out: Console) -> None:
    out.rule(f"[bold]{story.id}[/bold]")
    out.print(Text(story.summary.words(settings.planb_language)))
    out.print(Text(_STAGE[settings.planb_language], style="dim"))


async def _narrate(server: ReplayServer, app: App, settings: Settings, out: Console) -> None:
    """Say what happened beside the pages, as it happens; stop the bot a moment after the end."""
    said = 0
    while not server.over:
        told = server.told()
        for line in _asides(told[said:], settings):
            out.print(line)
        said = len(told)
        await asyncio.sleep(0.05)
    await asyncio.sleep(LAST_WORDS_S)
    app.stop()


def _asides(told: tuple[Event | Aside, ...], settings: Settings) -> Iterator[Text]:
    for item in told:
        if isinstance(item, Aside):
            about = "~" if item.approximate else ""
            yield Text(f"{about}{item.at:%H:%M} UTC  {item.told.words(settings.planb_language)}", style="dim italic")


async def _closing(app: App, out: Console) -> None:
    out.rule()
    language = app.settings.planb_language
    out.print(Text(_NEXT[language]))
    out.print(Text("$ planb ask status", style="cyan"))
    out.print(draw(await app.console.answer("status"), app.clock.now()))


_STAGE = {
    "en": (
        "The status pages are served on this machine, in the providers' real format of the day; hours are skipped. "
        "The alternatives' own pages are stand-ins that report no trouble."
    ),
    "fr": (
        "Les pages d’état sont servies sur cette machine, dans le format d’origine ; les heures creuses sont sautées. "
        "Les pages des alternatives sont des doublures sans incident."
    ),
}
_NEXT = {
    "en": "That was the whole pipeline. Next: `planb run`, then type /outage subscribe chatgpt. Or ask at any time:",
    "fr": "C’était toute la chaîne. Ensuite : `planb run`, puis /outage subscribe chatgpt. Ou demander à tout moment :",
}
