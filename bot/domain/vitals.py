"""What the store says of the pipeline itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.subscription import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the store says of one delivery: its state, whether it has a receipt, whether the platform echoed it."""

    state: str
    receipt: bool = False
    echoed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How deliveries to one platform go.

    `waiting_since` is the oldest promise, later than the last success, that is not kept yet: None where nothing waits.
    What was promised before a success waits for a reason of its channel's own. `error` is what was said of it last.
    """

    waiting_since: datetime | None = None
    last_sent: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What the store says of the pipeline. `feeds` were polled at least once, of which so many are `unreachable` now.

    `due_since` is how long the most overdue poll waits. `beats` are when each loop last turned, and each chat was well.
    """

    feeds: int = 0
    unreachable: int = 0
    due_since: datetime | None = None
    beats: Mapping[str, datetime] = field(default_factory=dict)
    flows: Mapping[Platform, Flow] = field(default_factory=dict)
