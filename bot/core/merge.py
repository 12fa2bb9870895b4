"""One message instead of many: what waits behind a delivery and would be old news at once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.change import Change, Reason
from bot.domain.subscription import Action, Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A delivery of the same incident in the same channel that was promised later and never tried."""

    id: int
    action: Action
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a claim says now, in the place of `ids`: `updates` of them would have been messages of their own."""

    change: Change
    ids: tuple[int, ...]
    updates: int


_TAKES = {
    Action.POST: frozenset({Action.REPLY, Action.EDIT}),  # the first message shows the incident as it is
    Action.REPLY: frozenset({Action.REPLY}),
    Action.EDIT: frozenset({Action.EDIT}),
}
"""What a delivery can speak for."""


SETTLED_AFTER = timedelta(minutes=10)
"""Longer than Slack repeats an echo and than Discord knows a nonce: what nobody heard of by then is not there."""


def merge(claim: Claim, waiting: Sequence[Waiting], now: datetime) -> Merged | None:
    """Of all that waits, only the latest state is worth a message. None where there is nothing to spare.

    What an earlier attempt may have posted already is left as it was: it must be recognised, not rewritten.
    """
    if claim.unsettled_since is not None and now - claim.unsettled_since < SETTLED_AFTER:
        return None
    taken = [
        one
        for one in waiting
        if one.action in _TAKES.get(claim.delivery.action, ()) and not _is_our_word(one.action, one.change)
    ]
    if _is_our_word(claim.delivery.action, claim.delivery.change):
        return None
    if not taken:
        return None
    return Merged(
        change=max(taken, key=lambda one: one.id).change,
        ids=tuple(one.id for one in taken),
        updates=sum(one.action is Action.REPLY for one in taken),
    )


def _is_our_word(action: Action, change: Change) -> bool:
    """What we say of the advice stands for itself: it is no later state of what the provider says."""
    return action is Action.REPLY and change.reason is Reason.ADVICE
