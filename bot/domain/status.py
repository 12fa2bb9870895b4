"""What status pages say, in our words: components, incidents, updates, snapshots.

Every value a provider may send has an `unknown` here. An unknown word keeps its raw text beside it; it never
becomes green and never raises.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Health(StrEnum):
    """How a service or a component is. `unknown` ranks above maintenance: it is never green."""

    OPERATIONAL = "operational"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"

    @property
    def rank(self) -> int:
        """0 (operational) to 5 (major outage)."""
        return _HEALTH_ORDER[self]

    @property
    def is_bad(self) -> bool:
        """Whether the page itself says that something does not work."""
        return self.rank >= Health.DEGRADED.rank


_HEALTH_ORDER = {health: rank for rank, health in enumerate(Health)}


def worst(healths: Iterable[Health]) -> Health:
    """The worst of several; operational for none."""
    return max(healths, key=lambda health: health.rank, default=Health.OPERATIONAL)


class Impact(StrEnum):
    """How bad the provider says an incident is."""

    UNKNOWN = "unknown"
    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (unknown) to 4 (critical)."""
        return _IMPACT_ORDER[self]


_IMPACT_ORDER = {impact: rank for rank, impact in enumerate(Impact)}


class Kind(StrEnum):
    """What an entry of a status page is about."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"
    NOTICE = "notice"


class Phase(StrEnum):
    """Where an incident or a maintenance stands. Phases may go back: pages reopen incidents."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        """Whether the provider said that it ended."""
        return self in _OVER

    @property
    def is_open(self) -> bool:
        """Whether the provider says that it is going on now: neither over, nor planned, nor unsaid."""
        return self not in _OVER and self not in {Phase.SCHEDULED, Phase.UNKNOWN}


_OVER = frozenset({Phase.RESOLVED, Phase.POSTMORTEM, Phase.COMPLETED, Phase.CANCELLED})


class Freshness(StrEnum):
    """How well we can see a feed. Never a health."""

    FRESH = "fresh"
    STALE = "stale"
    UNREACHABLE = "unreachable"
    NOT_THE_EXPECTED_FORMAT = "not_the_expected_format"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One dated statement inside an incident; the provider may edit it later.

    `id` is unique inside its incident and survives edits. `text` is plain text. `posted_at` is aware UTC, or None
    where the page gives no date. `raw_phase` is the provider's own word where we do not know it.
    """

    id: str
    phase: Phase
    text: str
    posted_at: datetime | None = None
    raw_phase: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident, a maintenance or a notice. `updates` are oldest first; `components` are component ids.

    `components` is empty where the page does not say which parts are concerned. A planned maintenance runs from
    `started_at` to `until`. `phase_stated` is False where the page only says that it is open, which we note as
    investigating, the least that an open incident can be; people read "open".

    An id that starts with `component:` is ours: a component that changed with no incident. So is one that starts with
    `sight:`: a page that we cannot read.
    """

    id: str
    kind: Kind
    title: str
    phase: Phase
    url: str = ""
    impact: Impact = Impact.UNKNOWN
    started_at: datetime | None = None
    until: datetime | None = None
    resolved_at: datetime | None = None
    components: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()
    raw_phase: str = ""
    raw_impact: str = ""
    phase_stated: bool = True

    @property
    def is_ours(self) -> bool:
        """Whether we made it from a component's change, because the page tells of no incident."""
        return self.id.startswith("component:")

    @property
    def is_sight(self) -> bool:
        """Whether it is about our not seeing the page, not about the tool."""
        return self.id.startswith("sight:")

    @property
    def latest(self) -> Update | None:
        """The newest update, if there is one."""
        return self.updates[-1] if self.updates else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of a service that its page lists. Key by `id`: names repeat."""

    id: str
    name: str
    health: Health
    group: str = ""
    raw_health: str = ""

    @property
    def label(self) -> str:
        """`Group / Name`, as people see it."""
        return f"{self.group} / {self.name}" if self.group else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that one poll of one feed said, in our words.

    `page` is the page's own name, `page_id` its identity where the format has one. `health` is the page's overall
    word, `unknown` where it has none. `stated_at` is the newest time the page states about itself.

    What a page leaves out means something else on each: `unlisted` is how a component is that it does not list
    (operational where it lists only what has trouble), `ends_by_leaving` says that an incident which leaves the list
    is over, `tells_incidents` is False where a page has states of components and no incidents at all.

    `absent` is ours: incidents that the page listed before and does not list now, kept so that nothing is told twice.
    """

    format: str
    page: str = ""
    page_id: str = ""
    page_url: str = ""
    health: Health = Health.UNKNOWN
    raw_health: str = ""
    stated_at: datetime | None = None
    components: tuple[Component, ...] = ()
    incidents: tuple[Incident, ...] = ()
    unlisted: Health = Health.UNKNOWN
    ends_by_leaving: bool = False
    tells_incidents: bool = True
    absent: tuple["Absent", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """An incident the page no longer lists: since when, and how many good polls in a row missed it.

    `told` says that it was missing for long enough for us to say so.
    """

    incident: Incident
    since: datetime
    polls: int
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How well we see a feed: `read_at` is the last good poll (None: never), `trouble` says what is wrong."""

    freshness: Freshness
    read_at: datetime | None = None
    trouble: str = ""
