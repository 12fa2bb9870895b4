"""Draw docs/card.svg from the bot's own output: `.venv/bin/python docs/picture.py`."""

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.terminal_theme import MONOKAI

from bot.catalogue import load_catalogue
from bot.chat.console.draw import WIDTH, draw
from bot.core.aftermath import Aftermath
from bot.core.diff import diff
from bot.core.memory import remember
from bot.core.overview import counsels
from bot.core.playbooks import Playbooks, with_last_resort
from bot.core.recovery import Recovery, Stage
from bot.core.render import headline, reply
from bot.domain.polling import FeedState
from bot.domain.status import Health, Snapshot
from bot.feeds import FORMATS
from bot.locale import languages
from bot.replays import page_at, replay

STORY = replay("2025-09-03")
BEFORE, FIRST, SECOND = (STORY.events[0].at + timedelta(minutes=m) for m in (-5, 1, 60))


def at(moment: datetime, old: Snapshot | None) -> Snapshot:
    """The page at a moment of the story, as a poll would read and remember it."""
    page = STORY.pages["openai"]
    return remember(old, FORMATS[page.format].parse(page_at(STORY, "openai", moment), page.url), moment)


def picture() -> str:
    """Two polls: the incident with its alternatives, and its next update, as SVG."""
    catalogue, words = load_catalogue(), languages()["en"]
    openai = next(service for service in catalogue.services if service.slug == "openai")
    before = at(BEFORE, None)
    opened = at(FIRST, before)
    later = at(SECOND, opened)
    green = FeedState(feed="claude", snapshot=Snapshot(format="statuspage", health=Health.OPERATIONAL), read_at=FIRST)
    states = {"claude": green, "openai": replace(green, feed="openai", snapshot=opened)}
    advice = counsels(catalogue, STORY.plans("en"), (), states, FIRST)
    shown = with_last_resort(advice, None, Playbooks(ours=(), defaults=()), catalogue, "en")
    (first,) = diff(before, opened, service="openai", feed="openai", now=FIRST)
    (second,) = diff(opened, later, service="openai", feed="openai", now=SECOND)
    out = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    card = headline(first, openai, opened.components, shown, words)
    after = Aftermath(service=openai, change=first, counsels=shown, words=words)
    out.print(draw(after.first(card, (), Recovery(stage=Stage.FAILING), 1), FIRST))
    out.print(Padding(draw(reply(second, openai, words), SECOND), (0, 0, 0, 4)))
    svg = out.export_svg(title="Plan B", theme=MONOKAI, unique_id="planb")
    # The picture asks nobody for a font.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")


if __name__ == "__main__":
    Path(__file__).with_name("card.svg").write_text(picture(), encoding="utf-8")
