"""Values for tests, with ids that sort against their times."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.change import Change, News, Reason
from bot.domain.continuity import Alternative, Plan
from bot.domain.service import Feed, Part, Service
from bot.domain.status import Component, Freshness, Health, Impact, Incident, Kind, Phase, Sight, Snapshot, Update
from bot.domain.subscription import Platform, Subscription, Target
from tests.fakes import NOON

TEAM = Target(platform=Platform.SLACK, workspace="T1", channel="C1")
LAMP = Service(
    slug="lamp",
    name="Lamp",
    page="https://status.lamp.example",
    feeds=(Feed(id="lamp", url="https://status.lamp.example", format="statuspage"),),
    category="light",
    parts=(
        Part(slug="chat", name="Lamp Chat", components=("Chat",), aliases=("chatting",)),
        Part(slug="video", name="Beam", components=("Video*",)),
    ),
)
TORCH = replace(
    LAMP,
    slug="torch",
    name="Torch",
    page="https://status.torch.example",
    feeds=(Feed(id="torch", url="https://status.torch.example", format="statuspage"),),
    parts=(),
)
CHAT = Component(id="c1", name="Chat", health=Health.OPERATIONAL)
VIDEO = Component(id="c2", name="Video maker", health=Health.OPERATIONAL, group="Media")
API = Component(id="c3", name="API", health=Health.OPERATIONAL)
FRESH = Sight(freshness=Freshness.FRESH, read_at=NOON)
PLAN = Plan(
    wanted="lamp",
    alternatives=(
        Alternative(name="Torch", service="torch", url="https://torch.example", note="shared account"),
        Alternative(name="Candle"),
    ),
)


def update(name: str = "u9", phase: Phase = Phase.INVESTIGATING, text: str = "We look.", minutes: float = 0) -> Update:
    return Update(id=name, phase=phase, text=text, posted_at=NOON + timedelta(minutes=minutes))


def incident(*updates: Update, **values: Any) -> Incident:
    """An incident at the phase of its last update, unless `phase` says otherwise."""
    said = updates or (update(),)
    plain: dict[str, Any] = {
        "id": "i1",
        "kind": Kind.INCIDENT,
        "title": "Logins fail",
        "phase": said[-1].phase,
        "url": "https://status.lamp.example/i1",
        "impact": Impact.MAJOR,
        "started_at": NOON,
        "updates": said,
    }
    return Incident(**(plain | values))


def ended(**values: Any) -> Incident:
    return incident(
        update(), update("u1", Phase.RESOLVED, "Done.", 30), **{"resolved_at": NOON + timedelta(minutes=30), **values}
    )


def snapshot(*incidents: Incident, **values: Any) -> Snapshot:
    plain: dict[str, Any] = {
        "format": "statuspage",
        "page": "Lamp",
        "health": Health.OPERATIONAL,
        "components": (CHAT, VIDEO, API),
        "incidents": incidents,
    }
    return Snapshot(**(plain | values))


def change(about: Incident | None = None, news: News = News.OPENED, **values: Any) -> Change:
    about = about or incident()
    plain: dict[str, Any] = {"update": about.latest if news is not News.EDITED else None}
    reason = values.pop("reason", Reason.NEW_INCIDENT)
    return Change(service="lamp", feed="lamp", news=news, reason=reason, incident=about, **(plain | values))


def follow(service: str = "lamp", **values: Any) -> Subscription:
    plain: dict[str, Any] = {"target": TEAM, "service": service, "owner": "U1"}
    return Subscription(**(plain | values))
