"""Where captured feeds of real status pages are kept, on machines that have them. They are no part of the project."""

import os
from pathlib import Path


def captures() -> Path | None:
    """The folder named by PLANB_CAPTURES, else the one beside the repository; None where there is none."""
    beside = Path(__file__).resolve().parents[1].parent / "shared"
    folder = Path(os.environ.get("PLANB_CAPTURES") or beside)  # noqa: TID251 - a way to them
    return folder if folder.is_dir() else None
