"""goback: who switched or is blocked is told in person, too, that they can go back. The thread is for everybody.

Once: what is lost when a process dies, or when somebody takes no messages, stands in the thread.
"""

import asyncio
from datetime import timedelta

import structlog

from bot.core.render_moves import personal
from bot.domain.card import Card
from bot.domain.change import Reason
from bot.domain.errors import SendError
from bot.domain.move import MoveKind
from bot.domain.subscription import Action, Claim
from bot.domain.words import Words
from bot.ports import Chat, Store

log = structlog.stdlib.get_logger(__name__)

PEOPLE_MOST = 50
"""Of one channel. Platforms take a bot that writes to hundreds at once for a nuisance."""
PATIENCE = timedelta(seconds=30)
"""So long we wait where a platform asks us to slow down."""


def says_so(claim: Claim) -> bool:
    """Whether this is the word in the thread that people can go back."""
    return claim.delivery.action is Action.REPLY and claim.delivery.change.reason is Reason.HELD


async def tell_people(claim: Claim, card: Card, chat: Chat, store: Store, words: Words) -> None:
    """`card` is what the thread was told. Raise StoreAway."""
    delivery = claim.delivery
    moves = await store.moves(delivery.thread_key)
    away = [move.person for move in moves if move.kind is not MoveKind.BACK]
    for person in away[:PEOPLE_MOST]:
        try:
            await chat.tell(person, personal(card, words), delivery.target.workspace, delivery.language)
        except SendError as error:
            log.info("somebody is not told in person", delivery=claim.id, error=str(error))
            if error.verdict.retry_after:
                await asyncio.sleep(min(error.verdict.retry_after, PATIENCE).total_seconds())
