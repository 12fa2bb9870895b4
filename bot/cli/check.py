"""`planb check`: what works, what does not, how to mend it. Sends nothing to any channel."""

import asyncio
import json as jsons
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date

from rich.console import Console
from rich.table import Column, Table

from bot.app import App
from bot.clock import SystemClock
from bot.core.catalogue import Catalogue, Found
from bot.core.overview import feeds_of
from bot.core.ranking import is_to_come
from bot.core.standing import see
from bot.domain.errors import PlanBError, SendError, SettingsError, StoreAway
from bot.domain.polling import FeedState
from bot.domain.status import Freshness
from bot.faults import alike
from bot.prepare import Team, read_files
from bot.settings import Settings, read_settings
from bot.vault import ShutVault, open_vault

_A_SLIP = 0.8
"""How alike a name must be to one of ours to be taken for a slip: `azur`, and no other cloud of any name."""
NOTHING_YET = Team(catalogue=Catalogue(()), plans=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. `ok` None: not set up, and that is no fault."""

    what: str
    ok: bool | None
    says: str
    mend: str = ""


def check(*, json: bool) -> None:
    """Print the findings; exit status 1 when something needs mending."""
    findings = asyncio.run(_all())
    if json:
        print(jsons.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        _show(findings)
    if any(finding.ok is False for finding in findings):
        raise SystemExit(1)


async def _all() -> list[Finding]:
    try:
        settings = read_settings()
    except SettingsError as error:
        return [Finding(what="settings", ok=False, says=str(error), mend="mend the variable or .env")]
    files, finding = _files(settings)
    findings = [Finding(what="settings", ok=True, says="understood"), finding]
    try:
        app = App(settings, files or NOTHING_YET)
    except SettingsError as error:
        return [*findings, Finding(what="database", ok=False, says=str(error), mend="mend DATABASE_URL")]
    app.add_chats()
    try:
        findings += [finding async for finding in _database(app)]
        findings += [await _slack(app), await _discord(app), _web(settings)]
        if settings.installs_from_slack:
            findings.append(await _installs(app))
    finally:
        await app.close()
    return findings


def _files(settings: Settings) -> tuple[Team | None, Finding]:
    try:
        team = read_files(settings)
    except SettingsError as error:
        return None, Finding(
            what="planb.toml",
            ok=False,
            says=str(error),
            mend="mend it; what runs uses the version before, what starts now would not start",
        )
    if not team.plans:
        hint = "name your alternatives in planb.toml, so that cards say what to use instead"
        return team, Finding(what="planb.toml", ok=None, says="no alternatives are named", mend=hint)
    says = "; ".join((f"lists of alternatives: {len(team.plans)}", *_doubts(team, SystemClock().now().date())))
    return team, Finding(what="planb.toml", ok=True, says=says)


def _doubts(team: Team, today: date) -> Iterator[str]:
    """What may be meant so, and may be a slip: it is used as it stands."""
    tools = [one for plan in team.plans for one in plan.alternatives]
    known = [service.slug for service in team.catalogue.services]
    for name in dict.fromkeys(name for one in tools for name in one.upstreams if not team.catalogue.find(name)):
        yield f"no page tells how the upstream {name!r} is{alike(name, known, least=_A_SLIP)}"
    for one in tools:
        if one.tested and is_to_come(one.tested, today):
            yield f"{one.name}: tested = {one.tested} is a day to come, and counts as never"


async def _database(app: App) -> AsyncIterator[Finding]:
    kind = app.url.get_backend_name()
    try:
        await app.prepare_store()
    except StoreAway as error:
        yield Finding(
            what="database", ok=False, says=str(error), mend="see that it runs and that DATABASE_URL is right"
        )
        return
    if app.settings.dyno and kind == "sqlite":
        yield Finding(what="database", ok=False, says="SQLite on a disk that is wiped daily", mend="add Postgres")
    else:
        yield Finding(what="database", ok=True, says=kind)
    yield await _channels(app)
    yield await _feeds(app)


async def _channels(app: App) -> Finding:
    followed = [slug for slug in await app.store.subscribed_services() if not app.library.hides(slug)]
    if not followed:
        return Finding(what="channels", ok=None, says="none follows anything", mend="type /outage subscribe chatgpt")
    return Finding(what="channels", ok=True, says=f"{len(followed)} tools are followed")


async def _feeds(app: App) -> Finding:
    feeds = feeds_of(Found(service=service) for service in app.team.catalogue.services)
    states = await app.store.states(feeds)
    if not any(state.read_at for state in states.values()):
        return Finding(what="feeds", ok=None, says=f"none of {len(feeds)} was read yet", mend="start `planb run`")
    blind = [feed for feed in feeds if feed not in states or not _fresh(states[feed], app)]
    says = f"{len(feeds) - len(blind)} of {len(feeds)} are fresh"
    if not blind:
        return Finding(what="feeds", ok=True, says=says)
    worst = ", ".join(
        f"{feed}: {states[feed].trouble_text or 'not read lately'}" for feed in blind[:5] if feed in states
    )
    return Finding(
        what="feeds",
        ok=False,
        says=f"{says}; {worst}",
        mend="`planb check --feeds` lists them all; `planb feed URL` tells what a page answers",
    )


def _fresh(state: FeedState, app: App) -> bool:
    sight = see(
        read_at=state.read_at,
        trouble=state.trouble,
        trouble_text=state.trouble_text,
        interval=state.interval,
        now=app.clock.now(),
    )
    return sight.freshness is Freshness.FRESH


async def _slack(app: App) -> Finding:
    settings = app.settings
    if app.slack is None:
        return Finding(what="slack", ok=None, says="not set up", mend="`planb slack-manifest`, then SLACK_BOT_TOKEN")
    finding = await _asked("slack", app.slack.check, "see docs/slack.md")
    if finding.ok and not (settings.slack_app_token or settings.slack_signing_secret):
        mend = "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode)"
        return Finding(what="slack", ok=False, says=f"{finding.says}; posts work, commands do not", mend=mend)
    return finding


async def _installs(app: App) -> Finding:
    """The workspaces that installed by OAuth, and whether the keys open their tokens."""
    vault = open_vault(app.settings.keys)
    if isinstance(vault, ShutVault):
        return Finding(what="installs", ok=False, says=vault.reason, mend="set PLANB_KEYS to the keys of before")
    try:
        found = await app.store.installs()
    except StoreAway as error:
        return Finding(what="installs", ok=False, says=str(error), mend="see the database above")
    broken = [one.workspace for one in found if not vault.opens(one)]
    if broken:
        says = f"no key opens the tokens of {len(broken)} workspaces: {', '.join(broken[:5])}"
        return Finding(what="installs", ok=False, says=says, mend="add the lost key to PLANB_KEYS, or install again")
    if not app.settings.planb_public_url.startswith("https://"):
        return Finding(what="installs", ok=False, says="no address to come back to", mend="set PLANB_PUBLIC_URL")
    return Finding(what="installs", ok=True, says=f"{len(found)} workspaces installed by OAuth")


async def _discord(app: App) -> Finding:
    if app.discord is None:
        return Finding(what="discord", ok=None, says="not set up", mend="see docs/discord.md, then DISCORD_TOKEN")
    return await _asked("discord", app.discord.check, "see docs/discord.md")


async def _asked(what: str, ask: Callable[[], Awaitable[str]], mend: str) -> Finding:
    try:
        return Finding(what=what, ok=True, says=await ask())
    except SettingsError as error:
        return Finding(what=what, ok=False, says=str(error), mend=mend)
    except (SendError, PlanBError, OSError) as error:
        return Finding(what=what, ok=False, says=str(error), mend="try again when it answers")


def _web(settings: Settings) -> Finding:
    if settings.port is None:
        return Finding(what="web", ok=None, says="no PORT is set: no health page, and no HTTP mode of Slack or Discord")
    return Finding(what="web", ok=True, says=f"will listen on port {settings.port}")


def _show(findings: list[Finding]) -> None:
    marks = {True: "[green]works[/green]", False: "[red]mend[/red]", None: "[dim]not set up[/dim]"}
    wide = [Column(name, overflow="fold") for name in ("it says", "what to do")]  # a key is never cut off
    table = Table("what", "state", *wide, show_lines=True)
    for finding in findings:
        table.add_row(finding.what, marks[finding.ok], finding.says, finding.mend)
    Console().print(table)
