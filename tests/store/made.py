"""Values for the store tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.change import Change, News, Reason
from bot.domain.polling import FeedState, Outcome, Validator
from bot.domain.status import Freshness, Incident, Kind, Phase, Snapshot, Update
from bot.domain.subscription import Action, Claim, Delivery, Platform, Receipt, Subscription, Target
from bot.store.store import SqlStore

NOON = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OFFICE = Target(platform=Platform.SLACK, workspace="T1", channel="C1")
LOUNGE = Target(platform=Platform.DISCORD, workspace="G1", channel="77")
SHOWN = Receipt(message="1.1", channel="C1", thread="1.1")


def incident(name: str = "i1") -> Incident:
    update = Update(id="u1", phase=Phase.INVESTIGATING, text="We are looking into it… 🚧", posted_at=NOON)
    return Incident(id=name, kind=Kind.INCIDENT, title="Logins fail", phase=Phase.INVESTIGATING, updates=(update,))


def snapshot(*names: str) -> Snapshot:
    return Snapshot(format="statuspage", page="Acme", incidents=tuple(incident(name) for name in names))


def delivery(key: str, action: Action = Action.POST, *, about: str = "i1", to: Target = OFFICE) -> Delivery:
    change = Change(service="acme", feed="acme", news=News.OPENED, reason=Reason.NEW_INCIDENT, incident=incident(about))
    return Delivery(key=key, target=to, action=action, change=change, reason="new on the page", language="fr")


def follow(service: str = "acme", target: Target = OFFICE, owner: str = "U1") -> Subscription:
    return Subscription(target=target, service=service, owner=owner)


def outcome(state: FeedState, at: datetime = NOON, **values: object) -> Outcome:
    plain = Outcome(feed=state.feed, fence=state.fence, at=at, next_poll=at + MINUTE, interval=MINUTE)
    return replace(plain, **values)  # type: ignore[arg-type] # named values of many types


def trouble(state: FeedState, at: datetime) -> Outcome:
    return outcome(state, at, trouble=Freshness.UNREACHABLE, trouble_text="no answer in 15 s")


def validators(at: datetime = NOON) -> dict[str, Validator]:
    return {"summary.json": Validator(etag='W/"a"', last_modified="Mon", digest="00ff", asked_at=at)}


async def claim_all(store: SqlStore, now: datetime, lease: timedelta, limit: int) -> Sequence[Claim]:
    """On all platforms, in order of their ids."""
    found = [claim for one in Platform for claim in await store.claim_due(one, now, lease, limit)]
    return sorted(found, key=lambda claim: claim.id)


async def next_due(store: SqlStore) -> datetime | None:
    """On any platform."""
    found = [due for one in Platform if (due := await store.next_due(one))]
    return min(found, default=None)
