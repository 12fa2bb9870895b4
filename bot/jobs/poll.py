"""poll: one feed, once. Reads like the first half of the pipeline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog

from bot.core.catalogue import Catalogue
from bot.core.diff import diff
from bot.core.identity import stranger
from bot.core.memory import remember, waits_for_absent
from bot.core.route import route, thread_key
from bot.core.schedule import POLL_FOLLOWED, POLL_UNFOLLOWED, next_poll, next_poll_after_failure
from bot.domain.change import Change
from bot.domain.errors import FeedError, NotTheFormat
from bot.domain.polling import FeedState, Outcome
from bot.domain.service import Feed, Service
from bot.domain.status import Freshness, Snapshot
from bot.domain.subscription import Action, Delivery
from bot.jobs.loop import Bell
from bot.jobs.reprobe import is_time, reprobe
from bot.library import Library
from bot.ports import Clock, Fetched, Fetcher, Format, Prober, Store
from bot.ports.meter import Count, Meter, Silent

log = structlog.stdlib.get_logger(__name__)

LEASE = timedelta(seconds=60)
"""Longer than any fetch may take (15 s), short enough for another process to take over soon."""
EVERYTHING_AFTER = timedelta(minutes=10)
"""How often a quiet page's other documents are asked for: closed incidents are edited for days."""
MOST_AT_ONCE = 256
"""More than pages that may hang at the same time, each for 15 s: the others must not wait for them."""
GONE_FOR = timedelta(days=1)
"""A feed that left the catalogue is not asked for; it is looked at again after this."""


@dataclass(slots=True, kw_only=True)
class Polling:
    """Everything a poll needs. Services in `watched` (a team's alternatives) are polled as often as followed ones."""

    library: Library
    formats: Mapping[str, Format]
    fetcher: Fetcher
    store: Store
    clock: Clock
    luck: Callable[[], float]
    outbox_bell: Bell
    advice_bell: Bell = field(default_factory=Bell)
    prober: Prober | None = None
    watched: frozenset[str] = frozenset()
    followed: timedelta = POLL_FOLLOWED
    unfollowed: timedelta = POLL_UNFOLLOWED
    lease: timedelta = LEASE
    meter: Meter = field(default_factory=Silent)
    looked_at: datetime | None = None
    _quiet: list[Outcome] = field(default_factory=list)
    _under_way: dict[str, int] = field(default_factory=dict)
    _often: frozenset[str] = frozenset()
    _indexed: Catalogue | None = None
    _services: dict[str, tuple[Service, Feed]] = field(default_factory=dict)

    @property
    def services(self) -> Mapping[str, tuple[Service, Feed]]:
        """Every feed by its id. Indexed once for each catalogue: they are asked for at every poll."""
        catalogue = self.library.everything
        if catalogue is not self._indexed:
            self._services = {feed.id: (service, feed) for service in catalogue.services for feed in service.feeds}
            self._indexed = catalogue
        return self._services

    @property
    def feed_ids(self) -> tuple[str, ...]:
        """Every feed that we know."""
        return tuple(self.services)

    async def take(self, room: int) -> Sequence[FeedState]:
        """Save what the last polls came to, then lease feeds that are due."""
        await self.save_quiet()
        await self.library.refresh(self.clock.now())
        self._often = self.watched | await self.store.subscribed_services()
        taken = await self.store.claim_feeds(self.clock.now(), self.lease, room)
        self.looked_at = self.clock.now()
        return taken

    async def work(self, state: FeedState) -> None:
        """Poll one leased feed. What changed is saved at once, what did not with the next batch.

        A poll that outlived its lease is not begun a second time beside itself: it goes on under the newer lease.
        """
        if state.feed in self._under_way:
            self._under_way[state.feed] = state.fence
            return
        self._under_way[state.feed] = state.fence
        try:
            outcome = await self.poll(state)
        finally:
            fence = self._under_way.pop(state.feed)
        await self._save(state, replace(outcome, fence=fence, was_due=state.next_poll))

    async def _save(self, state: FeedState, outcome: Outcome) -> None:
        if outcome.snapshot is None and outcome.trouble is None:
            self._quiet.append(outcome)
            return
        refused = await self.store.save_polls([outcome])
        if refused:
            log.debug("another process polled it meanwhile", feed=state.feed)
        elif outcome.deliveries:
            self.outbox_bell.ring()
        if self.services[state.feed][0].slug in self._often:
            self.advice_bell.ring()
        if outcome.trouble is Freshness.NOT_THE_EXPECTED_FORMAT and is_time(state.failures + 1):
            await self._look_again(state.feed)

    async def _look_again(self, feed_id: str) -> None:
        """The page may have moved to another status product. If it did, it is polled there at once."""
        service, feed = self.services[feed_id]
        if self.prober and await reprobe(
            service, feed, prober=self.prober, library=self.library, pages=self.store, clock=self.clock
        ):
            await self.store.hasten([feed_id], self.clock.now())

    async def save_quiet(self) -> None:
        """Save the polls that found nothing new, all in one go; after a failure they are saved with the next."""
        quiet = self._quiet
        if quiet:
            self._quiet = []
            try:
                await self.store.save_polls(quiet)
            except BaseException:
                self._quiet = quiet + self._quiet
                raise

    async def poll(self, state: FeedState) -> Outcome:
        """Fetch, parse, compare, decide. Raises StoreAway only."""
        known = self.services.get(state.feed)
        if known is None or known[1].format not in self.formats:
            return self._later(state, GONE_FOR)
        service, feed = known
        format_ = self.formats[feed.format]
        try:
            everything = _wants_everything(state, self.clock.now())
            fetched = await self.fetcher.fetch(feed, format_, state.validators, everything=everything)
            new = _understood(feed, format_, fetched, state.snapshot)
        except FeedError as error:
            return self._failed(state, service, error)
        except Exception as error:
            log.exception("a page could not be read for a reason of our own", feed=state.feed)
            broken = NotTheFormat(f"{type(error).__name__}: {error}")
            return self._failed(state, service, broken, result="broken")
        self.meter.count(Count.FEED_FETCH, result="unchanged" if new is None else "changed")
        return await self._read(state, service, fetched, new, full=everything or new is not None)

    async def _read(
        self, state: FeedState, service: Service, fetched: Fetched, new: Snapshot | None, *, full: bool
    ) -> Outcome:
        now = self.clock.now()
        if new and state.snapshot and state.snapshot.format != new.format:
            # The page moved to another product: its ids are others, and all of it is seen for the first time.
            state = replace(state, snapshot=None)
        if new is None and state.snapshot and waits_for_absent(state.snapshot):
            new = state.snapshot
        snapshot = remember(state.snapshot, new, now) if new else None
        interval = self._interval(service, state.feed)
        return Outcome(
            feed=state.feed,
            fence=state.fence,
            at=now,
            next_poll=next_poll(now, interval, self.luck(), fetched.wish),
            interval=interval,
            snapshot=snapshot,
            validators=fetched.validators,
            full=full,
            deliveries=await self._deliveries(state, service, snapshot, now) if snapshot else (),
        )

    async def _deliveries(
        self, state: FeedState, service: Service, snapshot: Snapshot, now: datetime
    ) -> Sequence[Delivery]:
        changes = diff(state.snapshot, snapshot, service=service.slug, feed=state.feed, now=now)
        if not changes:
            return ()
        return await decide(self.store, service, snapshot, changes, now)

    def _failed(self, state: FeedState, service: Service, error: FeedError, *, result: str = "") -> Outcome:
        now = self.clock.now()
        self.meter.count(Count.FEED_FETCH, result=result or _result(error))
        interval = self._interval(service, state.feed)
        trouble = Freshness.NOT_THE_EXPECTED_FORMAT if isinstance(error, NotTheFormat) else Freshness.UNREACHABLE
        if state.failures == 0:
            say = log.warning if service.slug in self._often else log.debug
            say("a status page could not be read", feed=state.feed, error=str(error))
        again = next_poll_after_failure(now, interval, state.failures + 1, self.luck(), error.retry_after)
        return Outcome(
            feed=state.feed,
            fence=state.fence,
            at=now,
            next_poll=again,
            interval=interval,
            trouble=trouble,
            trouble_text=str(error),
        )

    def _later(self, state: FeedState, wait: timedelta) -> Outcome:
        now = self.clock.now()
        return Outcome(feed=state.feed, fence=state.fence, at=now, next_poll=now + wait, interval=state.interval)

    def _interval(self, service: Service, feed_id: str) -> timedelta:
        """As often as anybody needs it, and no more often than the format bears."""
        wished = self.followed if service.slug in self._often else self.unfollowed
        return max(wished, self.formats[self.services[feed_id][1].format].least)


