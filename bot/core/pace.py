"""How fast we may speak: one table of budgets, and when the next message of a kind may go. Pure; keeps its own books.

Budgets are what the platforms publish, less a margin: a limit is a promise, and being told "429" is already too late.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.errors import Scope
from bot.domain.subscription import Action, Platform, Target

MOST_KEYS = 5_000
"""Budgets that are full again are forgotten from here on: they say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """`most` calls per `per`, of which `burst` may come at once."""

    scope: Scope
    most: int
    per: timedelta
    burst: int = 1

    @property
    def each(self) -> timedelta:
        """The time that one call uses up."""
        return self.per / self.most


_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
# https://docs.slack.dev/apis/web-api/rate-limits: chat.postMessage "generally 1 message per second per channel" and
# "several hundred messages per minute" for a workspace; chat.update is of tier 3, "50+ per minute" per workspace.
_SLACK_POST = (
    Budget(scope=Scope.CHANNEL, most=1, per=_SECOND),
    Budget(scope=Scope.WORKSPACE, most=280, per=_MINUTE, burst=15),
)
_SLACK_EDIT = (Budget(scope=Scope.WORKSPACE, most=48, per=_MINUTE, burst=2),)
# https://docs.discord.com/developers/topics/rate-limits#global-rate-limit: 50 requests a second for a bot, its
# commands' answers not counted. Limits per route are in the answers, and discord.py waits for those.
_DISCORD = (Budget(scope=Scope.PLATFORM, most=45, per=_SECOND, burst=5),)

BUDGETS: Mapping[tuple[Platform, Action], tuple[Budget, ...]] = MappingProxyType(
    {
        (Platform.SLACK, Action.POST): _SLACK_POST,
        (Platform.SLACK, Action.REPLY): _SLACK_POST,
        (Platform.SLACK, Action.TELL): _SLACK_POST,
        (Platform.SLACK, Action.EDIT): _SLACK_EDIT,
        (Platform.DISCORD, Action.POST): _DISCORD,
        (Platform.DISCORD, Action.REPLY): _DISCORD,
        (Platform.DISCORD, Action.TELL): _DISCORD,
        (Platform.DISCORD, Action.EDIT): _DISCORD,
    }
)
"""Slack counts posts and edits apart: a budget belongs to a method. A console may print as fast as it likes."""


_SHARED = (Scope.CHANNEL, Scope.WORKSPACE, Scope.PLATFORM)


@dataclass(slots=True)
class Pace:
    """The books of one process: when each budget is free again, and what a platform told us to wait for."""

    budgets: Mapping[tuple[Platform, Action], tuple[Budget, ...]] = field(default_factory=lambda: BUDGETS)
    _free_at: dict[str, datetime] = field(default_factory=dict)
    _gone_at: dict[str, datetime] = field(default_factory=dict)
    _held: dict[str, datetime] = field(default_factory=dict)

    def reserve(self, target: Target, action: Action, now: datetime, patience: timedelta) -> timedelta:
        """How long to wait before this call. It is booked, unless that is longer than `patience`: then ask again."""
        keys = self._keys(target, action)
        _forget(self._held, now)
        wait = max(self._wait(self._free_at, keys, now), self.pause(target, action, now))
        if wait <= patience:
            self._book(self._free_at, keys, now)
        return wait

    def go(self, target: Target, action: Action, now: datetime) -> timedelta:
        """How long a call whose turn it is still waits, for those before it may have come late. Zero: it goes now.

        A program that is held up for a moment finds the turns of many calls over at once. Only what the whole platform
        counts is looked at: elsewhere few calls come together. `now` is of a clock that nobody sets.
        """
        keys = {key: one for key, one in self._keys(target, action).items() if one.scope is Scope.PLATFORM}
        wait = self._wait(self._gone_at, keys, now)
        if not wait:
            self._book(self._gone_at, keys, now)
        return wait

    def hold(self, target: Target, action: Action, scope: Scope, until: datetime) -> None:
        """The platform told us to wait: nothing of that kind goes there before then. A message alone holds up none."""
        if scope is Scope.MESSAGE:
            return
        key = _key(target, action, scope)
        self._held[key] = max(until, self._held.get(key, until))

    def pause(self, target: Target, action: Action, now: datetime) -> timedelta:
        """How long the platform told us to wait, from now; nothing is booked."""
        held = (self._held.get(_key(target, action, scope), now) for scope in _SHARED)
        return max(timedelta(), *(until - now for until in held))

    def _keys(self, target: Target, action: Action) -> dict[str, Budget]:
        budgets = self.budgets.get((target.platform, action), ())
        return {_key(target, action, budget.scope): budget for budget in budgets}

    def _wait(self, books: Mapping[str, datetime], keys: Mapping[str, Budget], now: datetime) -> timedelta:
        """https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm: one moment per key is all there is to remember."""
        free = (books.get(key, now) - budget.each * (budget.burst - 1) - now for key, budget in keys.items())
        return max((timedelta(), *free))

    def _book(self, books: dict[str, datetime], keys: Mapping[str, Budget], now: datetime) -> None:
        for key, budget in keys.items():
            books[key] = max(books.get(key, now), now) + budget.each
        _forget(books, now)


def _forget(book: dict[str, datetime], now: datetime) -> None:
    if len(book) > MOST_KEYS:
        for key in [key for key, moment in book.items() if moment <= now]:
            del book[key]


def _key(target: Target, action: Action, scope: Scope) -> str:
    """Whose budget, for which of the platform's methods."""
    method = "edit" if action is Action.EDIT else "post"
    return {
        Scope.CHANNEL: f"{method}|{target.key}",
        Scope.WORKSPACE: f"{method}|{target.team}",
        Scope.PLATFORM: str(target.platform),
    }[scope]
