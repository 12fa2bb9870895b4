import asyncio
from datetime import timedelta

import pytest

from bot.chat.console.draw import plain
from bot.core.catalogue import Catalogue
from bot.core.pace import Budget, Pace
from bot.core.playbooks import Playbooks
from bot.domain.card import Card, Code, Link
from bot.domain.change import News
from bot.domain.errors import Scope, SendError, Verdict
from bot.domain.playbook import Playbook, Text
from bot.domain.subscription import Action, Claim, Delivery, Platform, Receipt, Target
from bot.jobs.deliver import NO_CHAT
from bot.library import Library
from bot.ports import Settled
from bot.ports.meter import Count, Silent
from bot.store.store import SqlStore
from tests.fakes import FakeChat
from tests.jobs.world import World, saying
from tests.made import PLAN, TEAM, change, ended, follow, incident, snapshot, update

LOUNGE = Target(platform=Platform.DISCORD, workspace="G1", channel="7")


@pytest.fixture
async def world(memory: SqlStore) -> World:
    world = World(memory)
    await world.begin(follow())
    return world


def promise(key: str = "k1", action: Action = Action.POST, to: Target = TEAM, about: str = "i1") -> Delivery:
    news = change(incident(update(), id=about), News.UPDATED)
    return Delivery(key=key, target=to, action=action, change=news, reason="new")


async def make(world: World, *promises: Delivery) -> None:
    await world.store.promise(promises or (promise(),), world.clock.now())


def titles(chat: FakeChat) -> list[str]:
    return [card.title for _, card in chat.delivered]


async def test_it_delivers_and_remembers_where(world: World) -> None:
    await make(world)
    await world.deliver()
    await make(world, promise("k2", Action.REPLY), promise("k3", Action.EDIT))
    await world.deliver()
    assert titles(world.chat) == ["Lamp: Logins fail", "Lamp: Investigating", "Lamp: Logins fail"]
    assert [claim.root for claim, _ in world.chat.delivered] == [None, *[Receipt(message="m1", channel="C1")] * 2]


async def test_the_card_shows_the_alternatives_as_they_are_now(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot(incident(components=("c1",)))))
    world.fetcher.say("torch", saying(snapshot(incident(id="t1"))))
    await world.round()
    text = plain(world.chat.delivered[0][1], world.clock.now())
    assert "Parts concerned: Chat" in text
    assert text.index("Candle") < text.index("🟠 Torch – shared account (itself: Partial outage)")


async def test_it_speaks_the_language_of_the_channel(world: World) -> None:
    await world.store.subscribe(follow(language="fr"), world.clock.now())
    world.fetcher.say("lamp", saying(snapshot(incident())))
    await world.round()
    assert (
        plain(world.chat.delivered[0][1], world.clock.now()).splitlines()[1]
        == "Analyse en cours – impact\u00a0: majeur"
    )


async def test_a_reply_whose_post_was_given_up_shows_the_whole_incident(world: World) -> None:
    await make(world, promise("k2", Action.REPLY))
    await world.deliver()
    assert titles(world.chat) == ["Lamp: Logins fail"]


async def test_a_refusal_is_tried_again_later(world: World) -> None:
    world.chat.errors = [SendError("busy"), SendError("busy")]
    await make(world)
    await world.deliver()
    assert titles(world.chat) == []
    world.clock.tick(seconds=5)
    await world.deliver()
    world.clock.tick(seconds=9)
    assert await world.deliver() == []
    world.clock.tick(seconds=1)
    await world.deliver()
    assert titles(world.chat) == ["Lamp: Logins fail"]


async def test_retry_after_is_obeyed_to_the_second(world: World) -> None:
    world.chat.errors = [SendError("slow down", Verdict(retry_after=timedelta(seconds=30)))]
    await make(world)
    await world.deliver()
    world.clock.tick(seconds=29)
    assert await world.deliver() == []
    world.clock.tick(seconds=2)
    assert len(await world.deliver()) == 1


async def test_it_is_given_up_after_three_days(world: World) -> None:
    await make(world)
    world.clock.tick(hours=73)
    world.chat.errors = [SendError("busy")]
    await world.deliver()
    assert await world.store.next_due(Platform.SLACK) is None