async def decide(
    store: Store, service: Service, snapshot: Snapshot, changes: Sequence[Change], now: datetime
) -> Sequence[Delivery]:
    """Whom to tell; decisions to stay silent are logged with their reason and left out."""
    subscriptions = await store.subscriptions(service.slug)
    threads = [thread_key(subscription, change) for subscription in subscriptions for change in changes]
    rooted = await store.rooted(threads) if threads else frozenset()
    decided = route(changes, subscriptions, service=service, snapshot=snapshot, rooted=rooted, now=now)
    for delivery in decided:
        log.debug("decided", action=delivery.action, reason=delivery.reason, thread=delivery.thread_key)
    return [delivery for delivery in decided if delivery.action is not Action.NONE]


def _understood(feed: Feed, format_: Format, fetched: Fetched, known: Snapshot | None) -> Snapshot | None:
    """What the page says, if anything changed. Raise NotTheFormat, also for another page than the one we knew."""
    if fetched.documents is None:
        return None
    new = format_.parse(fetched.documents, feed.url)
    if why := stranger(feed, known, new):
        raise NotTheFormat(why)
    return new


def _result(error: FeedError) -> str:
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return "limited"
    return "not_the_format" if isinstance(error, NotTheFormat) else "unreachable"


def _wants_everything(state: FeedState, now: datetime) -> bool:
    """While something is open or missing, closing words may come in any document; else now and then."""
    if state.full_at is None or state.snapshot is None or now - state.full_at >= EVERYTHING_AFTER:
        return True
    running = any(not i.phase.is_over and not i.is_ours for i in state.snapshot.incidents)
    return running or waits_for_absent(state.snapshot)
