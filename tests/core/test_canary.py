"""The canary's page, read with Statuspage's own parser, and what is made of the fate of its messages."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.canary import (
    EVERY,
    LOST_AFTER,
    SLUG,
    Arrival,
    documents,
    judge,
    longest_silence,
    patience,
    service,
    steps,
    target_of,
)
from bot.core.diff import diff
from bot.core.memory import remember
from bot.domain.change import News
from bot.domain.errors import SettingsError
from bot.domain.status import Phase, Snapshot
from bot.domain.subscription import Platform, Target
from bot.domain.vitals import Sent
from bot.feeds.formats.statuspage import FORMAT
from bot.locale import languages

QUARTER = datetime(2026, 11, 20, 12, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SLACK = Target(platform=Platform.SLACK, workspace="T1", channel="C1")
DISCORD = Target(platform=Platform.DISCORD, workspace="1", channel="2")
ENGLISH = languages()["en"]
LATE = patience(MINUTE)


def page(now: datetime) -> Snapshot:
    return FORMAT.parse(documents(now, ENGLISH), "https://example.org")


def arrived(until: datetime, target: Target = SLACK, **last: object) -> dict[str, Sent]:
    """Everything due by then is there, but for what is said of the last."""
    due = [step for step in steps(until) if step.at <= until]
    keys = [step.keys(target)[step.number > 0] for step in due]
    found = {key: Sent(state="sent", receipt=True, echoed=target.platform is Platform.SLACK) for key in keys}
    return found | ({keys[-1]: Sent(**last)} if last else {})  # type: ignore[arg-type] # named values of many types


def test_every_quarter_of_an_hour_an_incident_opens_and_is_resolved() -> None:
    known, told = page(QUARTER - MINUTE), []
    for minute in range(31):
        now = QUARTER + minute * MINUTE
        new = remember(known, page(now), now)
        changes = diff(known, new, service=SLUG, feed=SLUG, now=now)
        told += [(minute, one.news, one.incident.phase) for one in changes if one.news is not News.NOTHING]
        known = new

    assert told == [
        (0, News.OPENED, Phase.INVESTIGATING),
        (4, News.UPDATED, Phase.IDENTIFIED),
        (8, News.UPDATED, Phase.MONITORING),
        (12, News.UPDATED, Phase.RESOLVED),
        (15, News.OPENED, Phase.INVESTIGATING),
        (19, News.UPDATED, Phase.IDENTIFIED),
        (23, News.UPDATED, Phase.MONITORING),
        (27, News.UPDATED, Phase.RESOLVED),
        (30, News.OPENED, Phase.INVESTIGATING),
    ]


def test_a_missing_message_is_noticed_within_six_minutes() -> None:
    looks = timedelta(seconds=20)
    assert longest_silence() + patience(timedelta(seconds=60)) + looks <= timedelta(minutes=6)


def test_only_a_rest_longer_than_its_own_pauses_makes_it_late() -> None:
    assert patience(MINUTE, timedelta(seconds=30)) == patience(MINUTE)
    assert patience(MINUTE, 5 * MINUTE) == patience(MINUTE) + MINUTE


def test_it_says_in_both_languages_that_it_is_a_test() -> None:
    assert "only a test" in page(QUARTER).incidents[0].title
    french = FORMAT.parse(documents(QUARTER, languages()["fr"]), "https://example.org")
    assert "qu’un test" in french.incidents[0].title
    assert service(languages()["fr"]).name == "Autotest de Plan B"


@pytest.mark.parametrize("minute", range(0, 60, 7))
@pytest.mark.parametrize("target", [SLACK, DISCORD])
def test_it_is_well_while_every_message_is_there(minute: int, target: Target) -> None:
    now = QUARTER + minute * MINUTE
    assert judge(arrived(now, target), target, now, late=LATE) is Arrival.WELL
    assert judge(arrived(now - LATE, target), target, now, late=LATE) is Arrival.WELL


def test_a_message_that_does_not_come_is_late_and_then_lost() -> None:
    sent = arrived(QUARTER)
    due = QUARTER + 4 * MINUTE
    fates = [judge(sent, SLACK, due + wait, late=LATE) for wait in (LATE, LATE + MINUTE, LATE + LOST_AFTER + MINUTE)]
    assert fates == [Arrival.WELL, Arrival.LATE, Arrival.FAILED]


def test_slack_taking_it_is_not_enough_until_slack_shows_it() -> None:
    now = QUARTER + LATE + MINUTE
    assert judge(arrived(now, SLACK, state="sent", receipt=True), SLACK, now, late=LATE) is Arrival.LATE
    assert judge(arrived(now, SLACK, state="sent", receipt=True, echoed=True), SLACK, now, late=LATE) is Arrival.WELL


def test_discords_receipt_is_enough_and_a_promise_is_not() -> None:
    now = QUARTER + LATE + MINUTE
    assert judge(arrived(now, DISCORD, state="sending"), DISCORD, now, late=LATE) is Arrival.LATE
    assert judge(arrived(now, DISCORD, state="sent", receipt=True), DISCORD, now, late=LATE) is Arrival.WELL


def test_a_message_that_was_given_up_is_a_failure_at_once() -> None:
    assert judge(arrived(QUARTER, SLACK, state="dead"), SLACK, QUARTER, late=LATE) is Arrival.FAILED


def test_one_that_arrived_makes_up_for_an_older_one_that_was_merged_into_it() -> None:
    now = QUARTER + 8 * MINUTE
    sent = arrived(now)
    second = next(step for step in steps(now) if step.number == 1 and step.at > QUARTER)
    sent[second.keys(SLACK)[1]] = Sent(state="dead")
    assert judge(sent, SLACK, now, late=LATE) is Arrival.WELL


def test_one_that_was_merged_into_an_older_one_arrives_with_it() -> None:
    now = QUARTER + 4 * MINUTE + LATE + MINUTE
    merged = arrived(now, SLACK, state="merged")
    assert judge(merged, SLACK, now, late=LATE) is Arrival.WELL
    first = next(step for step in steps(now) if step.at == QUARTER)
    lost = merged | {first.keys(SLACK)[0]: Sent(state="sent", receipt=True)}
    assert judge(lost, SLACK, now, late=LATE) is Arrival.LATE


def test_nothing_at_all_is_a_failure() -> None:
    assert judge({}, SLACK, QUARTER, late=LATE) is Arrival.FAILED


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("slack:T1:C1", "slack:T1:C1"),
        (" discord:10:20 ", "discord:10:20"),
        ("console", "console:local:console"),
    ],
)
def test_its_channel_is_named_like_any(text: str, key: str) -> None:
    found = target_of(text)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("wrong", ["slack", "slack:T1", "slack::C1", "irc:a:b", "discord:1:2:3", "#canary"])
def test_a_wrong_channel_is_one_line_that_names_the_setting(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"^PLANB_CANARY is slack:.* See \.env\.example\.$"):
        target_of(wrong)


def test_no_channel_is_no_canary() -> None:
    assert target_of("  ") is None
    assert timedelta(minutes=15) == EVERY
