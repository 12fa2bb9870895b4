"""Drills: those that run or ran, and those that are planned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.drill import Act, Course, Drill, DrillPlan
from bot.domain.subscription import Delivery, Target


class Drills(Protocol):
    """Every method may raise StoreAway."""

    async def begin_drill(self, drill: Drill) -> int | None:
        """Store it and return its number; None where one runs in that channel already."""
        ...

    async def drill(self, number: int) -> Drill | None:
        """The drill of that number."""
        ...

    async def last_drill(self, target: Target) -> Drill | None:
        """The newest of a channel, running or over."""
        ...

    async def drills_since(self, moment: datetime) -> Sequence[Drill]:
        """Those that run, and those that ended since then, oldest first."""
        ...

    async def end_drill(self, number: int, at: datetime) -> bool:
        """It is over; False if it was before."""
        ...

    async def forget_drill_pages(self, before: datetime) -> None:
        """What was read of the pages of drills that ended before; the drills themselves stay."""
        ...

    async def note_course(self, number: int, course: Course) -> None:
        """How it goes."""
        ...

    async def report_drill(self, drill: Drill, told: Sequence[Delivery], now: datetime) -> None:
        """Its report and the promise to tell it, in one transaction. Its channel follows it no more."""
        ...

    async def drill_threads(self, prefix: str) -> Sequence[str]:
        """The threads whose keys begin so and whose first message was promised, oldest first."""
        ...

    async def acts(self, prefix: str) -> Sequence[Act]:
        """What people did in the threads whose keys begin so, oldest first."""
        ...

    async def plan_drill(self, plan: DrillPlan) -> None:
        """Plan it, or change the plan."""
        ...

    async def drop_drill_plan(self, target: Target, service: str) -> bool:
        """Plan it no more; False where there was no plan."""
        ...

    async def drill_plans_of(self, target: Target) -> Sequence[DrillPlan]:
        """What a channel plans."""
        ...

    async def drill_plans_until(self, moment: datetime) -> Sequence[DrillPlan]:
        """All that are due by then."""
        ...
