"""`planb replay`: successive polls from files, and every message we would post, edit or keep to ourselves."""

import json as jsons
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.chat.console.app import HERE
from bot.chat.console.draw import draw, plain, terminal
from bot.cli.exits import EX_DATAERR, EX_UNAVAILABLE, fail
from bot.cli.feed import cause, chosen, understood
from bot.clock import SystemClock
from bot.core.diff import diff
from bot.core.memory import remember
from bot.core.render import headline, reply
from bot.core.route import route
from bot.domain.card import Card
from bot.domain.change import Reason
from bot.domain.errors import NotTheFormat
from bot.domain.service import Service
from bot.domain.status import Phase, Snapshot
from bot.domain.subscription import Action, Delivery, MaintenanceWish, Subscription
from bot.domain.words import Words
from bot.feeds.detect import documents_at
from bot.locale import languages
from bot.ports import Format

POLLS_APART = timedelta(minutes=5)
"""Where the documents do not say what time it was, polls are taken to be so far apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of the replay: a decision of one poll, and the card that goes with it."""

    poll: str
    action: Action
    reason: str
    delivery: Delivery | None = None
    card: Card | None = None


def replay(folder: Path, format_name: str, components: str, *, json: bool) -> None:
    """Print the decisions of every poll. Exit status 65 when no file could be read, 69 when there is none."""
    try:
        polls = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        fail(f"{folder}: {cause(error)}", EX_UNAVAILABLE)
    player = Player(
        service=folder.resolve().name,
        parts=tuple(text.strip() for text in components.split(",") if text.strip()),
        format_=_chosen(format_name),
        words=languages()["en"],
    )
    show = _json if json else _cards(terminal())
    for poll in polls:
        for told in player.play(poll):
            show(told, player)
    if not player.read:
        fail(f"{folder}: nothing in it is a status document that can be read", EX_DATAERR)


def _chosen(name: str) -> Format | None:
    try:
        return chosen(name)
    except NotTheFormat as error:
        fail(str(error), EX_DATAERR)


@dataclass(slots=True, kw_only=True)
class Player:
    """One channel that follows one page and wants to hear everything, planned work included."""

    service: str
    parts: tuple[str, ...]
    format_: Format | None
    words: Words
    read: int = 0
    now: datetime | None = None
    _old: Snapshot | None = None
    _rooted: set[str] = field(default_factory=set)

    def play(self, poll: Path) -> Iterator[Told]:
        """All decisions of one poll; at least one line, if only to say that there was nothing new."""
        try:
            # A page keeps the format it had first, as in the running bot.
            self.format_, new = understood(documents_at(poll), self.format_)
        except NotTheFormat as error:
            yield Told(poll=poll.stem, action=Action.NONE, reason=str(error))
            return
        self.read += 1
        self.now = self._time(new)
        snapshot = remember(self._old, new, self.now)
        deliveries = self._decide(snapshot, self.now)
        self._old = snapshot
        for delivery in deliveries:
            if delivery.action is Action.POST:
                self._rooted.add(delivery.thread_key)
            yield Told(
                poll=poll.stem,
                action=delivery.action,
                reason=delivery.reason,
                delivery=delivery,
                card=self._card(delivery, snapshot),
            )
        if not deliveries:
            yield Told(poll=poll.stem, action=Action.NONE, reason=Reason.NOTHING_NEW)

    def _decide(self, snapshot: Snapshot, now: datetime) -> Sequence[Delivery]:
        changes = diff(self._old, snapshot, service=self.service, feed=self.service, now=now)
        subscription = Subscription(
            target=HERE, service=self.service, parts=self.parts, maintenance=MaintenanceWish.ALL
        )
        return route(
            changes,
            [subscription],
            service=self._service(snapshot),
            snapshot=snapshot,
            rooted=frozenset(self._rooted),
            now=now,
        )

    def _service(self, snapshot: Snapshot) -> Service:
        return Service(slug=self.service, name=snapshot.page or self.service, page=snapshot.page_url, feeds=())

    def _card(self, delivery: Delivery, snapshot: Snapshot) -> Card:
        service = self._service(snapshot)
        if delivery.action is Action.REPLY:
            return reply(delivery.change, service, self.words)
        return headline(delivery.change, service, snapshot.components, (), self.words)

    def _time(self, new: Snapshot) -> datetime:
        """The newest time the page states, and never earlier than the poll before."""
        stated = max(_stated(new), default=None)
        if self.now is None:
            return stated or SystemClock().now()
        later = self.now + POLLS_APART
        return max(later, stated) if stated else later


def _stated(snapshot: Snapshot) -> Iterator[datetime]:
    if snapshot.stated_at:
        yield snapshot.stated_at
    for incident in snapshot.incidents:
        planned = incident.phase is Phase.SCHEDULED
        yield from (update.posted_at for update in incident.updates if update.posted_at and not planned)


def _json(told: Told, player: Player) -> None:
    incident = told.delivery.change.incident if told.delivery else None
    line = {
        "poll": told.poll,
        "action": str(told.action),
        "service": player.service,
        "incident": incident.id if incident else None,
        "kind": str(incident.kind) if incident else None,
        "phase": str(_phase(told)) if incident else None,
        "impact": str(incident.impact) if incident else None,
        "reason": told.reason,
        "text": plain(told.card, player.now) if told.card and player.now else "",
    }
    print(jsons.dumps(line, ensure_ascii=False))


def _phase(told: Told) -> Phase | None:
    if told.delivery is None:
        return None
    change = told.delivery.change
    return change.update.phase if change.update and told.action is Action.REPLY else change.incident.phase


def _cards(out: Console) -> Callable[[Told, Player], None]:
    polls: list[str] = []

    def show(told: Told, player: Player) -> None:
        if told.poll not in polls:
            polls.append(told.poll)
            out.rule(f"poll {told.poll}", align="left")
        out.print(Text(f"{told.action}: {told.reason}", style="bold" if told.action is not Action.NONE else "dim"))
        if told.card and player.now and told.action in _SHOWN:
            indent = 4 if told.action is Action.REPLY else 0
            out.print(Padding(draw(told.card, player.now), (0, 0, 0, indent)))

    return show


_SHOWN = frozenset({Action.POST, Action.REPLY})
