"""What the job does with plans and with drills, at moments of our choosing, on a real store."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.console.draw import plain
from bot.core.catalogue import Catalogue
from bot.core.drill import slug_of, threads_of
from bot.core.drill_told import announcing
from bot.domain.change import Change, News, Reason
from bot.domain.drill import Drill, DrillPlan, End, Every
from bot.domain.polling import Outcome
from bot.domain.status import Health
from bot.domain.subscription import Action, Claim, Platform, Receipt
from bot.drills import begin
from bot.jobs.drills import Drilling
from bot.jobs.loop import Bell
from bot.jobs.rehearse import Rehearsing
from bot.library import Library
from bot.locale import languages
from bot.store.store import SqlStore
from tests.fakes import FakeClock
from tests.made import LAMP, PLAN, TEAM, TORCH, follow, incident, snapshot, update

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
PLANNED = DrillPlan(target=TEAM, service="lamp", every=Every.WEEKLY, minutes=15, planned_by="U1", next_at=MONDAY)


@dataclass
class Team:
    """The job, its store, and the links that it had asked."""

    store: SqlStore
    clock: FakeClock
    asked: list[str] = field(default_factory=list)
    job: Drilling = field(init=False)

    def __post_init__(self) -> None:
        self.job = Drilling(
            store=self.store,
            library=Library(Catalogue((LAMP, TORCH)), self.store),
            plans=(PLAN,),
            clock=self.clock,
            owner="me",
            outbox_bell=Bell(),
            poll_bell=Bell(),
            ask=self.ask,
            links=lambda _found: ("https://wiki.example/lamp",),
        )

    async def ask(self, links: Collection[str]) -> Collection[str]:
        self.asked += links
        return ["https://wiki.example/lamp"]

    async def at(self, moment: datetime) -> None:
        self.clock.time = moment
        await self.job.look()

    async def told(self) -> list[str]:
        claims = await self.store.claim_due(Platform.SLACK, self.clock.now(), timedelta(hours=9), 50)
        return [f"{one.delivery.language} {one.delivery.reason}" for one in claims]

    async def running(self) -> list[Drill]:
        return [one for one in await self.store.drills_since(self.clock.now()) if one.ended_at is None]

    async def next_at(self) -> datetime:
        (plan,) = await self.store.drill_plans_of(TEAM)
        return plan.next_at


@pytest.fixture
async def team(memory: SqlStore) -> Team:
    await memory.plan_drill(PLANNED)
    await memory.subscribe(replace(follow("lamp"), language="fr"), MONDAY - timedelta(days=9))
    return Team(memory, FakeClock(MONDAY - timedelta(days=2)))


async def test_a_planned_drill_is_announced_once_then_begins_and_the_next_is_planned(team: Team) -> None:
    await team.at(MONDAY - timedelta(hours=25))
    assert await team.told() == []
    for hours in (24, 23, 3):
        await team.at(MONDAY - timedelta(hours=hours))
    assert await team.told() == ["fr a planned drill comes tomorrow"]
    assert await team.running() == []
    await team.at(MONDAY + timedelta(seconds=3))
    (drill,) = await team.running()
    assert (drill.service, drill.ends_at - drill.started_at, drill.course.language) == (
        "lamp",
        timedelta(minutes=15),
        "fr",
    )
    assert await team.next_at() > MONDAY + timedelta(days=6)
    await team.at(MONDAY + timedelta(seconds=9))
    assert len(await team.running()) == 1


async def test_a_drill_that_nobody_could_be_told_of_is_put_off(team: Team) -> None:
    await team.at(MONDAY - timedelta(hours=2))
    assert (await team.told(), await team.running()) == ([], [])
    assert await team.next_at() > MONDAY + timedelta(hours=24)


async def test_two_processes_do_not_both_look_after_drills(team: Team) -> None:
    await team.store.hold("drills", "another", team.clock.now(), timedelta(days=9))
    await team.at(MONDAY - timedelta(hours=24))
    assert await team.told() == []


async def test_a_drill_ends_at_its_time_and_is_reported_even_if_its_page_was_never_read(team: Team) -> None:
    await team.store.drop_drill_plan(TEAM, "lamp")
    drill = Drill(
        target=TEAM, service="lamp", started_by="U1", started_at=MONDAY, ends_at=MONDAY + timedelta(minutes=5)
    )
    begun = await begin(drill, team.store, team.job.library, MONDAY)
    assert begun
    assert await begin(drill, team.store, team.job.library, MONDAY) is None
    assert [one.target for one in await team.store.subscriptions(slug_of(begun))] == [TEAM]
    for minutes in (1, 6, 8):
        await team.at(MONDAY + timedelta(minutes=minutes))
    done = await team.store.drill(begun.id)
    assert done
    assert done.ended_at == drill.ends_at
    assert done.course.report
    assert (done.course.report.end, done.course.report.acted) == (End.TIME, 0)
    assert team.asked == ["https://torch.example", "https://wiki.example/lamp"]
    assert (done.course.report.links, done.course.report.broken) == (2, ("https://wiki.example/lamp",))
    assert await team.store.subscriptions(slug_of(begun)) == []
    assert await team.store.drill_threads(threads_of(begun)) == []  # nothing was told, so nothing is under it
    await team.at(MONDAY + timedelta(minutes=9))
    assert len(team.asked) == 2


async def test_a_drill_of_a_service_that_left_the_catalogue_ends(team: Team) -> None:
    drill = Drill(target=TEAM, service="gone", started_by="U1", started_at=MONDAY, ends_at=MONDAY + timedelta(hours=1))
    assert await begin(drill, team.store, team.job.library, MONDAY)
    await team.at(MONDAY + timedelta(minutes=1))
    assert await team.running() == []


async def test_the_announcement_says_when_and_how_to_call_it_off(team: Team) -> None:
    await team.at(MONDAY - timedelta(hours=24))
    (claim,) = await team.store.claim_due(Platform.SLACK, team.clock.now(), timedelta(hours=9), 50)
    composing = Rehearsing(
        store=team.store, library=team.job.library, plans=(), languages=languages(), clock=team.clock
    )
    said = plain(await composing.card(claim), team.clock.now())
    assert said.splitlines()[0] == "EXERCICE – demain, pour Lamp"
    assert "/outage drill schedule lamp off" in said
    assert "10:00 UTC" in said


async def test_in_a_drill_nobody_is_sent_to_the_providers_page_for_earlier_words(team: Team) -> None:
    """Several of its words in one message: the earlier ones stand nowhere."""
    begun = Drill(target=TEAM, service="lamp", started_by="U1", started_at=MONDAY, ends_at=MONDAY + timedelta(hours=1))
    composing = Rehearsing(
        store=team.store, library=team.job.library, plans=(), languages=languages(), clock=team.clock
    )
    for service in ("lamp", f"planb-drill-{await team.store.begin_drill(begun)}-lamp"):
        told = replace(announcing(PLANNED, "Lamp", "en"), action=Action.REPLY)
        one = Change(
            service="lamp",
            feed="lamp",
            news=News.UPDATED,
            reason=Reason.NEW_UPDATE,
            incident=incident(),
            update=update(),
        )
        told = replace(told, change=replace(one, service=service))
        team.job.library.everything = Catalogue((LAMP, TORCH, replace(LAMP, slug=service)))
        claim = Claim(id=1, delivery=told, attempt=1, lease=1, root=Receipt(message="m1", channel="C1"), merged=3)
        said = plain(await composing.card(claim), team.clock.now())
        assert ("Earlier updates, on the status page: 3" in said) is (service == "lamp")


async def test_the_report_waits_for_the_last_word_though_the_page_was_read_after_the_end(team: Team) -> None:
    """A poll that began before the end and was saved after it still saw the drill running."""
    drill = Drill(target=TEAM, service="lamp", started_by="U1", started_at=MONDAY, ends_at=MONDAY + timedelta(hours=1))
    begun = await begin(drill, team.store, team.job.library, MONDAY)
    assert begun
    slug, read = slug_of(begun), MONDAY + timedelta(seconds=2)
    (state,) = [one for one in await team.store.claim_feeds(MONDAY, timedelta(0), 9) if one.feed == slug]
    page = Outcome(
        feed=slug, fence=state.fence, at=read, next_poll=read + timedelta(hours=9), interval=timedelta(minutes=1),
        snapshot=snapshot(incident()), validators={},
    )  # fmt: skip
    assert await team.store.save_polls([page]) == []
    await team.store.end_drill(begun.id, MONDAY + timedelta(seconds=1))
    await team.at(MONDAY + timedelta(seconds=5))
    seen = await team.store.drill(begun.id)
    assert seen
    assert seen.course.report is None
    assert [one.feed for one in await team.store.claim_feeds(team.clock.now(), timedelta(0), 9)] == [slug]


async def test_a_plan_for_a_service_that_left_the_catalogue_is_dropped(team: Team) -> None:
    await team.store.plan_drill(replace(PLANNED, service="gone"))
    await team.at(MONDAY - timedelta(hours=24))
    assert [plan.service for plan in await team.store.drill_plans_of(TEAM)] == ["lamp"]


async def test_where_a_drill_runs_already_the_planned_one_waits_for_its_next_time(team: Team) -> None:
    await team.at(MONDAY - timedelta(hours=24))
    running = Drill(
        target=TEAM,
        service="torch",
        started_by="U1",
        started_at=MONDAY - timedelta(minutes=1),
        ends_at=MONDAY + timedelta(hours=1),
    )
    assert await begin(running, team.store, team.job.library, MONDAY - timedelta(minutes=1))
    await team.at(MONDAY + timedelta(seconds=3))
    assert [one.service for one in await team.running()] == ["torch"]
    assert await team.next_at() > MONDAY + timedelta(days=6)


async def test_no_planned_drill_begins_while_the_service_fails_in_earnest(team: Team) -> None:
    await team.at(MONDAY - timedelta(hours=24))
    await team.store.register_feeds(["lamp"], MONDAY)
    (state,) = [one for one in await team.store.claim_feeds(MONDAY, timedelta(0), 9) if one.feed == "lamp"]
    page = Outcome(
        feed="lamp", fence=state.fence, at=MONDAY, next_poll=MONDAY + timedelta(hours=9), interval=timedelta(minutes=1),
        snapshot=snapshot(incident(), health=Health.MAJOR_OUTAGE), validators={},
    )  # fmt: skip
    assert await team.store.save_polls([page]) == []
    await team.at(MONDAY + timedelta(seconds=3))
    assert await team.running() == []
