from datetime import timedelta

import pytest

from bot.core.alarm import Trouble, addresses, failed, troubles, works, works_again
from bot.domain.errors import SettingsError
from bot.domain.subscription import Platform
from bot.domain.vitals import Flow, Vitals
from bot.locale import languages
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)
LONG_AGO = NOON - 600 * MINUTE
SLACK, DISCORD = Platform.SLACK, Platform.DISCORD


def test_each_platform_has_at_most_one_address() -> None:
    assert addresses("") == {}
    assert addresses("slack:U1, discord:20,") == {SLACK: "U1", DISCORD: "20"}


@pytest.mark.parametrize("wrong", ["U1", "slack:", "slack:U1,slack:U2", "console:me", "slack:U 1", "discord:@ada"])
def test_a_wrong_address_is_one_line_that_names_the_setting(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"^PLANB_ALARM names .* See \.env\.example\.$"):
        addresses(wrong)


def test_a_platform_fails_that_has_taken_nothing_for_five_minutes() -> None:
    vitals = Vitals(
        beats={"slack": NOON, "discord": NOON},
        flows={SLACK: Flow(waiting_since=NOON - 5 * MINUTE, error="slack: ratelimited"), DISCORD: Flow()},
    )
    assert troubles(vitals, (SLACK, DISCORD), LONG_AGO, NOON) == {
        SLACK: Trouble(since=NOON - 5 * MINUTE, error="slack: ratelimited")
    }


def test_a_platform_fails_that_has_not_known_us_for_five_minutes() -> None:
    vitals = Vitals(beats={"slack": NOON - 4 * MINUTE, "discord": NOON - 6 * MINUTE})
    assert troubles(vitals, (SLACK, DISCORD), LONG_AGO, NOON) == {DISCORD: Trouble(since=NOON - 6 * MINUTE)}


def test_nothing_counts_from_before_we_were_there() -> None:
    vitals = Vitals(beats={"slack": LONG_AGO}, flows={DISCORD: Flow(waiting_since=LONG_AGO)})
    began = NOON - 2 * MINUTE
    assert troubles(vitals, (SLACK, DISCORD), began, NOON) == {}
    assert troubles(vitals, (SLACK, DISCORD), began, NOON + 3 * MINUTE).keys() == {SLACK, DISCORD}


def test_it_works_again_only_where_that_is_seen() -> None:
    well = Vitals(beats={"slack": NOON}, flows={SLACK: Flow(last_sent=NOON)})
    assert works(well, SLACK, NOON)
    assert not works(well, SLACK, NOON + 3 * MINUTE)
    assert not works(well, DISCORD, NOON)
    stuck = Vitals(beats={"slack": NOON}, flows={SLACK: Flow(waiting_since=NOON - 5 * MINUTE)})
    assert not works(stuck, SLACK, NOON)


@pytest.mark.parametrize(("language", "title"), [("en", "I cannot reach anybody on Slack"), ("fr", "joindre personne")])
def test_the_card_says_what_happened_and_what_to_do(language: str, title: str) -> None:
    words = languages()[language]  # type: ignore[index] # a Literal, as text
    card = failed(SLACK, Trouble(since=NOON, error="slack: invalid_auth"), words)
    assert title in card.title
    assert "SLACK_BOT_TOKEN" in str(card.listings)
    assert "https://slack-status.com" in str(card.listings)
    assert "invalid_auth" in str(card.facts)
    assert "7 min" in str(works_again(SLACK, NOON, NOON + 7 * MINUTE, words).lead)
