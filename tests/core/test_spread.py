"""Not everybody goes to the same tool."""

from bot.core.alternatives import Counsel
from bot.core.ranking import Failing, Ranked, Reason, rank
from bot.core.spread import rotated, spread
from tests.core.test_ranking import KNOWN, TODAY, alternative, standing

CHANNELS = [f"slack:T1:C{number}" for number in range(300)]


def ranked(tools: str, **healths: str) -> tuple[Ranked, ...]:
    return rank(
        [alternative(one) for one in tools.split()],
        Failing(service=KNOWN["openai"]),
        services=KNOWN,
        standings={slug: standing(slug, healths.get(slug, "ok")) for slug in KNOWN},
        today=TODAY,
    )


def names(advice: tuple[Ranked, ...]) -> str:
    return " ".join(one.alternative.name for one in advice)


def test_equally_good_tools_are_each_the_first_in_a_fair_part_of_the_channels() -> None:
    advice = ranked("claude gemini mistral templates")
    firsts = [rotated(advice, channel)[0].alternative.name for channel in CHANNELS]
    assert {name: 60 < firsts.count(name) < 140 for name in set(firsts)} == {
        "claude": True,
        "gemini": True,
        "mistral": True,
    }


def test_a_channel_always_gets_the_same_and_the_others_keep_their_order() -> None:
    advice = ranked("claude gemini mistral templates")
    found = {names(rotated(advice, channel)) for channel in CHANNELS}
    assert found == {
        "claude gemini mistral templates",
        "gemini claude mistral templates",
        "mistral claude gemini templates",
    }
    assert names(rotated(advice, "slack:T1:C1")) == names(rotated(advice, "slack:T1:C1"))


def test_who_comes_first_for_that_reason_says_so() -> None:
    advice = ranked("claude gemini")
    for channel in CHANNELS:
        first = rotated(advice, channel)[0]
        moved = first.alternative.name == "gemini"
        assert (first.whys[-1].reason is Reason.SPREAD) is moved
        assert first.whys[0].reason is Reason.HEALTHY


def test_what_is_better_in_any_way_stays_first_everywhere() -> None:
    for tools, healths in (("claude@3 gemini", {}), ("claude gemini", {"gemini": "slow"}), ("gemini copilot", {})):
        advice = ranked(tools, **healths)
        assert {names(rotated(advice, channel)) for channel in CHANNELS} == {names(advice)}


def test_templates_do_not_take_turns_and_nothing_is_no_advice() -> None:
    advice = ranked("templates paper")
    assert {names(rotated(advice, channel)) for channel in CHANNELS} == {"templates paper"}
    assert rotated((), "c") == ()
    assert {names(rotated(ranked("claude gemini", claude="down", gemini="down"), c)) for c in CHANNELS} == {
        "claude gemini"
    }


def test_each_list_of_a_card_is_spread() -> None:
    counsel = Counsel(instead_of="ChatGPT", advice=ranked("claude gemini"))
    (channel,) = [c for c in CHANNELS if names(rotated(counsel.advice, c)).startswith("gemini")][:1]
    assert [names(one.advice) for one in spread([counsel, counsel], channel)] == ["gemini claude", "gemini claude"]
