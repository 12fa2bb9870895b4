"""goback: who switched or is blocked is told in person, too, that they can go back. The thread is for everybody.

Once: what is lost when a process dies, or when somebody takes no messages, stands in the thread.
"""

from collections.abc import Awaitable, Callable

import structlog

from bot.core.render_moves import personal
from bot.domain.card import Card
from bot.domain.change import Reason
from bot.domain.errors import SendError
from bot.domain.move import MoveKind
from bot.domain.subscription import Action, Claim
from bot.domain.words import Words
from bot.ports import Store

log = structlog.stdlib.get_logger(__name__)

Tell = Callable[[str, Card], Awaitable[bool]]
"""A message to one person. False where the platform takes none for now. Raises SendError where it refuses this one."""
PEOPLE_MOST = 50
"""Of one channel. Platforms take a bot that writes to hundreds at once for a nuisance."""
REFUSALS_MOST = 5
"""Discord counts them against us, all of 10 minutes: see bot/chat/discord/refusals.py. The rest is for the thread."""


def says_so(claim: Claim) -> bool:
    """Whether this is the word in the thread that people can go back."""
    return claim.delivery.action is Action.REPLY and claim.delivery.change.reason is Reason.HELD


async def tell_people(claim: Claim, card: Card, tell: Tell, store: Store, words: Words) -> None:
    """`card` is what the thread was told. Raise StoreAway."""
    moves = await store.moves(claim.delivery.thread_key)
    away = [move.person for move in moves if move.kind is not MoveKind.BACK]
    refused = 0
    for number, person in enumerate(away[:PEOPLE_MOST]):
        try:
            goes_on = await tell(person, personal(card, words))
        except SendError as error:
            log.info("somebody is not told in person", delivery=claim.id, error=str(error))
            refused += 1
            goes_on = refused < REFUSALS_MOST
        if not goes_on:
            log.info("the others are not told in person", delivery=claim.id, people=len(away) - number)
            return
