"""toml_lines: on which line of a TOML text something stands, for errors that say where to mend it. Pure."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

_KEY = re.compile(r"""^\s*(?:"(?P<quoted>[^"]+)"|'(?P<literal>[^']+)'|(?P<bare>[\w-]+))\s*[=.]""")
_HEADER = re.compile(r"^\s*(?P<array>\[?)\[[^\[\]]+\]\]?\s*(#.*)?$")
_FENCES = ('"' * 3, "'" * 3)

Path = tuple[str, ...]


def line_of(path: Sequence[str], text: str) -> int | None:
    """The line, from 1, of a key by its path (numbers count the tables of a list), or of the table that should have it.

    Of the table around that one, if that is missing too; None where not even the outermost is there.
    """
    depth, best = 0, None
    for number, place in _places(text):
        common = _common(path, place)
        if common > depth:
            depth, best = common, number
    return best


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (mine, yours) in pairs if mine != yours), min(len(one), len(other)))


def _places(text: str) -> Iterator[tuple[int, Path]]:
    """Each header and each key with its path."""
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in _outside_of_texts(text):
        if header := _HEADER.match(line):
            table = _counted(_names(line), counts, is_array=bool(header["array"]))
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, key["quoted"] or key["literal"] or key["bare"])


def _outside_of_texts(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines that do not lie within a text of several lines."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not fence:
            yield number, line
        for mark in _FENCES:
            if mark in line and fence in {"", mark} and line.count(mark) % 2:
                fence = "" if fence else mark


def _counted(names: Path, counts: dict[Path, int], *, is_array: bool) -> Path:
    """The path with the numbers of the lists it goes through."""
    place: Path = ()
    for depth, name in enumerate(names, 1):
        place = (*place, name)
        if is_array and depth == len(names):
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, str(counts[place]))
    return place


def _names(header: str) -> Path:
    try:
        table: Any = tomllib.loads(header)
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while isinstance(table, dict) and table:
        (name, table), *_ = table.items()
        names.append(name)
    return tuple(names)
