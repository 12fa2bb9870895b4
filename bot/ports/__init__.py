"""What the pipeline needs from the outside world. Adapters and test fakes implement these."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.card import Card
from bot.domain.polling import FeedState, Outcome
from bot.domain.service import AddedPage
from bot.domain.subscription import Claim, Platform, Receipt, Subscription, Target
from bot.domain.words import Language
from bot.ports.advised import AdviceGiven
from bot.ports.choices import Choices
from bot.ports.drills import Drills
from bot.ports.exposure import Practised
from bot.ports.feeds import Document, Documents, Fetched, Fetcher, Format, Probed, Prober, no_leads
from bot.ports.installs import Installs, Safe, Tenants, Tickets
from bot.ports.marks import Marks
from bot.ports.meter import Counting
from bot.ports.moves import Moves
from bot.ports.notes import NoteList
from bot.ports.outbox import Outbox
from bot.ports.trials import Trials
from bot.ports.upkeep import Leases, Ledger

__all__ = [
    "AdviceGiven",
    "Chat",
    "Choices",
    "Clock",
    "Document",
    "Documents",
    "Drills",
    "Feeds",
    "Fetched",
    "Fetcher",
    "Format",
    "Installs",
    "Leases",
    "Ledger",
    "Marks",
    "Moves",
    "Notes",
    "Outbox",
    "Pages",
    "Practised",
    "Probed",
    "Prober",
    "Safe",
    "Settled",
    "Store",
    "Subscriptions",
    "Tenants",
    "Tickets",
    "Trials",
    "no_leads",
]


class Clock(Protocol):
    """Time, as an argument for everything else."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


class Feeds(Protocol):
    """The feeds' half of the store. Every method may raise StoreAway."""

    async def register_feeds(self, feeds: Iterable[str], now: datetime) -> None:
        """Know these feeds; new ones are due at once, spread over their interval."""
        ...

    async def claim_feeds(self, now: datetime, lease: timedelta, limit: int) -> Sequence[FeedState]:
        """Lease feeds that are due and not leased to another, longest overdue first, committed before return."""
        ...

    async def save_polls(self, outcomes: Sequence[Outcome]) -> Sequence[str]:
        """Save each outcome, its snapshot with its deliveries in one transaction, and release its lease.

        Return the feeds whose outcome was refused because another process has claimed them since.
        """
        ...

    async def hasten(self, feeds: Iterable[str], now: datetime) -> None:
        """Poll these at once: somebody began to follow them. One that is being polled is polled again after it."""
        ...

    async def sights(self) -> Sequence[FeedState]:
        """What is known of every feed, but for the snapshots."""
        ...

    async def states(self, feeds: Iterable[str]) -> Mapping[str, FeedState]:
        """What is known of these feeds; unknown ones are left out."""
        ...

    async def busy(self, feeds: Iterable[str], now: datetime, within: timedelta) -> Mapping[str, FeedState]:
        """Those of these feeds on which something goes on, or ended at most so long ago."""
        ...


class Subscriptions(Protocol):
    """The channels' half of the store. Every method may raise StoreAway."""

    async def subscriptions(self, service: str) -> Sequence[Subscription]:
        """All active subscriptions to a service."""
        ...

    async def subscriptions_of(self, target: Target) -> Sequence[Subscription]:
        """All subscriptions of a channel, in order of service."""
        ...

    async def subscriptions_in(self, team: str) -> int:
        """How many active subscriptions all channels of a team have."""
        ...

    async def subscribed_services(self) -> frozenset[str]:
        """Slugs that at least one channel follows."""
        ...

    async def subscribe(self, subscription: Subscription, now: datetime) -> bool:
        """Follow, or change the filters; True if the channel did not follow the service before. Also re-enables."""
        ...

    async def unsubscribe(self, target: Target, service: str) -> bool:
        """Stop following; False if the channel did not."""
        ...

    async def disable(self, target: Target, reason: str, now: datetime) -> Sequence[str]:
        """The destination is closed to us: tell it nothing more. Return the owners to inform, once each."""
        ...

    async def forget_workspace(self, platform: Platform, workspace: str, now: datetime) -> int:
        """The team threw us out: erase its subscriptions and pages, send it nothing more. Return how many it had."""
        ...


class Pages(Protocol):
    """The added pages' part of the store. Every method may raise StoreAway."""

    async def added_pages(self) -> Sequence[AddedPage]:
        """All of them, in order of their slugs."""
        ...

    async def put_page(self, page: AddedPage, now: datetime) -> None:
        """Keep a page, or what is new about it; teams that have it already keep it."""
        ...

    async def drop_page(self, slug: str, team: str) -> bool:
        """The team needs it no more, unless one of its channels follows it; with its last team it is gone."""
        ...


class Notes(Protocol):
    """Small facts that must survive a restart, by name. Every method may raise StoreAway."""

    async def note(self, name: str) -> str | None:
        """The value, or None."""
        ...

    async def set_note(self, name: str, value: str) -> None:
        """Remember."""
        ...


class Store(
    Feeds,
    Subscriptions,
    Outbox,
    Ledger,
    Pages,
    Leases,
    Installs,
    Tickets,
    Notes,
    NoteList,
    Counting,
    Practised,
    Choices,
    Trials,
    AdviceGiven,
    Drills,
    Marks,
    Moves,
    Protocol,
):
    """All that is remembered."""


class Chat(Protocol):
    """A chat platform that shows our cards. `deliver`, `tell` and `alive` raise SendError with its verdict."""

    platform: Platform

    def may_speak(self) -> bool:
        """Not right after the start, where what it says of our posts would not be heard yet."""
        ...

    async def deliver(self, claim: Claim, card: Card) -> Receipt:
        """Post, reply or edit, as the claim's action says. `claim.id` makes asking twice recognisable."""
        ...

    async def settle(self, claim: Claim, now: datetime) -> "Settled":
        """An earlier attempt may have posted this: did it?"""
        ...

    async def tell(self, owner: str, card: Card, workspace: str = "", language: Language | None = None) -> None:
        """A message to one person, of that workspace where a person belongs to one; `language` is the card's."""
        ...

    async def alive(self) -> None:
        """Ask the platform if it is there, in one call that shows nothing to anybody."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Is it there? `receipt` if it is; `wait` if that cannot be known yet; neither if it is not."""

    receipt: Receipt | None = None
    wait: timedelta | None = None