async def test_a_closed_channel_is_told_nothing_more_and_its_owner_once(world: World) -> None:
    world.chat.errors = [SendError("is_archived", Verdict(permanent=True))]
    await make(world, promise(), promise("k2", about="i2"))
    await world.deliver()
    assert [(owner, card.title) for owner, card in world.chat.told] == [
        ("U1", "I can no longer post in a channel you subscribed")
    ]
    assert plain(world.chat.told[0][1], world.clock.now()).splitlines()[1] == "Channel C1: is_archived."
    assert await world.store.subscriptions_of(TEAM) == []
    assert await world.store.next_due(Platform.SLACK) is None


async def test_an_owner_who_cannot_be_told_stops_nothing(world: World) -> None:
    world.chat.errors = [SendError("is_archived", Verdict(permanent=True))]
    world.chat.tell_errors = [SendError("user_not_found")]
    await make(world)
    await world.deliver()
    assert (world.chat.told, await world.store.next_due(Platform.SLACK)) == ([], None)


TWO_A_MINUTE = Budget(scope=Scope.CHANNEL, most=2, per=timedelta(minutes=1))
UNCLEAR = SendError("timeout", Verdict(ambiguous=True))


async def test_what_may_be_there_is_asked_for_before_it_is_sent_again(world: World) -> None:
    world.chat.errors = [UNCLEAR]
    world.chat.settled = [Settled(wait=timedelta(seconds=15)), Settled(receipt=Receipt(message="x", channel="C1"))]
    await make(world)
    await world.deliver()
    for seconds in (5, 15):
        world.clock.tick(seconds=seconds)
        await world.deliver()
    assert titles(world.chat) == []
    assert await world.store.next_due(Platform.SLACK) is None
    await make(world, promise("k2", Action.REPLY))
    (claim,) = await world.deliver()
    assert claim.root == Receipt(message="x", channel="C1")


async def test_what_is_not_there_is_sent_again(world: World) -> None:
    world.chat.errors = [UNCLEAR]
    world.chat.settled = [Settled()]
    await make(world)
    await world.deliver()
    world.clock.tick(seconds=5)
    await world.deliver()
    assert titles(world.chat) == ["Lamp: Logins fail"]


async def test_the_work_of_a_process_that_died_is_settled_first(world: World) -> None:
    await make(world)
    await world.delivering.take(5)
    world.clock.tick(seconds=61)
    world.chat.settled = [Settled(receipt=Receipt(message="x", channel="C1"))]
    (claim,) = await world.deliver()
    assert (claim.attempt, titles(world.chat), len(world.chat.asked)) == (2, [], 1)


async def test_an_edit_is_simply_repeated(world: World) -> None:
    world.chat.errors = [UNCLEAR]
    await make(world, promise("k3", Action.EDIT))
    await world.deliver()
    world.clock.tick(seconds=5)
    await world.deliver()
    assert (len(world.chat.delivered), world.chat.asked) == (1, [])


async def test_a_poisoned_delivery_stops_nobody(world: World) -> None:
    world.chat.errors = [ValueError("a bug of ours")]
    await make(world, promise(), promise("k2", about="i2"))
    await world.deliver()
    assert len(world.chat.delivered) == 1
    world.clock.tick(seconds=5)
    await world.deliver()
    assert len(world.chat.delivered) == 2


async def test_a_platform_that_is_not_set_up_waits(world: World) -> None:
    world.delivering.platform = Platform.DISCORD
    await make(world, promise(to=LOUNGE))
    await world.deliver()
    lounge = FakeChat(platform=Platform.DISCORD)
    world.use(Platform.DISCORD, lounge)
    world.clock.tick(seconds=NO_CHAT.total_seconds() + 1)
    await world.deliver()
    assert titles(lounge) == ["Lamp: Logins fail"]


async def test_nothing_is_taken_before_the_platform_may_be_spoken_through(world: World) -> None:
    world.chat.mute = True
    await make(world)
    assert await world.deliver() == []
    assert titles(world.chat) == []
    world.chat.mute = False
    await world.deliver()
    assert titles(world.chat) == ["Lamp: Logins fail"]


