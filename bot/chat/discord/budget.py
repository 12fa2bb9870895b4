"""How often we may IDENTIFY. Pure.

Discord ends all sessions of a bot and resets its token after 1000 in 24 hours, so a crash loop destroys the bot:
https://docs.discord.com/developers/events/gateway#identifying. We stay far below, across restarts.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

LIMITS = ((5, timedelta(minutes=10)), (100, timedelta(hours=24)))
LEAST_REMAINING = 50
"""Discord's own count must leave this many, for whoever else uses the same token."""


def wait_for(stamps: Sequence[int], now: datetime) -> timedelta:
    """How long until one more is allowed; zero if it is now. `stamps` are Unix seconds, in any order."""
    seconds = int(now.timestamp())
    waits = [_wait(sorted(stamps), seconds, count, int(window.total_seconds())) for count, window in LIMITS]
    return timedelta(seconds=max(0, *waits))


def _wait(stamps: Sequence[int], now: int, count: int, window: int) -> int:
    recent = [stamp for stamp in stamps if stamp > now - window]
    return recent[-count] + window - now if len(recent) >= count else 0


def read(note: str | None) -> list[int]:
    """Stamps from their note; a note that is not ours counts as empty."""
    try:
        stamps = json.loads(note or "[]")
    except ValueError:
        return []
    return [int(stamp) for stamp in stamps if isinstance(stamp, int)] if isinstance(stamps, list) else []


def write(stamps: Sequence[int], now: datetime) -> str:
    """The note with one more stamp; those older than every limit are forgotten."""
    seconds = int(now.timestamp())
    longest = max(int(window.total_seconds()) for _, window in LIMITS)
    return json.dumps([stamp for stamp in sorted(stamps) if stamp > seconds - longest] + [seconds])
