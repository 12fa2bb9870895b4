"""The fixtures: tests/feeds/<format>/<case>.json, .xml or a folder, each with <case>.expected.json beside it."""

from pathlib import Path

HERE = Path(__file__).parent
BASE = "https://status.base.example"
EXPECTED = ".expected.json"
CASES = sorted(
    path
    for folder in HERE.iterdir()
    if folder.is_dir() and not folder.name.startswith("_")
    for path in folder.iterdir()
    if not path.name.endswith(EXPECTED)
)


def case_name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def expected_of(path: Path) -> Path:
    return path.parent / f"{path.stem}{EXPECTED}"
