"""How a command ends that cannot go on: one line on stderr, and a status from sysexits.h."""

import sys
from typing import NoReturn

EX_USAGE = 64
EX_DATAERR = 65
EX_UNAVAILABLE = 69
EX_CONFIG = 78


def fail(text: str, status: int) -> NoReturn:
    """Say why on stderr, and leave."""
    sys.stderr.write(f"planb: {text}\n")
    raise SystemExit(status)
