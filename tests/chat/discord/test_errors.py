"""Every refusal of Discord's, and what it means for a delivery."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from bot.chat.discord.errors import leaves_us_deaf, mend, shuts_platform, verdict
from bot.chat.discord.refusals import TooManyRefused
from bot.domain.errors import Scope, Verdict

PERMANENT = Verdict(permanent=True)
HOPELESS = Verdict(hopeless=True)
AMBIGUOUS = Verdict(ambiguous=True)
TEN_MINUTES = Verdict(retry_after=timedelta(minutes=10), scope=Scope.PLATFORM)
MINUTE = Verdict(retry_after=timedelta(minutes=1), scope=Scope.CHANNEL)
LIMITED_MINUTE = replace(MINUTE, limited=True)
VIA = {"Via": "1.1 discord"}


def seconds(count: float, scope: Scope = Scope.CHANNEL, *, limited: bool = False) -> Verdict:
    return Verdict(retry_after=timedelta(seconds=count), scope=scope, limited=limited)


@dataclass
class Answer:
    status: int
    reason: str = "refused"
    headers: dict[str, str] = field(default_factory=dict)


def refusal(status: int, code: int = 0, headers: dict[str, str] | None = None) -> discord.HTTPException:
    answer: Any = Answer(status, headers=headers or {})
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = discord.DiscordServerError if status >= 500 else kinds.get(status, discord.HTTPException)
    return kind(answer, {"code": code, "message": "refused"})


TABLE: list[tuple[Exception, Verdict]] = [
    (refusal(401), TEN_MINUTES),
    (refusal(403, 50001), PERMANENT),
    (refusal(403, 50013), PERMANENT),
    (refusal(403, 50007), PERMANENT),
    (refusal(400, 50008), PERMANENT),
    (refusal(404, 10003), PERMANENT),
    (refusal(404, 10004), PERMANENT),
    (refusal(404, 10013), PERMANENT),
    (refusal(403, 160005), PERMANENT),
    (refusal(400, 50083), PERMANENT),
    (refusal(400, 50006), HOPELESS),
    (refusal(400, 50035), HOPELESS),
    (refusal(403, 40333), TEN_MINUTES),
    (refusal(429, 40333, VIA), TEN_MINUTES),
    (refusal(429), TEN_MINUTES),
    (refusal(429, headers={"Retry-After": "3"}), TEN_MINUTES),
    (refusal(429, headers={"Retry-After": "3600"}), seconds(3600, Scope.PLATFORM)),
    (refusal(429, headers={**VIA, "Retry-After": "3.5"}), seconds(3.5, limited=True)),
    (refusal(429, headers={**VIA, "Retry-After": "3", "X-RateLimit-Scope": "user"}), seconds(3, limited=True)),
    (refusal(429, headers={**VIA, "Retry-After": "3", "X-RateLimit-Scope": "shared"}), seconds(3, limited=True)),
    (
        refusal(429, headers={**VIA, "Retry-After": "3", "X-RateLimit-Scope": "global"}),
        seconds(3, Scope.PLATFORM, limited=True),
    ),
    (refusal(429, headers=VIA), LIMITED_MINUTE),
    (refusal(429, headers={**VIA, "Retry-After": "soon"}), LIMITED_MINUTE),
    (refusal(429, headers={**VIA, "Retry-After": "inf"}), LIMITED_MINUTE),
    (refusal(429, 20016, headers={**VIA, "Retry-After": "30"}), seconds(30)),
    (refusal(400, 20016), MINUTE),
    (refusal(429, 20028), MINUTE),
    (refusal(429, 20029), seconds(60, Scope.WORKSPACE)),
    (discord.RateLimited(45.5), seconds(45.5, limited=True)),
    (TooManyRefused(timedelta(seconds=7)), seconds(7, Scope.PLATFORM)),
    (refusal(500), AMBIGUOUS),
    (refusal(502), AMBIGUOUS),
    (refusal(503), AMBIGUOUS),
    (refusal(400, 30046), Verdict()),
    (refusal(403), Verdict()),
    (TimeoutError(), AMBIGUOUS),
    (aiohttp.ServerDisconnectedError(), AMBIGUOUS),
    (ConnectionResetError(), AMBIGUOUS),
    (RuntimeError("Session is closed"), AMBIGUOUS),
]


@pytest.mark.parametrize(("error", "meaning"), TABLE, ids=lambda value: str(value)[:60])
def test_every_refusal_means_one_thing(error: Exception, meaning: Verdict) -> None:
    assert verdict(error) == meaning


def test_a_refused_token_or_a_ban_stops_all_sending_and_nothing_else_does() -> None:
    stopping = [refusal(401), refusal(429), refusal(403, 40333)]
    assert [shuts_platform(error) for error in stopping] == [timedelta(minutes=10)] * 3
    others = [refusal(403, 50013), refusal(503), refusal(429, headers=VIA), discord.RateLimited(600), TimeoutError()]
    assert [shuts_platform(error) for error in others] == [None] * 5


def closed(code: int) -> discord.ConnectionClosed:
    socket: Any = None
    return discord.ConnectionClosed(socket, shard_id=None, code=code)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (refusal(401), "copy the token again"),
        (discord.LoginFailure("no"), "copy the token again"),
        (closed(4004), "copy the token again"),
        (closed(4010), "DISCORD_PUBLIC_KEY"),
        (closed(4011), "DISCORD_PUBLIC_KEY"),
        (closed(4012), "update"),
        (closed(4013), "update"),
        (discord.PrivilegedIntentsRequired(None), "intent"),
    ],
)
def test_what_only_a_person_can_mend_says_how(error: Exception, advice: str) -> None:
    assert advice in str(mend(error))


@pytest.mark.parametrize(
    "error",
    [refusal(401, 50027), refusal(403, 50001), refusal(429), closed(4000), closed(4009), TimeoutError()],
    ids=str,
)
def test_everything_else_may_be_tried_again(error: Exception) -> None:
    assert mend(error) is None
    assert not leaves_us_deaf(error)


def test_only_the_gateway_can_be_closed_while_messages_go_out() -> None:
    assert [leaves_us_deaf(error) for error in (closed(4011), discord.PrivilegedIntentsRequired(None))] == [True, True]
    assert [leaves_us_deaf(error) for error in (closed(4004), refusal(401))] == [False, False]
