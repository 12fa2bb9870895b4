"""recovery: tells each thread once that people can go back, when a tool has held for a while."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from pydantic import TypeAdapter

from bot.core.drill import hold_down, number_of
from bot.core.overview import see_state
from bot.core.recovery import HOLD_DOWN, SHOWN, Recovery, Seen, Stage, look, recovers, recovery
from bot.domain.change import Change, News, Reason
from bot.domain.polling import FeedState
from bot.domain.service import Service
from bot.domain.status import Freshness, Incident, Snapshot
from bot.domain.subscription import Action, Delivery, Subscription
from bot.jobs.loop import Bell
from bot.library import Library
from bot.ports import Clock, Notes, Store

log = structlog.stdlib.get_logger(__name__)

PAUSE_S = 30.0
LEASE = timedelta(minutes=3)
NAME = "recovery"


_Memory = TypeAdapter(dict[str, Seen])


async def remembered(notes: Notes) -> Mapping[str, Seen]:
    """What the last look saw, by `key`. Raise StoreAway."""
    return _Memory.validate_json(await notes.note(NAME) or "{}")


def key(feed: str, incident: Incident) -> str:
    """An incident of a feed."""
    return f"{feed}|{incident.id}"


def judged(incident: Incident, state: FeedState, seen: Seen | None, now: datetime, hold: timedelta) -> Recovery:
    """How far its recovery is, by what its page said last."""
    if state.snapshot is None or not recovers(incident):
        return Recovery(stage=Stage.FAILING)
    return recovery(
        incident,
        state.snapshot,
        seen or Seen(),
        now=now,
        hold=hold,
        is_fresh=see_state(state, now).freshness is Freshness.FRESH,
    )


@dataclass(slots=True, kw_only=True)
class Recovering:
    """One of all processes does it."""

    library: Library
    store: Store
    clock: Clock
    bell: Bell
    owner: str
    hold: timedelta = HOLD_DOWN

    async def look(self, _room: int = 0) -> Sequence[None]:
        """Compare what fails with what failed at the last look, and promise what follows. Raise StoreAway."""
        now = self.clock.now()
        if await self.store.hold(NAME, self.owner, now, LEASE) is None:
            return ()
        before = await remembered(self.store)
        after: dict[str, Seen] = {}
        followed = await self._followed()
        feeds = [service.feeds[0].id for service in followed]
        # What ended longer ago is history, be it that it held for a while or not.
        states = await self.store.busy(feeds, now, SHOWN + max(self.hold, HOLD_DOWN))
        for service in followed:
            state = states.get(service.feeds[0].id)
            if state and (hold := await self._hold(service)) is not None:
                after |= await self._service(service, state, before, now, hold)
        if after != before:
            await self.store.set_note(NAME, _Memory.dump_json(after).decode())
        return ()

    async def _followed(self) -> list[Service]:
        slugs = set(await self.store.subscribed_services())
        return [service for service in self.library.everything.services if service.slug in slugs]

    async def _hold(self, service: Service) -> timedelta | None:
        """How long it must hold; None for a drill that is over: its report says what people can do now."""
        number = number_of(service.slug)
        if number is None:
            return self.hold
        drill = await self.store.drill(number)
        return hold_down(drill) if drill and drill.ended_at is None else None

    async def _service(
        self, service: Service, state: FeedState, before: Mapping[str, Seen], now: datetime, hold: timedelta
    ) -> dict[str, Seen]:
        found: dict[str, Seen] = {}
        for incident in filter(recovers, _known(state.snapshot) if state.snapshot else ()):
            name = key(state.feed, incident)
            seen = await self._incident(service, state, incident, before.get(name), now, hold)
            if seen:
                found[name] = seen
        return found

    async def _incident(
        self,
        service: Service,
        state: FeedState,
        incident: Incident,
        seen: Seen | None,
        now: datetime,
        hold: timedelta,
    ) -> Seen | None:
        """What to remember of it; None for what was over before we saw it, and for what is long over."""
        components = state.snapshot.components if state.snapshot else ()
        new = look(seen or Seen(), incident, components, now)
        match judged(incident, state, new, now, hold).stage:
            case Stage.FAILING:
                return await self._failing(service, state.feed, incident, seen, new)
            case Stage.RECOVERING:
                if new.well_since and not (seen and seen.well_since) and not new.told:
                    await self._promise(service, state.feed, incident, Reason.WELL, now, (Action.EDIT,))
                return new
            case Stage.CLEAR if seen:
                if not seen.told:
                    await self._tell(service, state.feed, incident, now)
                return replace(new, told=True)
            case _:
                return None

    async def _failing(
        self, service: Service, feed: str, incident: Incident, seen: Seen | None, new: Seen
    ) -> Seen | None:
        if seen is None or seen.told:
            await self.store.unclear([thread for thread, _ in await self._threads(service, feed, incident)])
        return replace(new, told=False) if incident.phase.is_open or incident.is_ours else None

    async def _tell(self, service: Service, feed: str, incident: Incident, now: datetime) -> None:
        """Promised first: a process that dies in between promises the same again, which is harmless."""
        told = await self._promise(service, feed, incident, Reason.HELD, now, (Action.REPLY, Action.EDIT))
        await self.store.clear(told, now)
        log.info("people can go back", service=service.slug, incident=incident.id, channels=len(told))

    async def _promise(
        self,
        service: Service,
        feed: str,
        incident: Incident,
        reason: Reason,
        now: datetime,
        actions: Iterable[Action],
    ) -> list[str]:
        threads = await self._threads(service, feed, incident)
        cleared = await self.store.cleared([thread for thread, _ in threads])
        change = Change(service=service.slug, feed=feed, news=News.UPDATED, reason=reason, incident=incident)
        open_threads = [(thread, one) for thread, one in threads if thread not in cleared]
        promises = [_delivery(one, thread, change, action) for thread, one in open_threads for action in actions]
        if promises:
            await self.store.promise(promises, now)
            self.bell.ring()
        return [thread for thread, _ in open_threads]

    async def _threads(self, service: Service, feed: str, incident: Incident) -> list[tuple[str, Subscription]]:
        """The threads of the incident that channels have."""
        subscriptions = await self.store.subscriptions(service.slug)
        threads = [(f"{one.target.key}|{feed}|{incident.id}", one) for one in subscriptions]
        rooted = await self.store.rooted([thread for thread, _ in threads])
        return [(thread, one) for thread, one in threads if thread in rooted]


def _delivery(subscription: Subscription, thread: str, change: Change, action: Action) -> Delivery:
    """Its key holds the last word of the page: after a relapse the same may be told again."""
    last = change.incident.latest
    point = last.id if last else change.incident.phase
    return Delivery(
        key=f"{thread}|{action}|{change.reason.name}|{len(change.incident.updates)}|{point}",
        target=subscription.target,
        action=action,
        change=change,
        reason=str(change.reason),
        language=subscription.language,
    )


def _known(snapshot: Snapshot) -> list[Incident]:
    """Those listed, and those that ended by leaving the list."""
    return [*snapshot.incidents, *(absent.incident for absent in snapshot.absent if absent.incident.phase.is_over)]