async def test_a_service_that_left_the_catalogue_waits_to_be_given_up(world: World) -> None:
    world.delivering.composing.library = Library(Catalogue(()))
    await make(world)
    await world.deliver()
    assert titles(world.chat) == []
    assert await world.store.next_due(Platform.SLACK) is not None


async def test_without_plans_nothing_is_asked_about_alternatives_and_the_playbook_is_left(world: World) -> None:
    world.delivering.composing.counselling.plans = ()
    await make(world)
    await world.deliver()
    card = world.chat.delivered[0][1]
    assert [item.text[-1] for listing in card.listings for item in listing.items] == [Code("/outage playbook lamp")]
    number = world.chat.delivered[0][0].id
    assert [button.does for button in card.buttons] == [f"blocked:{number}", f"playbook:{number}:"]
    assert PLAN.alternatives[0].name not in plain(world.chat.delivered[0][1], world.clock.now())


async def test_the_last_line_leads_to_the_template_that_the_team_keeps(world: World) -> None:
    book = Playbook(wanted="lamp", link=Text(en="https://wiki.example.org/offline"))
    world.delivering.composing.file.playbooks = Playbooks(ours=(book,))
    await make(world)
    await world.deliver()
    last = world.chat.delivered[0][1].listings[-1].items[-1]
    assert last.text[-1] == Link("your team's template", "https://wiki.example.org/offline")


async def test_a_closed_incident_first_seen_now_is_one_short_message(world: World) -> None:
    world.fetcher.say("lamp", saying(snapshot()), saying(snapshot(ended())))
    assert [await world.round() for _ in range(2)] == [[], ["post: Lamp: Logins fail"]]


async def test_a_reply_that_speaks_for_others_says_so(world: World) -> None:
    await make(world)
    await world.deliver()
    await make(world, promise("k2", Action.REPLY), promise("k3", Action.REPLY), promise("k4", Action.REPLY))
    await world.deliver()
    assert titles(world.chat) == ["Lamp: Logins fail", "Lamp: Investigating"]
    assert "Earlier updates, on the status page: 2" in plain(world.chat.delivered[1][1], world.clock.now())


async def test_a_platform_that_does_not_answer_is_left_alone_but_for_a_question(world: World) -> None:
    world.chat.settled = [Settled()] * 9
    await make(world, *(promise(f"k{n}", about=f"i{n}") for n in range(20)))
    world.chat.errors = [UNCLEAR] * 5
    for claim in await world.delivering.take(5):
        await world.delivering.work(claim)
    world.clock.tick(seconds=11)
    world.chat.errors = [UNCLEAR] * 2
    assert await world.delivering.take(50) == ()
    world.clock.tick(seconds=1)
    assert await world.delivering.take(50) == ()
    assert len(world.chat.errors) == 1
    world.clock.tick(seconds=12)
    assert await world.delivering.take(50) == ()
    world.clock.tick(seconds=12)
    (probe,) = await world.delivering.take(50)
    assert await world.delivering.take(50) == ()
    world.chat.errors = [UNCLEAR]
    await world.delivering.work(probe)
    assert titles(world.chat) == []
    world.clock.tick(seconds=12)
    await world.deliver()
    world.clock.tick(minutes=20)
    await world.deliver()
    assert len(titles(world.chat)) == 20


async def test_a_platform_that_shuts_us_out_is_left_alone_for_as_long_as_it_says(world: World) -> None:
    world.chat.errors = [SendError("banned", Verdict(retry_after=timedelta(minutes=10), scope=Scope.PLATFORM))]
    await make(world, promise(), promise("k2", about="i2"))
    await world.delivering.work((await world.delivering.take(1))[0])
    world.clock.tick(minutes=9, seconds=59)
    assert await world.delivering.take(50) == ()
    world.clock.tick(seconds=3)
    await world.deliver()
    assert len(titles(world.chat)) == 2


