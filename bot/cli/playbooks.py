"""`planb playbooks`: which there are; and all of them in one file that can be read without any network."""

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.cli.exits import EX_CONFIG, fail
from bot.clock import SystemClock
from bot.core.handbook import handbook, markdown, page
from bot.domain.words import LANGUAGES
from bot.locale import languages
from bot.logs import clean
from bot.prepare import Team, read_files
from bot.settings import Settings, read_settings, secrets


def playbooks(action: str, file: Path | None, *, as_page: bool) -> None:
    """List them, or write them all. Nothing that the settings keep secret is ever written."""
    settings = read_settings()
    team = read_files(settings)
    if action == "export":
        _export(_whole(team, settings, as_page=as_page), file)
    elif action:
        fail(f"there is no `planb playbooks {action}`; did you mean `planb playbooks export`?", EX_CONFIG)
    else:
        _list(team)


def _whole(team: Team, settings: Settings, *, as_page: bool) -> str:
    words = languages()
    today = SystemClock().now().date()
    written = [
        (handbook(team.playbooks, team.plans, team.catalogue, words[language], today), words[language])
        for language in LANGUAGES
    ]
    if as_page:
        return str(clean(page(written), secrets(settings)))
    return str(clean("\n".join(markdown(chapters, language) for chapters, language in written), secrets(settings)))


def _export(text: str, file: Path | None) -> None:
    if file is None:
        print(text, end="")
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file}: cannot be written: {error.strerror}", EX_CONFIG)
    print(f"{file}: all playbooks, in both languages; keep a copy where people find it without a network")


def _list(team: Team) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("for", "title", "steps", "whose"):
        table.add_column(heading)
    for one in (*team.playbooks.ours, *team.playbooks.defaults):
        whose = "your team's" if one.chosen else "comes with Plan B"
        table.add_row(one.wanted, one.title.of("en"), str(len(one.steps)), whose)
    Console().print(table)
