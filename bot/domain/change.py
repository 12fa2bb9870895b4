"""What is new between two snapshots, always with its reason, silence included."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.status import Incident, Update


class News(StrEnum):
    """What happened to an incident since we last looked."""

    OPENED = "opened"
    UPDATED = "updated"
    EDITED = "edited"
    APPEARED_CLOSED = "appeared_closed"
    UNLISTED = "unlisted"
    NOTHING = "nothing"


class Reason(StrEnum):
    """Why a change is told, or why it is not."""

    OPEN_AT_FIRST_SIGHT = "open when we began to watch"
    NEW_INCIDENT = "new on the page"
    STARTED = "a planned maintenance began"
    NEW_UPDATE = "a new update"
    REOPENED = "the provider opened it again"
    TEXT_EDITED = "the provider edited an earlier text"
    TITLE_EDITED = "the provider changed the title"
    IMPACT_EDITED = "the provider changed the impact"
    PHASE_WITHOUT_UPDATE = "the phase changed without an update"
    JUST_CLOSED = "posted by the provider only after it ended, a short while ago"
    COMPONENT_WORSE = "the page shows a part failing and tells of no incident"
    COMPONENT_CHANGED = "the page shows another state for the part"
    COMPONENT_BACK = "the page shows the part working again"
    NO_LONGER_LISTED = "the page no longer lists it and never said that it ended"
    ENDED_BY_LEAVING = "the page took it off its list, which is how it ends there"
    LINGERING = "open when we began to watch, but without a word for two weeks"
    OUT_OF_SIGHT = "its page could not be read for half an hour"
    IN_SIGHT = "its page can be read again"
    ADVICE = "what to use instead is another tool now"
    CLOSED_AT_FIRST_SIGHT = "already over when we began to watch"
    CLOSED_LONG_AGO = "new on the page, but over for hours"
    OPENNESS_UNSAID = "the page does not say whether it is open"
    NOT_STARTED = "planned, not started yet"
    ONLY_COMPONENTS = "only the present state of its parts changed"
    BACK_ON_THE_PAGE = "listed again, nothing new"
    HELD = "it has held for a while since it got better"
    WELL = "all its parts work again by the page, which says nothing of it"
    NOTHING_NEW = "nothing new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is new about one incident of one feed. `update` is the statement it is about, if any.

    `incident` is the incident as it stands now. `component` is set where the change is about a component that
    changed without an incident: then `incident` is made by us, and its id starts with `component:`.
    """

    service: str
    feed: str
    news: News
    reason: Reason
    incident: Incident
    update: Update | None = None
    component: str = ""
