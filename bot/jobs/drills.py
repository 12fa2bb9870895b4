"""drills: what runs is watched and ended, what ended is reported, what is planned is announced and begun."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.core import drill as core
from bot.core.alternatives import plans_of
from bot.core.catalogue import Found
from bot.core.choosing import of_team
from bot.core.drill import Turn
from bot.core.drill_page import moments
from bot.core.drill_told import announcing, reporting
from bot.core.overview import feeds_of, found_all, standing_of
from bot.domain.continuity import Plan
from bot.domain.drill import Course, Drill, DrillPlan, End
from bot.domain.polling import FeedState
from bot.domain.words import Language
from bot.drills import begin, language_of
from bot.jobs.loop import Bell
from bot.library import Library
from bot.ports import Clock, Store

log = structlog.stdlib.get_logger(__name__)

NAME = "drills"
PAUSE_S = 5.0
LEASE = timedelta(seconds=60)
Ask = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Which of these addresses do not answer."""


@dataclass(slots=True, kw_only=True)
class Drilling:
    """One of all processes does it. `links` are addresses beside those of the alternatives: a playbook's, say."""

    store: Store
    library: Library
    plans: Sequence[Plan]
    clock: Clock
    owner: str
    outbox_bell: Bell
    poll_bell: Bell
    ask: Ask
    language: Language = "en"
    links: Callable[[Found], Collection[str]] = lambda _found: ()

    async def look(self, _room: int = 0) -> Sequence[None]:
        """One look at all drills and plans. Raise StoreAway."""
        now = self.clock.now()
        if await self.store.hold(NAME, self.owner, now, LEASE) is None:
            return ()
        for drill in await self.store.drills_since(now - core.KEPT):
            if drill.course.report is None:
                await self._go_on(drill, now)
        for plan in await self.store.drill_plans_until(now + core.NOTICE):
            await self._see_to(plan, now)
        return ()

    async def _go_on(self, drill: Drill, now: datetime) -> None:
        found = self.library.everything.find(drill.service)
        if found is None:
            # Its service left the catalogue: nobody could say how it went.
            await self.store.end_drill(drill.id, now)
        elif drill.ended_at is None:
            await self._watch(drill, found, now)
        else:
            await self._finish(drill, found, now)

    async def _watch(self, drill: Drill, found: Found, now: datetime) -> None:
        states = await self.store.states(feeds_of([found]))
        end = core.ending(drill, standing_of(found, states, now), now)
        course = replace(await self._course(drill, found, now), end=end)
        if course != drill.course:
            await self.store.note_course(drill.id, course)
        if end:
            at = drill.ends_at if end is End.TIME else now
            await self.store.end_drill(drill.id, at)
            log.info("a drill is over", drill=drill.id, why=end)
            drill = replace(drill, ended_at=at)
        await self._nudge(drill, now)

    async def _nudge(self, drill: Drill, now: datetime) -> bool:
        """Have its page read when it said something since; whether its last word was read.

        Another process may not have known the page when it was due. What was read is judged by what it says: a poll
        may have begun before the end and been saved after it.
        """
        slug = core.slug_of(drill)
        state: FeedState | None = (await self.store.states([slug])).get(slug)
        read, page = (state.read_at, state.snapshot) if state else (None, None)
        incidents = page.incidents if page else ()
        closed = bool(incidents) and all(one.phase.is_over for one in incidents)
        said = max((at for at in moments(drill) if at <= now), default=None)
        behind = said is not None and (read is None or read < said)
        if behind or (drill.ended_at is not None and not closed):
            await self.store.hasten([slug], now)
            self.poll_bell.ring()
        return closed

    async def _finish(self, drill: Drill, found: Found, now: datetime) -> None:
        closed = await self._nudge(drill, now)
        if closed or now - drill.until >= core.TOLD_WITHIN:
            await self._report(drill, found, now)

    async def _report(self, drill: Drill, found: Found, now: datetime) -> None:
        drill = replace(drill, course=await self._course(drill, found, now))
        links = await self._links(drill, found)
        broken = await self.ask(links) if links else ()
        report = core.report(drill, links=links, broken=broken)
        for tool in sorted(set(drill.course.moves.values())):
            await self.store.note_trial(drill.target.team, tool, core.slug_of(drill), drill.until)
        threads = await self.store.drill_threads(core.threads_of(drill))
        told = [reporting(drill, found.label, thread, now) for thread in threads[:1]]
        done = replace(drill, course=core.anonymous(drill.course, report))
        await self.store.report_drill(done, told, now)
        self.outbox_bell.ring()
        log.info("a drill is reported", drill=drill.id, acted=report.acted, switched=report.switched)

    async def _course(self, drill: Drill, found: Found, now: datetime) -> Course:
        acts = await self.store.acts(core.threads_of(drill))
        return core.observed(drill.course, acts, await self._failing(drill, found, now))

    async def _failing(self, drill: Drill, found: Found, now: datetime) -> Sequence[str]:
        """The alternatives that do not work themselves, by their names."""
        plans = await self._plans(drill, found)
        tools = [one for plan in plans for one in plan.alternatives if one.chosen and one.service]
        known = found_all(self.library.everything, (one.service for one in tools))
        states = await self.store.states(feeds_of(known.values())) if known else {}
        bad = {name for name, one in known.items() if standing_of(one, states, now).health.is_bad}
        return [one.name for one in tools if one.service in bad]

    async def _links(self, drill: Drill, found: Found) -> Collection[str]:
        urls = [one.url for plan in await self._plans(drill, found) for one in plan.alternatives if one.url]
        return tuple(dict.fromkeys((*urls, *self.links(found))))

    async def _plans(self, drill: Drill, found: Found) -> Sequence[Plan]:
        """What the team uses instead: the file's lists, and those that it chose in the chat in their place."""
        team = drill.target.team
        theirs = of_team(self.plans, await self.store.choices_of(team), {})
        return plans_of(theirs.plans, found, self.library.of(team))

    async def _see_to(self, plan: DrillPlan, now: datetime) -> None:
        found = self.library.everything.find(plan.service)
        if found is None:
            await self.store.drop_drill_plan(plan.target, plan.service)
            return
        language = await language_of(plan.target, plan.service, self.store, self.language)
        notice = announcing(plan, found.label, language)
        announced = bool(await self.store.drill_threads(notice.thread_key))
        match core.turn(plan, now, announced=announced):
            case Turn.ANNOUNCE:
                await self.store.promise([notice], now)
                self.outbox_bell.ring()
            case Turn.WAIT:
                pass
            case Turn.PUT_OFF:
                await self.store.plan_drill(replace(plan, next_at=core.put_off(now, plan.target, plan.minutes)))
            case _:
                await self._begin(plan, found, language, now)

    async def _begin(self, plan: DrillPlan, found: Found, language: Language, now: datetime) -> None:
        """Begin it, unless there is a real outage or another drill; either way the next one is planned."""
        states = await self.store.states(feeds_of([found]))
        again = core.next_time(plan.every, plan.next_at, plan.target, plan.minutes)
        await self.store.plan_drill(replace(plan, next_at=again))
        if core.interrupts(standing_of(found, states, now), now):
            log.info("no drill: the service fails in earnest", service=plan.service)
            return
        drill = Drill(
            target=plan.target,
            service=plan.service,
            started_by=plan.planned_by,
            started_at=now,
            ends_at=now + timedelta(minutes=plan.minutes),
            course=Course(language=language),
        )
        if await begin(drill, self.store, self.library, now):
            self.poll_bell.ring()