async def test_a_workspace_that_is_told_to_wait_holds_up_no_other(world: World) -> None:
    world.chat.errors = [SendError("slow", Verdict(retry_after=timedelta(seconds=30), scope=Scope.WORKSPACE))]
    elsewhere = Target(platform=Platform.SLACK, workspace="T2", channel="C9")
    await world.store.subscribe(follow(target=elsewhere), world.clock.now())
    await make(world, promise(), promise("k2", about="i2"), promise("k3", to=elsewhere))
    await world.deliver()
    assert [claim.delivery.target for claim, _ in world.chat.delivered] == [elsewhere]
    world.clock.tick(seconds=29)
    assert len(await world.deliver()) == 0
    world.clock.tick(seconds=2)
    assert len(await world.deliver()) == 2


async def test_a_message_that_will_never_be_taken_is_given_up_and_its_channel_is_not(world: World) -> None:
    world.chat.errors = [SendError("msg_too_long", Verdict(hopeless=True))]
    await make(world)
    await world.deliver()
    assert await world.store.next_due(Platform.SLACK) is None
    (dead,) = await world.store.given_up(5)
    assert (dead.error, dead.title, dead.attempts) == ("msg_too_long", "Logins fail", 1)
    assert await world.store.subscriptions_of(TEAM)


async def test_a_channel_is_not_spoken_to_faster_than_it_takes(world: World) -> None:
    world.delivering.pace = Pace(budgets={(Platform.SLACK, Action.POST): (TWO_A_MINUTE,)})
    await make(world, *(promise(f"k{n}", about=f"i{n}") for n in range(4)))
    told = []
    for _ in range(4):
        await world.deliver()
        told.append(len(titles(world.chat)))
        world.clock.tick(seconds=30)
    assert told == [1, 2, 3, 4]
    assert {claim.attempt for claim, _ in world.chat.delivered} == {1}


async def test_what_is_found_after_it_was_made_to_say_more_is_edited(world: World) -> None:
    there = Receipt(message="m0", channel="C1")
    world.chat.errors = [UNCLEAR]
    await make(world)
    await world.deliver()
    await make(world, promise("k2", Action.REPLY))
    world.chat.settled = [Settled(receipt=there)]
    world.clock.tick(minutes=10)
    await world.deliver()
    ((claim, card),) = world.chat.delivered
    assert (claim.delivery.action, claim.root, card.title) == (Action.EDIT, there, "Lamp: Logins fail")
    assert await world.store.next_due(Platform.SLACK) is None


async def test_nothing_is_sent_under_a_lease_that_is_over(world: World) -> None:
    await make(world)
    (claim,) = await world.delivering.take(1)
    world.clock.tick(seconds=61)
    await world.delivering.work(claim)
    assert titles(world.chat) == []
    await world.deliver()
    assert titles(world.chat) == ["Lamp: Logins fail"]


async def test_a_platform_that_cannot_even_be_reached_is_left_alone_too(world: World) -> None:
    world.chat.errors = [SendError("slack: ClientConnectorError", Verdict(scope=Scope.PLATFORM)) for _ in range(9)]
    await make(world, *(promise(f"k{number}", about=f"i{number}") for number in range(9)))
    for claim in await world.delivering.take(5):
        await world.delivering.work(claim)
    assert world.delivering.breaker.is_open
    assert await world.delivering.take(9) == ()


async def test_what_is_for_a_platform_that_was_taken_away_is_given_up_too(world: World) -> None:
    world.delivering.chats = {}
    await make(world)
    await world.deliver()
    assert await world.store.next_due(Platform.SLACK)
    world.clock.tick(hours=73)
    await world.deliver()
    assert await world.store.next_due(Platform.SLACK) is None


async def test_a_lease_that_is_nearly_over_is_not_used(world: World) -> None:
    """The call would end after it, and who takes the delivery over might look for its echo too early."""
    await make(world)
    (claim,) = await world.delivering.take(1)
    world.clock.tick(seconds=46)
    await world.delivering.work(claim)
    assert titles(world.chat) == []
    [again] = await world.deliver()
    assert (again.attempt, again.unsettled_since) == (1, None)
    assert titles(world.chat) == ["Lamp: Logins fail"]


