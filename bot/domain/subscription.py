"""Who wants to be told what, and the promises that follow from it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.change import Change
from bot.domain.status import Impact
from bot.domain.words import Language


class Platform(StrEnum):
    """A chat platform we speak on."""

    CONSOLE = "console"
    SLACK = "slack"
    DISCORD = "discord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A channel. `workspace` is Slack's team or Discord's guild."""

    platform: Platform
    workspace: str
    channel: str

    @property
    def team(self) -> str:
        """One string that names the workspace everywhere."""
        return f"{self.platform}:{self.workspace}"

    @property
    def key(self) -> str:
        """One string that names the channel everywhere."""
        return f"{self.platform}:{self.workspace}:{self.channel}"


class MaintenanceWish(StrEnum):
    """What a channel wants to hear of planned work: nothing, its start and end, or its announcement too."""

    OFF = "off"
    START = "start"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A channel follows a service.

    `parts` are part slugs or component names, as the person typed them; empty means the whole service. `min_impact`
    is the least impact to tell. `language` is that of the channel; `owner` is who subscribed it.
    """

    target: Target
    service: str
    parts: tuple[str, ...] = ()
    min_impact: Impact = Impact.NONE
    maintenance: MaintenanceWish = MaintenanceWish.OFF
    language: Language = "en"
    owner: str = ""


class Action(StrEnum):
    """What a delivery does in its channel. `tell` is a message of our own that belongs to no incident."""

    POST = "post"
    REPLY = "reply"
    EDIT = "edit"
    TELL = "tell"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Where a platform put a message. `thread` is where its replies go, if that is another place."""

    message: str
    channel: str
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A promise to tell one channel one change: one row. `key` is unique, so promising twice is harmless.

    `action` NONE is a decision to stay silent, kept for its `reason`; it is never stored as a promise.
    """

    key: str
    target: Target
    action: Action
    change: Change
    reason: str
    language: Language = "en"

    @property
    def thread_key(self) -> str:
        """Deliveries of one thread key reach their channel strictly in order."""
        return f"{self.target.key}|{self.change.feed}|{self.change.incident.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A delivery leased to us: `attempt` counts from 1, `root` is the incident's first message in the channel.

    `unsettled_since` is set where an earlier attempt may have posted it already (its process died, or the platform
    gave no clear answer): since when. `merged` counts the later updates that it speaks for.
    `until` is when the lease ends: nothing may be sent under it after that.
    """

    id: int
    delivery: Delivery
    attempt: int
    lease: int
    root: Receipt | None
    promised_at: datetime | None = None
    unsettled_since: datetime | None = None
    merged: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A delivery that will not be tried again unless somebody asks for it, and why."""

    id: int
    target: Target
    action: Action
    service: str
    title: str
    error: str
    attempts: int
    promised_at: datetime
    ended_at: datetime
