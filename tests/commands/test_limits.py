"""S7: nobody can wear us out, and whoever tries is told kindly."""

import time
from dataclasses import replace

import pytest

from bot.commands import limits
from bot.commands.spec import Caller
from bot.domain.card import Card
from bot.domain.subscription import Platform
from bot.domain.words import Language
from bot.store.store import SqlStore
from tests.commands.test_commands import Channel, channel_of
from tests.fakes import FakeProber
from tests.made import LAMP, PLAN, TEAM, TORCH

HERE = TEAM
HERE_IS_THE_CONSOLE = replace(TEAM, platform=Platform.CONSOLE)


@pytest.fixture
def prober() -> FakeProber:
    return FakeProber()


@pytest.fixture
def channel(memory: SqlStore, prober: FakeProber) -> Channel:
    return channel_of(memory, (LAMP, TORCH), (PLAN,), prober)


async def say(channel: Channel, line: str, user: str = "U1", language: Language = "en", team: str = "T1") -> Card:
    caller = Caller(target=replace(HERE, workspace=team), user=user, may_manage=True, language=language)
    return await channel.desk.answer_line(line, caller)


async def test_one_person_may_ask_twenty_times_a_minute(channel: Channel) -> None:
    titles = [(await say(channel, "help")).title for _ in range(21)]
    assert [title for title in titles if "lot of questions" in title] == titles[20:]
    assert (await say(channel, "help", user="U2")).title == titles[0]
    assert (await say(channel, "help", team="T2")).title == titles[0]
    channel.clock.tick(seconds=59)
    assert (await say(channel, "help")).title == "That is a lot of questions. I answer again in 1 s."
    assert (await say(channel, "help", language="fr")).title.startswith("Cela fait beaucoup de questions.")
    channel.clock.tick(seconds=1)
    assert (await say(channel, "help")).title == titles[0]


async def test_what_a_platform_took_apart_counts_too(channel: Channel) -> None:
    caller = Caller(target=HERE, user="U1", may_manage=True, language="en")
    titles = [(await channel.desk.answer("services", {}, caller)).title for _ in range(21)]
    assert "lot of questions" in titles[20]


async def test_a_line_or_an_option_that_is_too_long_is_refused_at_once(channel: Channel) -> None:
    caller = Caller(target=HERE, user="U1", may_manage=True, language="en")
    long = "status " + "a" * 10_000_000
    began = time.perf_counter()
    line, option = await say(channel, long), await channel.desk.answer("status", {"service": long}, caller)
    assert line.title == option.title == "That is too long for me: at most 500 characters."
    assert time.perf_counter() - began < 0.5


async def test_what_is_being_typed_may_be_long_and_costs_little(channel: Channel) -> None:
    began = time.perf_counter()
    assert channel.desk.complete("lamp" * 10_000_000, 25) == []
    assert time.perf_counter() - began < 0.5


async def test_a_channel_may_follow_so_many_tools_and_no_more(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_IN_CHANNEL", 1)
    await channel.ask("subscribe lamp")
    assert await channel.ask("subscribe torch") == [
        "This channel follows 1 tools, and that is the limit. Stop one first."
    ]
    assert (await channel.ask("subscribe lamp min=major"))[0] == "Changed: this channel follows Lamp"
    assert [one.service for one in await channel.follows()] == ["lamp"]


async def test_a_team_may_follow_so_many_tools_in_all_its_channels(
    channel: Channel, memory: SqlStore, prober: FakeProber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_IN_TEAM", 2)
    for service in ("lamp", "torch"):
        await channel.ask(f"subscribe {service}")
    channel.target = replace(HERE, channel="C2")
    refused = "The channels of your team follow 2 tools, and that is the limit. Stop one first."
    assert await channel.ask("subscribe lamp") == [refused]
    assert await channel.ask("subscribe https://status.acme.example") == [refused]
    assert prober.asked == [], "no page is looked at in vain"
    other = channel_of(memory, (LAMP, TORCH), (PLAN,), workspace="T2")
    assert (await other.ask("subscribe lamp"))[0] == "This channel now follows Lamp"


async def test_a_team_makes_us_look_at_one_new_page_a_second(channel: Channel, prober: FakeProber) -> None:
    said = [(await say(channel, f"subscribe https://{n}.example", user=f"U{n}")).title for n in range(3)]
    assert said[1:] == ["I look at one new page a second. Please ask again in a moment."] * 2
    assert [url for url, _ in prober.asked] == ["https://0.example"]
    await say(channel, "subscribe https://3.example", team="T2")
    channel.clock.tick(seconds=1)
    await say(channel, "subscribe https://4.example")
    assert [url for url, _ in prober.asked[1:]] == ["https://3.example", "https://4.example"]


async def test_the_operator_s_own_console_has_no_limit(channel: Channel) -> None:
    caller = Caller(target=HERE_IS_THE_CONSOLE, user="me", may_manage=True, language="en")
    titles = {(await channel.desk.answer_line("help", caller)).title for _ in range(30)}
    assert len(titles) == 1