async def test_what_waits_in_hand_for_its_turn_obeys_a_retry_after_that_came_meanwhile(world: World) -> None:
    quick = Budget(scope=Scope.WORKSPACE, most=4, per=timedelta(seconds=1))
    world.delivering.pace = Pace(budgets={(Platform.SLACK, Action.POST): (quick,)})
    slow_down = Verdict(retry_after=timedelta(seconds=30), limited=True, scope=Scope.WORKSPACE)
    deliver = world.chat.deliver

    async def refused(claim: Claim, card: Card) -> Receipt:
        world.chat.deliver = deliver  # type: ignore[method-assign] # for one call
        await asyncio.sleep(0.1)
        raise SendError("ratelimited", slow_down)

    world.chat.deliver = refused  # type: ignore[method-assign] # for one call
    await make(world, promise(), promise("k2", about="i2"))
    claims = await world.delivering.take(9)
    await asyncio.gather(*map(world.delivering.work, claims))
    assert titles(world.chat) == []
    world.clock.tick(seconds=29)
    assert await world.deliver() == []
    world.clock.tick(seconds=2)
    await world.deliver()
    assert len(titles(world.chat)) == 2


async def test_a_short_wait_for_its_turn_is_waited_in_hand(world: World) -> None:
    quick = Budget(scope=Scope.CHANNEL, most=50, per=timedelta(seconds=1))
    world.delivering.pace = Pace(budgets={(Platform.SLACK, Action.POST): (quick,)})
    await make(world, promise(), promise("k2", about="i2"))
    await world.deliver()
    assert len(titles(world.chat)) == 2
    assert {claim.attempt for claim, _ in world.chat.delivered} == {1}


async def test_a_wait_that_a_short_lease_does_not_outlast_is_not_waited_in_hand(world: World) -> None:
    """It would come to its turn too late, book the next, and so on for ever."""
    slow = Budget(scope=Scope.CHANNEL, most=1, per=timedelta(seconds=1))
    world.delivering.pace = Pace(budgets={(Platform.SLACK, Action.POST): (slow,)})
    world.delivering.lease = timedelta(seconds=1)
    await make(world, promise(), promise("k2", about="i2"))
    await world.deliver()
    assert len(titles(world.chat)) == 1
    assert await world.store.next_due(Platform.SLACK) == world.clock.now() + timedelta(seconds=1)
    world.clock.tick(seconds=1)
    await world.deliver()
    assert len(titles(world.chat)) == 2


async def test_what_another_process_took_first_is_no_work(world: World) -> None:
    await make(world)
    taken = await world.store.claim_due(Platform.SLACK, world.clock.now(), timedelta(minutes=1), 9)
    assert taken
    world.clock.tick(seconds=30)
    assert await world.delivering.take(9) == ()
    await make(world, promise("k2", Action.REPLY, about="i9"))
    world.delivering.rest = timedelta(hours=9)
    await world.store.sent(taken[0], Receipt(message="m", channel="C1"), world.clock.now())
    await make(world, promise("k3", Action.REPLY))
    claims = await world.delivering.take(9)
    assert [claim.delivery.key for claim in claims] == ["k2"]
    assert not await world.delivering.take(9)


async def test_a_platform_without_a_chat_is_not_asked(world: World) -> None:
    world.delivering.breaker.shut(world.clock.now(), world.clock.now())
    world.delivering.chats = {}
    assert await world.delivering.take(9) == ()


async def test_being_too_fast_is_counted(world: World) -> None:
    meter = Noted()
    world.delivering.meter = meter
    world.chat.errors = [SendError("ratelimited", Verdict(retry_after=timedelta(seconds=1), limited=True))]
    await make(world)
    await world.deliver()
    assert Count.HTTP_429 in meter.counted


async def test_what_another_process_has_by_now_is_counted_there_alone(world: World) -> None:
    meter = Noted()
    world.delivering.meter = meter
    await make(world)
    (claim,) = await world.delivering.take(1)
    deliver = world.chat.deliver

    async def slowly(claim: Claim, card: Card) -> Receipt:
        world.clock.tick(seconds=61)
        assert await world.delivering.take(1)
        return await deliver(claim, card)

    world.chat.deliver = slowly  # type: ignore[method-assign] # for one call
    await world.delivering.work(claim)
    assert Count.DELIVERIES not in meter.counted


class Noted(Silent):
    """Remembers what was counted."""

    def __init__(self) -> None:
        self.counted: list[Count] = []

    def count(self, what: Count, **labels: str) -> None:
        self.counted.append(what)
