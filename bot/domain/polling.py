"""What is known of a feed between two polls, and what one poll came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.status import Freshness, Snapshot
from bot.domain.subscription import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """What we know of one document's last answer, for the next conditional request. `digest` is of its bytes."""

    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the store knows of one feed.

    `interval` is the time between polls that was in force. `read_at` is the last good poll, changed or not;
    `trouble` says what is wrong since `trouble_at`. `full_at` is when all documents were last asked for. `fence` is
    the number of the lease under which it was claimed; a save under an older one is refused.
    """

    feed: str
    snapshot: Snapshot | None = None
    validators: Mapping[str, Validator] = field(default_factory=dict)
    read_at: datetime | None = None
    full_at: datetime | None = None
    since: datetime | None = None
    failures: int = 0
    trouble: Freshness | None = None
    trouble_text: str = ""
    trouble_at: datetime | None = None
    interval: timedelta = timedelta(seconds=60)
    next_poll: datetime | None = None
    fence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one poll came to. `snapshot` is None when nothing changed or nothing could be read.

    When `trouble` is None the poll was good. `deliveries` are saved together with the snapshot, or not at all.
    `was_due` is for when the poll was: somebody who asked for another one meanwhile gets it.
    """

    feed: str
    fence: int
    at: datetime
    next_poll: datetime
    interval: timedelta
    was_due: datetime | None = None
    snapshot: Snapshot | None = None
    validators: Mapping[str, Validator] | None = None
    full: bool = False
    deliveries: Sequence[Delivery] = ()
    trouble: Freshness | None = None
    trouble_text: str = ""
