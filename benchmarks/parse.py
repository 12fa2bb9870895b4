"""`.venv/bin/python -m benchmarks.parse`: how long each format takes to read the largest document we have of it.

Real documents where this machine has some (PLANB_CAPTURES), else the project's own fixtures, which are small.
"""

import statistics
import time
from collections.abc import Iterator

from bot.domain.errors import NotTheFormat
from bot.feeds import FORMATS
from bot.feeds.detect import detect, documents_at
from bot.ports import Documents
from tests.captures import captures
from tests.feeds.cases import BASE, CASES

ROUNDS = 30


def documents() -> Iterator[tuple[str, str, Documents]]:
    """Format, where it comes from, documents."""
    for path in CASES:
        yield path.parent.name, "own", documents_at(path)
    folder = captures()
    for path in sorted((folder / "feeds").rglob("*")) if folder else ():
        if path.is_file() and (found := detect({path.name: path.read_bytes()})):
            yield found.name, "real", {path.name: path.read_bytes()}


def largest() -> dict[str, tuple[str, int, Documents]]:
    """By format: where it comes from, bytes, documents."""
    found: dict[str, tuple[str, int, Documents]] = {}
    for name, source, given in documents():
        size = sum(map(len, given.values()))
        if name not in found or size > found[name][1]:
            found[name] = source, size, given
    return found


def times_ms(name: str, given: Documents) -> list[float]:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        try:
            FORMATS[name].parse(given, BASE)
        except NotTheFormat as error:
            raise SystemExit(f"{name}: {error}") from error
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def show() -> None:
    print(f"{'format':18} {'document':8} {'KB':>7} {'median ms':>10} {'p95 ms':>8}")
    for name, (source, size, given) in sorted(largest().items(), key=lambda item: -item[1][1]):
        took = times_ms(name, given)
        print(
            f"{name:18} {source:8} {size / 1024:7.1f} {statistics.median(took):10.2f} {took[int(ROUNDS * 0.95)]:8.2f}"
        )


if __name__ == "__main__":
    show()
