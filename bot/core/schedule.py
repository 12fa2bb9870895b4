"""When next: to poll a page, to send again. Pure; `luck` (0 to 1) comes from outside so that tests can hold it."""

from datetime import datetime, timedelta

POLL_FOLLOWED = timedelta(seconds=60)
"""Customary for status pages (Statuspage caches for 10 s; the others publish no limit)."""
POLL_UNFOLLOWED = timedelta(minutes=5)
POLL_SLOWEST = timedelta(minutes=30)
POLL_WISH_MOST = timedelta(minutes=15)
JITTER = 0.1

SEND_FIRST = timedelta(seconds=5)
SEND_SLOWEST = timedelta(minutes=15)
SEND_GIVE_UP = timedelta(days=3)
"""Longer than any outage of a chat platform that is on record; what waited that long is told in its latest state."""


def next_poll(now: datetime, interval: timedelta, luck: float, wish: timedelta | None = None) -> datetime:
    """After a good poll: the interval or the provider's wish, whichever is longer, give or take 10 %."""
    wait = max(interval, min(wish or interval, POLL_WISH_MOST))
    return now + wait * (1 + JITTER * (2 * luck - 1))


def next_poll_after_failure(
    now: datetime, interval: timedelta, failures: int, luck: float, retry_after: timedelta | None = None
) -> datetime:
    """After the n-th failure in a row (from 1): twice as long each time, to 30 minutes; never before Retry-After."""
    slow = min(interval * 2.0 ** min(failures, 10), POLL_SLOWEST)
    wait = slow * (0.5 + luck / 2)
    return now + max(wait, min(retry_after or wait, POLL_SLOWEST * 2))


READ_FIRST = timedelta(seconds=5)


def next_reading(now: datetime, promised: datetime) -> datetime | None:
    """When to look again at what another version of us promised and this one cannot read; None after three days.

    Soon at first, for at a restart both versions run; rarely where only the older one came back.
    """
    age = now - promised
    return None if age >= SEND_GIVE_UP else now + max(READ_FIRST, age / 10)


def next_attempt(
    now: datetime, attempt: int, luck: float, *, promised: datetime, retry_after: timedelta | None = None
) -> datetime | None:
    """After the n-th failed attempt to send (from 1); None: give it up, it is three days old."""
    if now - promised >= SEND_GIVE_UP:
        return None
    if retry_after is not None:
        return now + retry_after + SEND_FIRST * 0.2 * luck
    return now + min(SEND_FIRST * 2.0 ** min(attempt - 1, 10), SEND_SLOWEST) * (0.5 + luck / 2)
