from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.console.draw import plain
from bot.core.alternatives import Counsel
from bot.core.glossary import HEALTH_TONES, HEALTHS, IMPACT_TONES, IMPACTS, KINDS, MARKS, PHASES, duration
from bot.core.ranking import Failing, rank
from bot.core.ranking import Reason as Because
from bot.core.render import headline, reply, tone
from bot.core.render_advice import SAYINGS, alternatives
from bot.core.standing import Standing
from bot.domain.card import Tone
from bot.domain.change import Change, News, Reason
from bot.domain.continuity import Alternative
from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase
from bot.locale import languages
from tests.fakes import NOON
from tests.made import CHAT, FRESH, LAMP, PLAN, TORCH, VIDEO, change, ended, incident, update

WORDS = languages()["en"]


def shown(one: Change, *counsels: Counsel) -> list[str]:
    return plain(headline(one, LAMP, (CHAT, VIDEO), counsels, WORDS), NOON).splitlines()


def replied(one: Change) -> list[str]:
    return plain(reply(one, LAMP, WORDS), NOON).splitlines()


def counsel(health: Health) -> Counsel:
    standing = Standing(service=TORCH, part=None, health=health, last_known=health, sight=FRESH)
    advice = rank(
        PLAN.alternatives,
        Failing(service=LAMP),
        services={"torch": TORCH},
        standings={"torch": standing},
        today=NOON.date(),
    )
    return Counsel(instead_of="Lamp", advice=advice)


def test_an_open_incident_shows_its_state_and_what_to_use_instead() -> None:
    one = change(incident(components=("c1", "c2")))
    assert shown(one, counsel(Health.OPERATIONAL)) == [
        "Lamp: Logins fail",
        "Investigating – impact: major",
        "We look.",
        "Parts concerned: Chat, Media / Video maker",
        "Since: 12:00 UTC",
        "What to use instead of Lamp",
        "✅ Torch – shared account (now: Operational)",
        "🔵 Candle (no status page to check)",
        "• Without it: /outage playbook Lamp",
        "Status page · last update 12:00 UTC",
    ]


def test_an_alternative_that_fails_itself_is_last_and_said_so() -> None:
    assert shown(change(), counsel(Health.MAJOR_OUTAGE))[-4:-2] == [
        "🔵 Candle (no status page to check)",
        "🔴 Torch – shared account (itself: Major outage)",
    ]


def test_what_is_over_shows_how_long_it_lasted_and_no_alternatives() -> None:
    assert shown(change(ended(), News.UPDATED), counsel(Health.OPERATIONAL)) == [
        "Lamp: Logins fail",
        "Resolved – lasted 30 min",
        "Done.",
        "Status page · last update 12:30 UTC",
    ]


def test_words_that_we_do_not_know_are_shown_as_the_provider_wrote_them() -> None:
    odd = incident(phase=Phase.UNKNOWN, raw_phase="pondering", impact=Impact.UNKNOWN, raw_impact="huge")
    assert shown(change(odd))[1] == "Phase not stated (“pondering”) – impact: not stated (“huge”)"


def test_planned_work_shows_when() -> None:
    work = incident(phase=Phase.SCHEDULED, kind=Kind.MAINTENANCE, until=NOON + timedelta(hours=2))
    assert shown(change(work))[1:4] == ["Planned – Maintenance", "We look.", "When: 12:00 UTC – 14:00 UTC"]
    assert shown(change(replace(work, until=None)))[3] == "When: 12:00 UTC"


def test_an_incident_without_words_or_dates_is_a_short_card() -> None:
    bare = incident(updates=(), phase=Phase.INVESTIGATING, started_at=None, url="")
    assert shown(change(bare)) == ["Lamp: Logins fail", "Investigating – impact: major", "Status page"]


def test_what_is_no_longer_listed_is_said_to_be_just_that() -> None:
    gone = change(incident(), News.UNLISTED, reason=Reason.NO_LONGER_LISTED)
    assert shown(gone)[1] == "The provider's page no longer lists this and never said that it ended."
    assert replied(replace(gone, update=None)) == ["Lamp: no longer listed by the provider"]


def test_leaving_the_page_is_the_end_where_the_page_never_says_more() -> None:
    gone = change(ended(), News.UNLISTED, reason=Reason.NO_LONGER_LISTED)
    assert shown(gone)[1] == "The provider took this off its page, which is how this page says that it is over."


def test_an_open_incident_whose_phase_is_not_stated_is_open_and_no_more() -> None:
    assert shown(change(incident(phase_stated=False)))[1] == "Open – impact: major"


def test_an_update_without_a_phase_is_an_update() -> None:
    assert replied(change(update=update("A word.", phase=Phase.UNKNOWN)))[0] == "Lamp: Update"


def ours(health: Health, phase: Phase = Phase.UNKNOWN) -> Incident:
    seen = replace(update(f"{health}:1", phase, ""), text="")
    return incident(seen, id="component:c1:1", kind=Kind.NOTICE, title="Chat", components=("c1",), url="")


