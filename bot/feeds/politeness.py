"""What a server asks of those who poll it: how long to wait (RFC 9110 10.2.3, RFC 9111 5.2.2.1, RSS 2.0 `ttl`)."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WISH = timedelta(minutes=15)
LONGEST_RETRY = timedelta(days=1)
LONGEST_TTL = timedelta(minutes=5)
_TTL = re.compile(rb"<ttl>\s{0,9}(\d{1,6})\s{0,9}</ttl>", re.ASCII)
_TTL_WITHIN = 4096
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def wish(cache_control: str) -> timedelta | None:
    """`max-age`, at most 15 minutes: nobody may silence a feed for a day by mistake. None where there is none."""
    found = _MAX_AGE.search(cache_control)
    seconds = int(found[1]) if found else 0
    return min(timedelta(seconds=seconds), LONGEST_WISH) if seconds else None


def ttl(body: bytes) -> timedelta | None:
    """The minutes a feed says it holds, at most 5: it is meant for readers of magazines, and xAI's status says 30."""
    found = _TTL.search(body, 0, _TTL_WITHIN)
    minutes = int(found[1]) if found else 0
    return min(timedelta(minutes=minutes), LONGEST_TTL) if minutes else None


def longer(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    """Of two wishes."""
    return max(one or timedelta(), other or timedelta()) or None


def retry_after(value: str, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date, at most a day. None for what is neither, or past."""
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        wait = timedelta(seconds=int(value))
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, IndexError, OverflowError):
            return None
        # `-0000` and unknown zone names come back without a zone; HTTP knows GMT alone.
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_RETRY) if wait > timedelta() else None
