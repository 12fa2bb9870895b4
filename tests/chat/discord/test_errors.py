"""Every refusal of Discord's, and what it means for a delivery."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from bot.chat.discord.errors import shuts_platform, verdict
from bot.domain.errors import Verdict

PERMANENT = Verdict(permanent=True)
AMBIGUOUS = Verdict(ambiguous=True)
TEN_MINUTES = Verdict(retry_after=timedelta(minutes=10))
VIA = {"Via": "1.1 discord"}


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


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (refusal(401), TEN_MINUTES),
        (refusal(403, 50001), PERMANENT),
        (refusal(403, 50013), PERMANENT),
        (refusal(403, 50007), PERMANENT),
        (refusal(404, 10003), PERMANENT),
        (refusal(404, 10004), PERMANENT),
        (refusal(404, 10013), PERMANENT),
        (refusal(403, 160005), PERMANENT),
        (refusal(400, 50083), PERMANENT),
        (refusal(403, 40333), TEN_MINUTES),
        (refusal(429), TEN_MINUTES),
        (refusal(429, headers={"Retry-After": "3"}), TEN_MINUTES),
        (refusal(429, headers={**VIA, "Retry-After": "3.5"}), Verdict(retry_after=timedelta(seconds=3.5))),
        (refusal(429, headers=VIA), Verdict(retry_after=timedelta(minutes=1))),
        (refusal(429, headers={**VIA, "Retry-After": "soon"}), Verdict(retry_after=timedelta(minutes=1))),
        (refusal(429, headers={**VIA, "Retry-After": "inf"}), Verdict(retry_after=timedelta(minutes=1))),
        (refusal(429, 20016, headers={**VIA, "Retry-After": "30"}), Verdict(retry_after=timedelta(seconds=30))),
        (refusal(400, 20016), Verdict(retry_after=timedelta(minutes=1))),
        (refusal(429, 20028), Verdict(retry_after=timedelta(minutes=1))),
        (refusal(429, 20029), Verdict(retry_after=timedelta(minutes=1))),
        (discord.RateLimited(45.5), Verdict(retry_after=timedelta(seconds=45.5))),
        (refusal(500), AMBIGUOUS),
        (refusal(502), AMBIGUOUS),
        (refusal(503), AMBIGUOUS),
        (refusal(400, 50035), Verdict()),
        (refusal(403), Verdict()),
        (TimeoutError(), AMBIGUOUS),
        (aiohttp.ServerDisconnectedError(), AMBIGUOUS),
        (ConnectionResetError(), AMBIGUOUS),
        (RuntimeError("Session is closed"), AMBIGUOUS),
    ],
    ids=str,
)
def test_every_refusal_means_one_thing(error: Exception, meaning: Verdict) -> None:
    assert verdict(error) == meaning


def test_a_refused_token_or_a_ban_stops_all_sending_and_nothing_else_does() -> None:
    stopping = [refusal(401), refusal(429), refusal(403, 40333)]
    assert [shuts_platform(error) for error in stopping] == [timedelta(minutes=10)] * 3
    others = [refusal(403, 50013), refusal(503), refusal(429, headers=VIA), discord.RateLimited(600), TimeoutError()]
    assert [shuts_platform(error) for error in others] == [None] * 5
