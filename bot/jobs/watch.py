"""watch: are we blind? Says so once, and once when we see again. Reads what the polls left in the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from pydantic import TypeAdapter

from bot.core.blindness import Blind, blind, fails, turn
from bot.core.text import shorten
from bot.domain.change import Change, News, Reason
from bot.domain.service import Feed, Service
from bot.domain.status import Incident, Kind, Phase, Update
from bot.domain.subscription import Action, Delivery, Subscription, Target
from bot.jobs.loop import Bell
from bot.library import Library
from bot.ports import Clock, Store

log = structlog.stdlib.get_logger(__name__)

PAUSE_S = 60.0
LEASE = timedelta(minutes=3)
NAME = "watch"
_NOTE = "blind"
_NAMES_MOST = 200
_Told = TypeAdapter(tuple[Blind, ...])


async def nothing(_item: None) -> None:
    """There is nothing to work on after a look."""


@dataclass(slots=True, kw_only=True)
class Watching:
    """Everything it needs. `tells` is False where the operator wants no notices; the log has them all the same."""

    library: Library
    store: Store
    clock: Clock
    bell: Bell
    owner: str = ""
    tells: bool = True

    async def look(self, _room: int = 0) -> Sequence[None]:
        """Compare what is seen with what was told, and promise what follows. Raises StoreAway only.

        One of all processes does it: two would each tell of it, at moments of their own.
        """
        now = self.clock.now()
        if await self.store.hold(NAME, self.owner, now, LEASE) is None:
            return ()
        owners = _owners(self.library)
        states = [state for state in await self.store.sights() if state.feed in owners]
        feeds = {feed.id: feed for _, feed in owners.values()}
        told = _Told.validate_json(await self.store.note(_NOTE) or "[]")
        failing = frozenset(state.feed for state in states if fails(state, now))
        found = turn(told, blind(states, feeds, now), failing)
        for one in found.opened:
            log.warning("cannot see", fault=one.fault, name=one.name, feeds=len(one.feeds), since=str(one.since))
            await self._promise(one, None, owners, now)
        for one in found.closed:
            log.info("can see again", fault=one.fault, name=one.name, since=str(one.since))
            await self._promise(one, now, owners, now)
        if found.open != told:
            await self.store.set_note(_NOTE, _Told.dump_json(found.open).decode())
        return ()

    async def _promise(
        self, one: Blind, ended: datetime | None, owners: Mapping[str, tuple[Service, Feed]], now: datetime
    ) -> None:
        if not self.tells:
            return
        deliveries: list[Delivery] = []
        for subscription, services in (await self._channels(one, owners)).values():
            incident = _incident(one, services, ended)
            deliveries += _deliveries(subscription, incident, over=ended is not None)
        if ended:
            rooted = await self.store.rooted([delivery.thread_key for delivery in deliveries])
            deliveries = [delivery for delivery in deliveries if delivery.thread_key in rooted]
        if deliveries:
            await self.store.promise(deliveries, now)
            self.bell.ring()

    async def _channels(
        self, one: Blind, owners: Mapping[str, tuple[Service, Feed]]
    ) -> Mapping[Target, tuple[Subscription, list[Service]]]:
        """Each channel that follows any of these pages, with the services of them that it follows."""
        found: dict[Target, tuple[Subscription, list[Service]]] = {}
        for feed in one.feeds:
            if feed not in owners:
                continue
            service, _ = owners[feed]
            for subscription in await self.store.subscriptions(service.slug):
                found.setdefault(subscription.target, (subscription, []))[1].append(service)
        return found


def _owners(library: Library) -> dict[str, tuple[Service, Feed]]:
    return {feed.id: (service, feed) for service in library.everything.services for feed in service.feeds}


def _incident(one: Blind, services: Sequence[Service], ended: datetime | None) -> Incident:
    phase = Phase.RESOLVED if ended else Phase.UNKNOWN
    return Incident(
        id=one.incident,
        kind=Kind.NOTICE,
        title=shorten(", ".join(service.name for service in services), _NAMES_MOST),
        phase=phase,
        url=services[0].page if len(services) == 1 else "",
        started_at=one.since,
        resolved_at=ended,
        updates=(Update(id=str(phase), phase=phase, text="", posted_at=ended or one.since),),
    )


def _deliveries(subscription: Subscription, incident: Incident, *, over: bool) -> Sequence[Delivery]:
    """One message, and when it is over one word under it and the message itself put right."""
    reason = Reason.IN_SIGHT if over else Reason.OUT_OF_SIGHT
    change = Change(
        service="",
        feed="sight",
        news=News.UPDATED if over else News.OPENED,
        reason=reason,
        incident=incident,
        update=incident.latest,
    )
    first = Delivery(
        key=f"{subscription.target.key}|sight|{incident.id}|{incident.phase}",
        target=subscription.target,
        action=Action.REPLY if over else Action.POST,
        change=change,
        reason=str(reason),
        language=subscription.language,
    )
    return (first, replace(first, key=f"{first.key}|edit", action=Action.EDIT)) if over else (first,)
