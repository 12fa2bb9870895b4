"""When a card is edited and its thread told, from what was recommended and what is best now."""

from dataclasses import replace
from datetime import timedelta

from bot.core.alternatives import Counsel
from bot.core.ranking import Ranked, Reason, Why
from bot.core.render_advice import word_said
from bot.core.rewatch import QUIET, Turn, begin, turn
from bot.domain.advice import Advised
from bot.domain.continuity import Alternative
from bot.locale import languages
from tests.fakes import NOON

WORDS = languages()

HOW = {
    "ok": Reason.HEALTHY,
    "fails": Reason.FAILS,
    "shares": Reason.SHARES_UPSTREAM,
    "api": Reason.THROUGH_THE_API,
    "same": Reason.SAME_PROVIDER,
    "unseen": Reason.OUT_OF_SIGHT,
    "offline": Reason.NOT_WATCHED,
}


def advice(text: str) -> list[Counsel]:
    """`Claude ok, Mistral fails`, in the order of the ranking."""
    ranked = [
        Ranked(alternative=Alternative(name=name), standing=None, whys=(Why(reason=HOW[how], name="Azure"),))
        for name, how in (one.split() for one in text.split(", ") if one)
    ]
    return [Counsel(instead_of="ChatGPT", advice=tuple(ranked))]


def said(found: Turn) -> str:
    word = f"{found.word.tool} > {found.word.use}" if found.word else ""
    return f"{'edit ' * found.edits}{word}".strip()


def story(*moments: tuple[float, str]) -> list[str]:
    """What follows at each moment (minutes), from the first on."""
    known: Advised | None = None
    told = []
    for minutes, text in moments:
        found = turn(known, advice(text), ("claude",), NOON + timedelta(minutes=minutes))
        known = found.advised
        told.append(said(found))
    return told


def test_what_is_seen_first_is_remembered_and_nothing_is_told() -> None:
    found = turn(None, advice("Claude ok, Mistral ok"), ("claude", "mistral"), NOON)
    assert found == Turn(advised=begin(advice("Claude ok, Mistral ok"), ("claude", "mistral")))
    assert found.advised.listed[0].told == "Claude"


def test_as_long_as_nothing_changes_nothing_follows() -> None:
    assert story((0, "Claude ok, Mistral ok"), (1, "Claude ok, Mistral ok")) == ["", ""]


def test_when_the_best_fails_the_card_is_edited_and_the_thread_told_once() -> None:
    fallen = "Mistral ok, Claude fails"
    assert story((0, "Claude ok, Mistral ok"), (1, fallen), (2, fallen), (20, fallen)) == [
        "",
        "edit Claude > Mistral",
        "",
        "",
    ]


def test_what_fails_behind_the_best_is_shown_and_not_told() -> None:
    assert story((0, "Claude ok, Mistral ok"), (1, "Claude ok, Mistral fails")) == ["", "edit"]


def test_when_it_is_well_again_only_the_card_is_edited() -> None:
    well, fallen = "Claude ok, Mistral ok", "Mistral ok, Claude fails"
    assert story((0, well), (1, fallen), (30, well), (60, fallen)) == ["", "edit Claude > Mistral", "edit", "edit"]


def test_the_tool_that_the_thread_was_told_counts_not_the_first_of_the_card() -> None:
    well, fallen = "Claude ok, Mistral ok", "Mistral ok, Claude fails"
    assert story((0, well), (1, fallen), (30, well), (60, "Claude ok, Mistral fails"))[-1] == "edit Mistral > Claude"


def test_within_ten_minutes_of_a_word_there_is_no_other_and_then_only_what_is_still_true() -> None:
    first = (0, "Claude ok, Mistral ok, Templates offline"), (1, "Mistral ok, Templates offline, Claude fails")
    both = "Templates offline, Claude fails, Mistral fails"
    ten = 1 + QUIET / timedelta(minutes=1)
    assert story(*first, (2, both), (ten - 0.1, both), (ten, both))[2:] == ["edit", "", "Mistral > Templates"]
    assert story(*first, (2, both), (ten, first[1][1]))[2:] == ["edit", "edit"]


def test_what_nobody_can_see_is_edited_and_not_told() -> None:
    assert story((0, "Claude ok, Mistral ok"), (1, "Mistral ok, Claude unseen")) == ["", "edit"]


def test_when_the_api_is_concerned_too_whoever_went_through_it_is_told() -> None:
    assert story((0, "Ours api, Claude ok"), (1, "Claude ok, Ours same")) == ["", "edit Ours > Claude"]
    word = turn(begin(advice("Ours api, Claude ok"), ()), advice("Claude ok, Ours same"), (), NOON).word
    assert word
    said = {language: word_said(word, WORDS[language]) for language in WORDS}
    assert said == {
        "en": "Azure fails for Ours too now: use Claude instead",
        "fr": "Ours est touché lui aussi par la panne chez Azure\N{NO-BREAK SPACE}: passez à Claude",
    }


def test_an_upstream_that_fails_is_told_by_its_name() -> None:
    known = begin(advice("Claude ok, Mistral ok"), ())
    found = turn(known, advice("Mistral ok, Claude shares"), (), NOON)
    assert found.word
    assert found.word.why == Why(reason=Reason.SHARES_UPSTREAM, name="Azure")


def test_where_nothing_is_left_that_is_told_once_and_what_comes_back_is_shown() -> None:
    gone = "Claude fails"
    assert story((0, "Claude ok"), (1, gone), (30, gone), (60, "Claude ok"), (90, gone)) == [
        "",
        "edit Claude >",
        "",
        "edit",
        "edit Claude >",
    ]


def test_a_tool_that_the_team_took_off_its_list_is_no_news() -> None:
    assert story((0, "Claude ok, Mistral ok"), (1, "Mistral ok")) == ["", "edit"]


def test_of_two_lists_one_is_told_at_a_time() -> None:
    well = [*advice("Claude ok, Mistral ok"), replace(advice("Pika ok, Runway ok")[0], instead_of="Sora")]
    fallen = [*advice("Mistral ok, Claude fails"), replace(advice("Runway ok, Pika fails")[0], instead_of="Sora")]
    first = turn(begin(well, ()), fallen, (), NOON)
    later = turn(first.advised, fallen, (), NOON + QUIET)
    assert (said(first), said(later)) == ("edit Claude > Mistral", "Pika > Runway")
    assert (first.advised.words, later.advised.words) == (1, 2)


def test_a_tool_of_two_lists_is_told_once() -> None:
    both = [*advice("Claude ok, Mistral ok"), replace(advice("Claude ok, Mistral ok")[0], instead_of="Sora")]
    fallen = [replace(advice("Mistral ok, Claude fails")[0], instead_of=one.instead_of) for one in both]
    first = turn(begin(both, ()), fallen, (), NOON)
    assert said(first) == "edit Claude > Mistral"
    assert said(turn(first.advised, fallen, (), NOON + QUIET)) == ""
