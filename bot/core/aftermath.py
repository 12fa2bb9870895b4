"""aftermath: one incident's cards, with people's moves, the recovery and the best alternative. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.alternatives import Counsel
from bot.core.recovery import Recovery
from bot.core.render_moves import again, go_back, with_moves
from bot.domain.card import Card
from bot.domain.change import Change
from bot.domain.move import Move
from bot.domain.service import Service
from bot.domain.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What its cards have in common."""

    service: Service
    change: Change
    counsels: Sequence[Counsel]
    words: Words

    @property
    def name(self) -> str:
        """What people left, and go back to: the part, where there is advice for it."""
        return self.counsels[0].instead_of if self.counsels else self.service.name

    @property
    def best(self) -> str:
        """What to use instead now; empty where nothing can be recommended."""
        good = (one for counsel in self.counsels for one in counsel.advice if one.is_recommended)
        return next((one.alternative.name for one in good), "")

    def first(self, card: Card, moves: Sequence[Move], recovery: Recovery, number: int) -> Card:
        """The incident's first card."""
        return with_moves(card, moves, recovery, name=self.name, best=self.best, number=number, words=self.words)

    def can_go_back(self, moves: Sequence[Move], recovery: Recovery) -> Card:
        """Told once in the thread."""
        return go_back(self.change, self.service, moves, recovery, name=self.name, words=self.words)

    def again(self, card: Card) -> Card:
        """An update that tells of a relapse."""
        return again(card, self.best, self.words)
