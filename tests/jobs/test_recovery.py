"""From the first word of a failure to "you can go back", through the real pipeline."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.console.draw import plain
from bot.core.pace import Budget, Pace
from bot.domain.card import Card
from bot.domain.change import Reason
from bot.domain.errors import Scope, SendError, Unreachable, Verdict
from bot.domain.move import Move, MoveKind
from bot.domain.status import Health, Incident, Kind, Phase
from bot.domain.subscription import Action, Claim, Platform, Receipt
from bot.jobs.goback import REFUSALS_MOST
from bot.jobs.recovery import Recovering
from bot.ports import Settled
from bot.store.store import SqlStore
from tests.jobs.world import World, saying
from tests.made import CHAT, TEAM, ended, follow, incident, snapshot, update

SECOND = replace(TEAM, channel="C2")


async def world_of(store: SqlStore) -> World:
    world = World(store)
    await world.begin(follow(), follow(target=SECOND, language="fr"))
    world.fetcher.say("torch", saying(snapshot()))
    world.fetcher.say("lamp", saying(snapshot()))
    await world.round()
    return world


def recovering(world: World, *, hold: float = 15, owner: str = "") -> Recovering:
    world.delivering.composing.hold = timedelta(minutes=hold)
    return Recovering(
        library=world.polling.library,
        store=world.store,
        clock=world.clock,
        bell=world.bell,
        owner=owner,
        hold=timedelta(minutes=hold),
    )


async def says(world: World, page: Incident | None = None, *, minutes: float = 1, channel: str = "C1") -> list[str]:
    """Later: the page says this, a look, and what the channel reads."""
    if page:
        world.fetcher.say("lamp", saying(snapshot(page)))
    before = len(world.chat.delivered)
    await world.round(minutes)
    await recovering(world).look()
    await world.deliver()
    return [
        f"{claim.delivery.action}: {' | '.join(plain(card, world.clock.now()).splitlines()[:2])}"
        for claim, card in world.chat.delivered[before:]
        if claim.delivery.target.channel == channel
    ]


OPEN = incident()
FIXED = incident(update(), update("u1", Phase.MONITORING, "A fix is in.", 10))
RELAPSED = incident(*FIXED.updates, update("u2", Phase.INVESTIGATING, "It is back.", 15))
OVER = incident(*RELAPSED.updates, update("u3", Phase.RESOLVED, "Done.", 20), resolved_at=update(minutes=20).posted_at)


async def test_people_are_told_once_that_they_can_go_back_when_it_has_held(memory: SqlStore) -> None:
    world = await world_of(memory)
    assert await says(world, OPEN) == ["post: Lamp: Logins fail | Investigating – impact: major"]
    first = "edit: Lamp: Logins fail | Fix applied, being watched – impact: major"
    assert await says(world, FIXED, minutes=9) == [
        "reply: Lamp: Fix applied, being watched | A fix is in.",
        f"{first} – recovering, not sure yet: I say when you can go back, not before 12:25 UTC",
    ]
    assert await says(world, minutes=13) == []
    assert await says(world, minutes=2) == [
        "reply: Lamp: you can go back to Lamp | It has worked for 15 min without a relapse.",
        f"{first} – you can go back to Lamp",
    ]
    assert await says(world, minutes=5) == []
    assert await says(world, minutes=60) == []


async def test_a_relapse_goes_on_in_the_same_thread_and_says_where_to_stay(memory: SqlStore) -> None:
    world = await world_of(memory)
    await says(world, OPEN)
    await says(world, FIXED, minutes=9)
    assert await says(world, RELAPSED, minutes=5) == [
        "reply: Lamp: Investigating | It fails again: stay with Torch.",
        "edit: Lamp: Logins fail | Investigating – impact: major",
    ]
    assert await says(world, minutes=40) == []
    assert (await says(world, OVER))[1].startswith("edit: Lamp: Logins fail | Resolved – lasted 20 min – ")


async def test_after_a_relapse_it_is_told_again_when_it_has_held_again(memory: SqlStore) -> None:
    world = await world_of(memory)
    await says(world, OPEN)
    await says(world, FIXED, minutes=10)
    assert "you can go back" in (await says(world, minutes=20))[0]
    world.clock.time = world.clock.time.replace(hour=14)
    later = world.clock.now()
    again = incident(*FIXED.updates, replace(update("u2"), posted_at=later))
    assert "It fails again" in (await says(world, again))[0]
    over = incident(*again.updates, replace(update("u3", Phase.RESOLVED), posted_at=later), resolved_at=later)
    assert len(await says(world, over)) == 2
    assert "you can go back" in (await says(world, minutes=16))[0]


async def test_the_thread_counts_who_switched_and_calls_nobody(memory: SqlStore) -> None:
    world = await world_of(memory)
    await says(world, OPEN)
    told = await memory.newest(1)
    assert told
    for person in ("U1", "U2"):
        await memory.move(told, Move(kind=MoveKind.SWITCHED, person=person, tool="Torch"), world.clock.now())
    await memory.move(told, Move(kind=MoveKind.BLOCKED, person="U3"), world.clock.now())
    [edit] = await world.deliver()
    assert edit.delivery.action is Action.EDIT
    assert "In this channel: 2 switched to Torch, 1 blocked" in plain(world.chat.delivered[-1][1], world.clock.now())
    await says(world, FIXED, minutes=10)
    await says(world, minutes=20)
    reply = next(card for claim, card in world.chat.delivered if claim.delivery.change.reason is Reason.HELD)
    text = plain(reply, world.clock.now())
    assert "2 switched to Torch, 1 blocked" in text
    assert not {"U1", "U2", "U3", "@"} & set(text.split())


async def test_who_left_it_is_told_in_person_once_and_whoever_cannot_be_told_holds_up_nobody(memory: SqlStore) -> None:
    world = await world_of(memory)
    await says(world, OPEN)
    told = await memory.newest(1)
    assert told
    moved = {"U1": MoveKind.SWITCHED, "U2": MoveKind.BLOCKED, "U3": MoveKind.BACK, "U4": MoveKind.BLOCKED}
    for person, kind in moved.items():
        await memory.move(told, Move(kind=kind, person=person), world.clock.now())
    closed = SendError("takes no messages", Verdict(permanent=True))
    world.chat.tell_errors += [closed, SendError("slow down", Verdict(retry_after=timedelta(milliseconds=1)))]
    await says(world, FIXED, minutes=10)
    await says(world, minutes=20)
    await says(world, minutes=20)
    [(person, card)] = world.chat.told
    assert person == "U4"
    said = plain(card, world.clock.now())
    assert "you can go back to Lamp" in said
    assert "You told me that you could not use it." in said
    assert "blocked" not in said


async def leaving(world: World, people: int) -> None:
    """The channel was told of a failure, and so many switched."""
    await says(world, OPEN)
    told = await world.store.newest(1)
    assert told
    for number in range(people):
        switched = Move(kind=MoveKind.SWITCHED, person=f"U{number}", tool="Torch")
        await world.store.move(told, switched, world.clock.now())


async def held(world: World) -> list[Claim]:
    """It held, and the word that people can go back is due."""
    await says(world, FIXED, minutes=10)
    world.clock.tick(minutes=20)
    await world.poll()
    await recovering(world).look()
    return [one for one in await world.delivering.take(50) if one.delivery.target == TEAM]


async def test_people_are_written_to_as_fast_as_the_platform_takes_it_like_everybody(memory: SqlStore) -> None:
    world = await world_of(memory)
    await leaving(world, 4)
    claims = await held(world)
    a_day = Budget(scope=Scope.WORKSPACE, most=1, per=timedelta(days=1), burst=3)
    world.delivering.pace = Pace(budgets={(Platform.SLACK, Action.TELL): (a_day,)})
    for claim in claims:
        await world.delivering.work(claim)
    assert [person for person, _ in world.chat.told] == ["U0", "U1", "U2"]


async def test_nobody_is_written_to_before_the_platform_s_pause_is_over_and_nothing_else_either(
    memory: SqlStore,
) -> None:
    world = await world_of(memory)
    await leaving(world, 4)
    claims = await held(world)
    pause = Verdict(retry_after=timedelta(minutes=2), limited=True, scope=Scope.WORKSPACE)
    world.chat.tell_errors = [SendError("ratelimited", pause)]
    for claim in claims:
        await world.delivering.work(claim)
    assert world.chat.told == []
    wait = world.delivering.pace.reserve(TEAM, Action.POST, world.clock.now(), timedelta())
    assert wait == timedelta(minutes=2)


async def test_where_many_take_no_messages_the_others_are_not_tried(memory: SqlStore) -> None:
    """Discord counts what it refuses, and shuts out who is refused too often: then nobody would be told anything."""
    world = await world_of(memory)
    await leaving(world, 9)
    claims = await held(world)
    world.chat.tell_errors = [SendError("takes no messages", Verdict(permanent=True)) for _ in range(9)]
    for claim in claims:
        await world.delivering.work(claim)
    assert len(world.chat.tell_errors) == 9 - REFUSALS_MOST


async def test_who_was_stopped_until_another_told_the_people_tells_them_nothing(memory: SqlStore) -> None:
    world = await world_of(memory)
    await leaving(world, 1)
    claims = await held(world)
    deliver = world.chat.deliver

    async def late(claim: Claim, card: Card) -> Receipt:
        world.clock.tick(minutes=2)
        world.chat.deliver = deliver  # type: ignore[method-assign] # for this test
        world.chat.settled = [Settled(receipt=Receipt(message="m9", channel="C1"))]
        await world.deliver()
        assert [person for person, _ in world.chat.told] == ["U0"]
        return Receipt(message="m9", channel="C1")

    world.chat.deliver = late  # type: ignore[method-assign] # for this test
    for claim in claims:
        await world.delivering.work(claim)
    assert [person for person, _ in world.chat.told] == ["U0"]


async def test_french_channels_read_it_in_french(memory: SqlStore) -> None:
    world = await world_of(memory)
    await says(world, OPEN)
    await says(world, FIXED, minutes=10)
    assert (await says(world, minutes=20, channel="C2"))[0] == (
        "reply: Lamp\u00a0: vous pouvez revenir à Lamp | Tout fonctionne depuis 15 min, sans rechute."
    )


@pytest.mark.parametrize(
    ("page", "labels"),
    [
        (OPEN, ["I switched to Torch", "I am blocked", "Playbook"]),
        (FIXED, ["I switched to Torch", "I am blocked", "Playbook"]),
        (ended(), ["I switched to Torch", "I am blocked"]),
    ],
)
async def test_the_first_card_has_buttons_and_replies_have_none(
    memory: SqlStore, page: Incident, labels: list[str]
) -> None:
    world = await world_of(memory)
    await says(world, OPEN)
    if page is not OPEN:
        await says(world, page, minutes=10)
    for claim, card in world.chat.delivered:
        wanted = [] if claim.delivery.action is Action.REPLY else labels
        if claim.delivery.language == "en":
            was_open = claim.delivery.change.incident.phase.is_open
            more = ["Playbook"] if wanted and was_open and "Playbook" not in wanted else []
            assert [button.label for button in card.buttons] == [*wanted, *more]
            assert all(button.does.split(":")[1] == str(claim.id) for button in card.buttons)


async def test_when_people_can_go_back_there_is_one_button_and_a_day_later_none(memory: SqlStore) -> None:
    world = await world_of(memory)
    await says(world, OPEN)
    await says(world, ended(), minutes=29)
    await says(world, minutes=20)
    claim, card = next(one for one in reversed(world.chat.delivered) if one[0].delivery.language == "en")
    assert [(button.label, button.line) for button in card.buttons] == [("I am back", "/outage back")]
    world.clock.tick(days=2)
    assert (await world.delivering.composing.card(claim)).buttons == ()


async def test_while_the_page_cannot_be_read_nobody_is_sent_back(memory: SqlStore) -> None:
    world = await world_of(memory)
    await says(world, OPEN)
    await says(world, FIXED, minutes=10)
    world.fetcher.say("lamp", *[Unreachable("away")] * 30)
    for _ in range(6):
        assert await says(world, minutes=5) == []
    world.fetcher.answers["lamp"] = []
    world.clock.tick(minutes=30)
    assert "you can go back" in (await says(world, minutes=5))[0]


async def test_green_parts_send_people_back_only_where_they_were_bad(memory: SqlStore) -> None:
    world = await world_of(memory)
    named = incident(components=(CHAT.id,))
    bad = replace(CHAT, health=Health.PARTIAL_OUTAGE)
    world.fetcher.say("lamp", saying(snapshot(named, components=(bad,))))
    await says(world)
    world.fetcher.say("lamp", saying(snapshot(named, components=(CHAT,))))
    assert [line.partition(" – ")[2] for line in await says(world)] == [
        "impact: major – recovering, not sure yet: I say when you can go back, not before 12:18 UTC"
    ]
    assert await says(world, minutes=14) == []
    assert "you can go back" in (await says(world, minutes=2))[0]
    assert await says(world, minutes=2) == []


async def test_what_was_told_only_after_its_end_is_not_told_again(memory: SqlStore) -> None:
    world = await world_of(memory)
    assert await says(world, ended(), minutes=90) != []
    for _ in range(3):
        assert await says(world, minutes=10) == []


async def test_one_of_two_processes_looks_and_a_second_telling_is_harmless(memory: SqlStore) -> None:
    world = await world_of(memory)
    await says(world, OPEN)
    await says(world, FIXED, minutes=10)
    world.clock.tick(minutes=20)
    await world.poll()
    await recovering(world, owner="b").look()
    await recovering(world, owner="c").look()
    first = len(await world.deliver())
    world.clock.tick(minutes=5)
    await world.poll()
    await recovering(world, owner="c").look()
    assert (first, await world.deliver()) == (4, [])
    # As if the process had died between the promise and the note.
    await memory.set_note("recovery", "{}")
    await memory.unclear([f"{TEAM.key}|lamp|i1"])
    await says(world)
    assert await says(world, minutes=5) == []


async def test_what_is_followed_but_not_read_yet_waits(memory: SqlStore) -> None:
    world = World(memory)
    await memory.subscribe(follow(), world.clock.now())
    await recovering(world).look()
    assert await world.deliver() == []


async def test_who_follows_only_since_the_failure_is_not_told_of_its_end(memory: SqlStore) -> None:
    world = await world_of(memory)
    named = incident(components=(CHAT.id,))
    for health in (Health.PARTIAL_OUTAGE, Health.OPERATIONAL):
        page = snapshot(named, components=(replace(CHAT, health=health),))
        world.fetcher.say("lamp", saying(page))
        await says(world)
        await memory.subscribe(follow(target=replace(TEAM, channel="C3")), world.clock.now())
        for channel in (TEAM, SECOND):
            await memory.unsubscribe(channel, "lamp")
    assert await says(world, minutes=20, channel="C3") == []


async def test_a_notice_has_no_recovery(memory: SqlStore) -> None:
    world = await world_of(memory)
    (posted,) = await says(world, incident(kind=Kind.NOTICE))
    assert posted.startswith("post: Lamp: Logins fail")
    assert "recovering" not in posted
    assert await says(world, minutes=20) == []