def test_a_component_without_an_incident_says_so() -> None:
    assert shown(change(ours(Health.DEGRADED), component="c1")) == [
        "Lamp: Chat – Degraded",
        "The provider's page shows this, and tells of no incident.",
        "Since: 12:00 UTC",
        "Status page · last update 12:00 UTC",
    ]
    back = change(ours(Health.OPERATIONAL, Phase.RESOLVED), News.UPDATED, component="c1")
    assert replied(back)[0] == "Lamp: Chat – Operational"


def test_a_reply_is_the_update_alone() -> None:
    said = incident(update(), update("u1", Phase.IDENTIFIED, "A bad deploy.", 5))
    assert replied(change(said, News.UPDATED)) == ["Lamp: Cause identified", "A bad deploy.", "12:05 UTC"]


def test_the_last_reply_says_how_long_it_lasted() -> None:
    assert replied(change(ended(), News.UPDATED))[1] == "It lasted 30 min."
    written = replace(ended(), phase=Phase.POSTMORTEM, updates=(update("u0", Phase.POSTMORTEM, "Why."),))
    assert replied(change(written, News.UPDATED)) == ["Lamp: Post-mortem published", "Why.", "12:00 UTC"]


def test_an_end_before_the_start_has_no_duration() -> None:
    assert replied(change(ended(resolved_at=NOON), News.UPDATED))[1] == "Done."


def test_a_phase_without_an_update_is_told_by_its_name() -> None:
    assert replied(replace(change(incident(phase=Phase.MONITORING), News.UPDATED), update=None)) == [
        "Lamp: Fix applied, being watched"
    ]


def test_many_parts_are_counted() -> None:
    page = tuple(Component(id=str(n), name=f"P{n}", health=Health.OPERATIONAL) for n in range(12))
    card = headline(change(incident(components=tuple(str(n) for n in range(12)))), LAMP, page, (), WORDS)
    assert plain(card, NOON).splitlines()[3] == "Parts concerned: P0, P1, P2, P3, P4, P5, P6, P7 and 4 more"


def test_a_long_text_is_cut_at_a_word() -> None:
    text = plain(reply(change(incident(update(text="word " * 900))), LAMP, WORDS), NOON)
    assert "word…" in text
    assert len(text) < 1700


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (incident(), Tone.BAD),
        (incident(impact=Impact.CRITICAL), Tone.CRITICAL),
        (incident(impact=Impact.UNKNOWN), Tone.WARNING),
        (incident(phase=Phase.MONITORING), Tone.WARNING),
        (incident(kind=Kind.MAINTENANCE, phase=Phase.IN_PROGRESS), Tone.MAINTENANCE),
        (incident(kind=Kind.NOTICE, phase=Phase.UNKNOWN), Tone.INFO),
        (ours(Health.MAJOR_OUTAGE), Tone.CRITICAL),
        (ended(), Tone.GOOD),
    ],
)
def test_the_colour_says_how_bad_it_is(about: Incident, expected: Tone) -> None:
    assert tone(about) is expected


def test_at_most_three_listings_of_alternatives_are_shown() -> None:
    assert len(alternatives([counsel(Health.OPERATIONAL)] * 5, WORDS)) == 3


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, "1 min"), (59, "59 min"), (134, "2 h 14 min"), (1500, "1 d 1 h")]
)
def test_durations_read_well(minutes: float, expected: str) -> None:
    assert duration(WORDS, timedelta(minutes=minutes)) == expected


def test_the_tables_forget_nothing() -> None:
    assert set(SAYINGS) == set(Because) - {Because.TESTED, Because.TESTED_LONG_AGO, Because.NEVER_TESTED}
    assert set(HEALTHS) == set(HEALTH_TONES) == set(Health)
    assert set(IMPACTS) == set(IMPACT_TONES) == set(Impact)
    assert (set(PHASES), set(KINDS), set(MARKS)) == (set(Phase), set(Kind), set(Tone))


def proposed(health: Health) -> Counsel:
    tool = Alternative(name="Torch", service="torch", chosen=False)
    standing = Standing(service=TORCH, part=None, health=health, last_known=health, sight=FRESH)
    advice = rank(
        (tool,) * 5,
        Failing(service=LAMP),
        services={"torch": TORCH},
        standings={"torch": standing},
        today=NOON.date(),
    )
    return Counsel(instead_of="Lamp", advice=advice)


@pytest.mark.parametrize("health", [Health.OPERATIONAL, Health.UNKNOWN])
def test_of_what_the_catalogue_proposes_a_few_are_shown_and_said_not_to_be_chosen(health: Health) -> None:
    (listing,) = alternatives([proposed(health)], WORDS)
    assert listing.heading == "What to use instead of Lamp (not chosen by your team)"
    assert len(listing.items) == 3 + 1  # and the playbook
