"""Requests that Discord refuses are counted as Discord counts them, and a breaker stops far below its ban."""

from datetime import timedelta

import pytest

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.refusals import MOST, WINDOW, Refusals
from bot.domain.errors import Scope, SendError
from bot.domain.subscription import Action
from tests.chat.discord.fakes import FakeClock, card, claim
from tests.chat.discord.front import Fault, Front

BAN = 10_000
"""In ten minutes: https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans."""


@pytest.mark.parametrize(
    ("status", "headers", "counted"),
    [
        (401, {}, True),
        (403, {}, True),
        (429, {}, True),
        (429, {"X-RateLimit-Scope": "user"}, True),
        (429, {"X-RateLimit-Scope": "global"}, True),
        (429, {"X-RateLimit-Scope": "shared"}, False),
        (403, {"X-RateLimit-Scope": "shared"}, True),
        (404, {}, False),
        (400, {}, False),
        (200, {}, False),
        (503, {}, False),
    ],
)
def test_only_what_discord_counts_is_counted(status: int, headers: dict[str, str], counted: bool) -> None:  # noqa: FBT001 - an example
    refusals = Refusals(FakeClock())
    refusals.add(status, headers)
    assert refusals.count == counted


def test_five_hundred_in_ten_minutes_shut_it_until_the_first_of_them_is_over() -> None:
    clock = FakeClock()
    refusals = Refusals(clock)
    for _ in range(MOST):
        assert not refusals.wait
        refusals.add(403, {})
        clock.tick(seconds=0.5)
    assert (refusals.count, refusals.wait) == (MOST, WINDOW - timedelta(seconds=MOST / 2))
    clock.tick(seconds=WINDOW.total_seconds() - MOST / 2)
    assert (refusals.count, refusals.wait) == (MOST - 1, timedelta(0))


def test_no_ten_minutes_see_more_however_hard_we_try() -> None:
    clock = FakeClock()
    refusals, sent = Refusals(clock), list[int]()
    for second in range(2 * 3600):
        while not refusals.wait and sent[-5:].count(second) < 5:
            refusals.add(403, {})
            sent.append(second)
        clock.tick(seconds=1)
    assert len(sent) > 10 * MOST
    assert all(later - one >= WINDOW.total_seconds() for one, later in zip(sent, sent[MOST:], strict=False))
    assert MOST <= BAN / 20


async def test_every_refusal_of_a_client_is_seen_also_those_it_repeats_by_itself(
    chat: DiscordChat, front: Front
) -> None:
    front.faults.append(Fault("POST", "/messages", 429, headers={"Via": "1.1 front", "Retry-After": "0.01"}))
    root = await chat.deliver(claim(1), card())
    assert chat.refusals.count == 1
    front.faults.append(Fault("POST", "/threads", 403, 50013))
    await chat.deliver(claim(2, Action.REPLY, root=root), card("More"))
    front.faults.append(Fault("POST", "/callback", 403, committed=True))
    await front.interact(2, [], "status")
    front.faults.append(Fault("POST", "/messages", 401, 50001))
    with pytest.raises(SendError):
        await chat.deliver(claim(3), card())
    assert chat.refusals.count == 4


async def test_behind_the_breaker_nothing_is_sent_and_the_gateway_stays(
    chat: DiscordChat, front: Front, clock: FakeClock
) -> None:
    front.faults.append(Fault("POST", "/messages", 403, 50013, times=MOST))
    for _ in range(MOST - 1):
        chat.refusals.add(403, {})
    with pytest.raises(SendError) as last:
        await chat.deliver(claim(1), card())
    assert last.value.verdict.permanent
    sent = len(front.log)
    clock.tick(minutes=4)
    with pytest.raises(SendError) as shut:
        await chat.deliver(claim(2), card())
    assert (shut.value.verdict.scope, shut.value.verdict.retry_after) == (Scope.PLATFORM, timedelta(minutes=6))
    assert not shut.value.verdict.ambiguous
    await front.dispatch("TYPING_START", {})
    assert (len(front.log), front.identified) == (sent, 1)
    front.faults.clear()
    clock.tick(minutes=6)
    await chat.deliver(claim(2), card())
    assert len(front.shown()) == 1
