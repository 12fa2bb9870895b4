"""The canary through the whole pipeline, the dead man's switch, and the alarm on the other platform."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.core.canary import SLUG
from bot.domain.errors import SendError, Verdict
from bot.domain.subscription import Action, Platform
from bot.jobs.watchdog import Beats
from bot.store.store import SqlStore
from tests.fakes import FakeChat, FakeClock
from tests.jobs.guarded import SLACK, EchoingChat, Guarded, guarded


def slack(world: Guarded) -> EchoingChat:
    chat = world.chats[Platform.SLACK]
    assert isinstance(chat, EchoingChat)
    return chat


async def test_the_self_test_goes_the_way_of_every_incident(memory: SqlStore) -> None:
    world = guarded(memory)
    await world.begin()
    await world.minutes(17)
    told = [(claim.delivery.action, card.title) for claim, card in slack(world).delivered]
    assert told == [
        (Action.POST, "Plan B’s self-test: This is only a test: no tool is down"),
        (Action.REPLY, "Plan B’s self-test: Cause identified"),
        (Action.EDIT, "Plan B’s self-test: This is only a test: no tool is down"),
        (Action.REPLY, "Plan B’s self-test: Fix applied, being watched"),
        (Action.EDIT, "Plan B’s self-test: This is only a test: no tool is down"),
        (Action.REPLY, "Plan B’s self-test: Resolved"),
        (Action.EDIT, "Plan B’s self-test: This is only a test: no tool is down"),
        (Action.POST, "Plan B’s self-test: This is only a test: no tool is down"),
    ]
    assert {claim.delivery.target for claim, _ in slack(world).delivered} == {SLACK}


async def test_the_switch_hears_once_a_minute_that_all_is_well(memory: SqlStore) -> None:
    world = guarded(memory)
    await world.begin()
    await world.minutes(6)
    assert world.failed == []
    assert [round(at) for at in world.alive] == [0, 1, 2, 3, 4, 5]


async def test_a_message_that_slack_does_not_show_silences_the_ping(memory: SqlStore) -> None:
    world = guarded(memory)
    await world.begin()
    await world.minutes(1)
    slack(world).mute = True
    await world.minutes(6)
    assert max(world.alive) < 4 + 2
    slack(world).mute = False
    await world.minutes(3)
    assert max(world.alive) > 9


async def test_a_channel_that_is_closed_to_the_self_test_is_a_failure_at_once(memory: SqlStore) -> None:
    world = guarded(memory)
    await world.begin()
    await world.minutes(1)
    slack(world).errors = [SendError("slack: is_archived", Verdict(permanent=True))]
    await world.minutes(5)
    assert world.failed
    assert world.failed[0] < 6


async def test_a_database_that_is_away_is_a_failure_that_its_last_holder_tells(
    memory: SqlStore, tmp_path: Path
) -> None:
    world = guarded(memory, target=None)
    await world.begin()
    await world.minutes(1)
    second = world.another("two")
    await second.look()
    (tmp_path / "memory.db").rename(tmp_path / "elsewhere.db")
    for _ in range(4):
        world.clock.tick(seconds=20)
        await world.watchdog.look()
        await second.look()
    assert len(world.failed) == 1


async def test_two_processes_ping_as_one(memory: SqlStore) -> None:
    world = guarded(memory, target=None)
    await world.begin()
    second = world.another("two")
    for _ in range(9):
        await world.round()
        await second.look()
    assert len(world.alive) == 3


async def test_the_self_tests_channel_follows_the_setting(memory: SqlStore) -> None:
    world = guarded(memory)
    await world.begin()
    await world.poll()
    assert [one.target for one in await memory.subscriptions(SLUG)] == [SLACK]
    await guarded(memory, target=None).canary.settle()
    assert await memory.subscriptions(SLUG) == []
    assert await memory.next_due(Platform.SLACK) is None


async def test_a_copy_that_does_not_know_the_self_test_cannot_stop_it(memory: SqlStore) -> None:
    world = guarded(memory)
    await world.begin()
    older = guarded(memory, target=None)
    await older.poll()
    assert slack(world).delivered == []
    await world.minutes(2)
    assert slack(world).delivered


async def test_nobody_but_the_pipeline_knows_the_self_test(memory: SqlStore) -> None:
    library = guarded(memory).library
    assert library.everything.get(SLUG)
    assert library.hides(SLUG)
    assert not library.of("slack:T1").find("Plan B’s self-test")
    assert library.of("slack:T1").search(SLUG) == ()


def two_platforms(store: SqlStore) -> tuple[Guarded, FakeChat]:
    other = FakeChat(platform=Platform.DISCORD)
    chats = {Platform.SLACK: EchoingChat(store=store), Platform.DISCORD: other}
    addresses = {Platform.SLACK: "U1", Platform.DISCORD: "20"}
    return Guarded(store=store, chats=chats, addresses=addresses), other


async def two_that_answer(store: SqlStore) -> tuple[Guarded, FakeChat, dict[str, bool]]:
    """They do as long as they are said to be fine."""
    world, other = two_platforms(store)
    fine = {"slack": True, "discord": True}

    async def well(name: str) -> bool:
        return fine[name]

    world.probes |= {"slack": lambda: well("slack"), "discord": lambda: well("discord")}
    world.watchdog = world.another()
    await world.begin()
    await world.minutes(2)
    return world, other, fine


async def test_a_platform_that_fails_is_told_once_on_the_other_and_so_is_its_return(memory: SqlStore) -> None:
    world, other, fine = await two_that_answer(memory)
    assert other.told == []
    fine["slack"] = False
    await world.minutes(7)
    world.watchdog = world.another("the next process")
    await world.minutes(2)
    assert [(who, card.title) for who, card in other.told] == [("20", "I cannot reach anybody on Slack")]
    fine["slack"] = True
    await world.minutes(1)
    assert [card.title for _, card in other.told[1:]] == ["I reach people on Slack again"]
    assert slack(world).told == []


async def test_deliveries_that_fail_for_five_minutes_raise_the_alarm(memory: SqlStore) -> None:
    world, other = two_platforms(memory)
    world.addresses.pop(Platform.SLACK)

    async def well() -> bool:
        return True

    world.probes |= {"slack": well, "discord": well}
    world.watchdog = world.another()
    await world.begin()
    await world.minutes(2)
    slack(world).errors = [SendError("slack: internal_error") for _ in range(12)]
    await world.minutes(9)
    assert [who for who, _ in other.told] == ["20"]
    assert "internal_error" in str(other.told[0][1].facts)


@pytest.mark.parametrize("wrong", [SendError("discord: 503")])
async def test_an_alarm_that_did_not_arrive_is_raised_again(memory: SqlStore, wrong: SendError) -> None:
    world, other = two_platforms(memory)
    other.tell_errors = [wrong]
    world.probes |= {"discord": _well}
    world.watchdog = world.another()
    await world.begin()
    await world.minutes(8)
    assert [card.title for _, card in other.told] == ["I cannot reach anybody on Slack"]


async def _well() -> bool:
    return True


async def test_where_nobody_wants_to_know_no_loop_leaves_a_beat(memory: SqlStore) -> None:
    async def take(room: int) -> list[int]:
        return [room]

    assert Beats(signs=memory, clock=FakeClock(), wanted=False).before("poll", take) is take


async def test_a_loop_that_can_take_nothing_leaves_no_beat_until_it_can(memory: SqlStore) -> None:
    clock, wrong = FakeClock(), True

    async def take(room: int) -> list[int]:
        if wrong:
            raise ValueError("what is stored is no Change")
        return [room]

    loop = Beats(signs=memory, clock=clock).before("poll", take)
    began = clock.now()
    for _ in range(3):
        with pytest.raises(ValueError, match="Change"):
            await loop(1)
        clock.tick(minutes=5)
    assert (await memory.vitals()).beats == {"poll": began}
    wrong = False
    assert [await loop(1), await loop(2)] == [[1], [2]]
    assert (await memory.vitals()).beats == {"poll": clock.now()}


async def test_the_watchdog_outlives_its_own_mistakes_and_a_switch_that_is_away(memory: SqlStore) -> None:
    async def refuses() -> bool:
        raise ConnectionError("no route")

    async def errs() -> bool:
        raise ZeroDivisionError

    world = guarded(memory, target=None)
    await world.begin()
    world.ping.reachable = False
    with capture_logs() as logs:
        await world.minutes(1)
    assert "the dead man's switch could not be reached" in [line["event"] for line in logs]
    world.probes |= {"slack": refuses}
    assert await world.another("two").look() == ()
    world.probes |= {"slack": errs}
    assert await world.another("three").look() == ()
    assert world.ping.heard == []


async def test_an_all_clear_that_did_not_arrive_is_given_again(memory: SqlStore) -> None:
    world, other, fine = await two_that_answer(memory)
    fine["slack"] = False
    await world.minutes(7)
    fine["slack"] = True
    other.tell_errors = [SendError("busy")]
    await world.minutes(2)
    assert [card.title for _, card in other.told] == [
        "I cannot reach anybody on Slack",
        "I reach people on Slack again",
    ]
