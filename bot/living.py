"""living: plans and playbooks of the team's file, as it is now. One for each process; a mistake changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import overload

from bot.core.playbooks import NO_PLAYBOOKS, Playbooks
from bot.domain.continuity import Plan


@dataclass(slots=True, eq=False)
class Living(Sequence[Plan]):
    """A sequence of plans whose content follows the file. Whoever keeps it sees the newest good version.

    `mistake` says what is wrong with a newer version, in one line; `since` is when the one in use was read.
    """

    plans: Sequence[Plan] = ()
    spreads: bool = False
    since: datetime | None = None
    playbooks: Playbooks = NO_PLAYBOOKS
    mistake: str = ""
    line: int | None = None

    def use(self, plans: Sequence[Plan], now: datetime, *, spreads: bool, playbooks: Playbooks = NO_PLAYBOOKS) -> None:
        """A good version."""
        self.plans, self.spreads, self.playbooks, self.since = plans, spreads, playbooks, now
        self.mistake, self.line = "", None

    def refuse(self, mistake: str, line: int | None = None) -> None:
        """A version that cannot be used; the one before counts."""
        self.mistake, self.line = mistake, line

    def __len__(self) -> int:
        return len(self.plans)

    @overload
    def __getitem__(self, place: int) -> Plan: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Plan]: ...
    def __getitem__(self, place: int | slice) -> Plan | Sequence[Plan]:
        """A plan by its place."""
        return self.plans[place]
