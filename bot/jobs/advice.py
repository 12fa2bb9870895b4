"""advice: while an incident is open, what its card recommends is watched. Reads what the polls left in the store."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.core.drill import is_drill, real_slug
from bot.core.overview import watched
from bot.core.render_advice import word_said
from bot.core.rewatch import Turn, turn
from bot.core.route import thread_key
from bot.domain.advice import Advised
from bot.domain.change import Change, News, Reason
from bot.domain.errors import StoreAway
from bot.domain.service import Feed, Service
from bot.domain.status import Incident, Phase, Snapshot, Update
from bot.domain.subscription import Action, Delivery, Subscription
from bot.jobs.compose import Composing
from bot.jobs.counselling import Teams
from bot.jobs.loop import Bell
from bot.ports import Store

log = structlog.stdlib.get_logger(__name__)

PAUSE_S = 30.0
LEASE = timedelta(minutes=3)
NAME = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """An incident that is open, in one channel."""

    subscription: Subscription
    service: Service
    snapshot: Snapshot
    change: Change

    @property
    def key(self) -> str:
        """Its thread key."""
        return thread_key(self.subscription, self.change)


@dataclass(slots=True, kw_only=True)
class Advising:
    """Everything it needs. `watches` is told which services matter for advice: they are polled as often as followed."""

    composing: Composing
    store: Store
    bell: Bell
    owner: str
    watches: Callable[[frozenset[str]], None]
    _watched: frozenset[str] | None = None

    async def look(self, _room: int = 0) -> Sequence[None]:
        """Compare what cards recommend with what is best now, and promise what follows. Raises StoreAway only.

        What is polled often is a matter of every process, the words are said by one.
        """
        now = self.composing.clock.now()
        await self.composing.library.refresh(now)
        teams = await self.composing.counselling.of_all()
        await self._watch(teams, now)
        if await self.store.hold(NAME, self.owner, now, LEASE) is None:
            return ()
        threads = {thread.key: thread for thread in await self._open()}
        posted = await self.store.posted(threads)
        known = await self.store.advised(posted)
        turns = {
            key: found
            for key in sorted(posted)
            if (found := await self._turn(threads[key], teams, known.get(key), now))
        }
        # Promised first: a process that dies in between promises the same once more, under the same key.
        promised = [one for key, found in turns.items() for one in self._deliveries(threads[key], found, now)]
        if promised:
            await self.store.promise(promised, now)
            self.bell.ring()
        await self.store.put_advised({k: t.advised for k, t in turns.items() if t.advised != known.get(k)}, now)
        await self.store.keep_advised(threads, now)
        return ()

    async def _watch(self, teams: Teams, now: datetime) -> None:
        """What all teams have on their lists, and what stands on the cards of open incidents."""
        library = self.composing.library
        plans = (*teams.file, *(plan for lists in teams.chosen.values() for plan in lists))
        slugs = {found.service.slug for found in watched(library.everything, plans).values()}
        found = frozenset(slugs | await self.store.advised_services())
        if self._watched is not None and (new := found - self._watched):
            services = [service for slug in sorted(new) if (service := library.everything.get(slug))]
            await self.store.hasten([feed.id for service in services for feed in service.feeds], now)
        if found != self._watched:
            self.watches(found)
        self._watched = found

    async def _open(self) -> list[Thread]:
        """Every incident that is open on a page that a channel follows, once for each such channel."""
        library = self.composing.library
        followed = await self.store.subscribed_services()
        services = [
            one
            for one in library.everything.services
            if one.slug in followed and (is_drill(one.slug) or not library.hides(one.slug))
        ]
        feeds = [feed.id for service in services for feed in service.feeds]
        states = await self.store.busy(feeds, self.composing.clock.now(), timedelta())
        return [
            thread
            for service in services
            for feed in service.feeds
            if (state := states.get(feed.id)) and state.snapshot
            for thread in await self._of_page(service, feed, state.snapshot)
        ]

    async def _of_page(self, service: Service, feed: Feed, snapshot: Snapshot) -> list[Thread]:
        changes = [_change(service, feed, incident) for incident in _open(snapshot)]
        subscriptions = await self.store.subscriptions(service.slug) if changes else ()
        return [
            Thread(subscription=subscription, service=service, snapshot=snapshot, change=change)
            for subscription in subscriptions
            for change in changes
        ]

    async def _turn(self, thread: Thread, teams: Teams, known: Advised | None, now: datetime) -> Turn | None:
        """What follows for one thread; nothing where there is no advice and was none."""
        # Of ten thousand threads most need no answer of the database, and others want their turn.
        await asyncio.sleep(0)
        target = thread.subscription.target
        service = replace(thread.service, slug=real_slug(thread.service.slug))  # a drill's advice is the real one's
        try:
            advice, seen = await self.composing.advice(
                teams.of(target.team), service, thread.change.incident, thread.snapshot.components, target
            )
        except StoreAway:
            raise
        except Exception:
            log.exception("the advice of a thread cannot be compared", thread=thread.key)
            return None
        return turn(known, advice, seen, now) if advice or known else None

    def _deliveries(self, thread: Thread, found: Turn, now: datetime) -> list[Delivery]:
        """The card first: who comes to read the word sees it as the word says."""
        promised: list[Delivery] = []
        if found.edits or found.word:
            promised.append(_delivery(thread, thread.change, Action.EDIT, f"advice@{now.timestamp():.3f}"))
        if found.word:
            words = self.composing.languages[thread.subscription.language]
            said = word_said(found.word, words)
            update = Update(id=f"advice:{found.advised.words}", phase=Phase.UNKNOWN, text=said, posted_at=now)
            promised.append(_delivery(thread, replace(thread.change, update=update), Action.REPLY, update.id))
            log.info("what was recommended fails", thread=thread.key, tool=found.word.tool, use=found.word.use)
        return promised


def _open(snapshot: Snapshot) -> list[Incident]:
    """Those listed, and those that are missing for too short a time to believe it."""
    missing = [absent.incident for absent in snapshot.absent if not absent.told]
    return [incident for incident in (*snapshot.incidents, *missing) if incident.phase.is_open]


def _change(service: Service, feed: Feed, incident: Incident) -> Change:
    return Change(
        service=service.slug, feed=feed.id, news=News.EDITED, reason=Reason.ADVICE, incident=incident, update=None
    )


def _delivery(thread: Thread, change: Change, action: Action, point: str) -> Delivery:
    return Delivery(
        key=f"{thread.key}|{action}|{point}",
        target=thread.subscription.target,
        action=action,
        change=change,
        reason=str(Reason.ADVICE),
        language=thread.subscription.language,
    )
