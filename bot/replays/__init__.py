"""Real outages as data, for `planb demo` and for tests. The words are ours, the times those of the sources."""

import tomllib
from functools import cache
from importlib import resources

from pydantic import TypeAdapter

from bot.domain.errors import UserError
from bot.replays.model import Replay
from bot.replays.pages import page_at

__all__ = ["Replay", "page_at", "replay", "replays"]


@cache
def replays() -> tuple[Replay, ...]:
    """Every outage we can replay, oldest first."""
    files = sorted(resources.files("bot.replays").iterdir(), key=lambda file: file.name)
    return tuple(_read(file.name[:-5], file.read_text("utf-8")) for file in files if file.name.endswith(".toml"))


def replay(name: str) -> Replay:
    """The outage of that id, or the only one whose id begins with or contains the name. Raise UserError otherwise."""
    known = replays()
    exact = [each for each in known if each.id == name]
    alike = exact or [each for each in known if name in each.id]
    if len(alike) != 1:
        raise UserError(f"No single outage is called {name!r}. Known: {', '.join(each.id for each in known)}.")
    return alike[0]


def _read(name: str, text: str) -> Replay:
    return TypeAdapter(Replay).validate_python({"id": name, **tomllib.loads(text)})
