from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.calm import NEVER, last_word
from bot.core.recovery import HOLD_DOWN, SHOWN, Seen, Stage, recovers, recovery
from bot.domain.status import Absent, Kind, Phase
from tests.fakes import NOON
from tests.made import ended, incident, snapshot, update

HOUR = timedelta(hours=1)


def test_a_page_that_tells_of_nothing_never_said_a_word() -> None:
    assert last_word(snapshot()) == NEVER


def test_while_something_goes_on_there_is_no_last_word() -> None:
    assert last_word(snapshot(incident())) is None
    assert last_word(snapshot(ended(), incident())) is None
    assert last_word(snapshot(incident(phase=Phase.IN_PROGRESS, kind=Kind.MAINTENANCE))) is None
    assert last_word(snapshot(incident(phase=Phase.UNKNOWN))) is None


def test_what_is_over_had_its_last_word_when_it_ended() -> None:
    over = ended()
    assert over.resolved_at
    assert last_word(snapshot(over)) == max(over.resolved_at, *(one.posted_at for one in over.updates if one.posted_at))
    later = replace(over, id="i2", updates=(update("u9", Phase.POSTMORTEM, "Why it was.", 600),))
    assert last_word(snapshot(over, later)) == later.updates[0].posted_at


def test_nobody_knows_the_last_word_of_what_has_no_date() -> None:
    dateless = replace(ended(), started_at=None, resolved_at=None, updates=())
    assert last_word(snapshot(dateless)) is None
    assert last_word(replace(snapshot(), absent=(Absent(incident=dateless, since=NOON, polls=3),))) is None


def test_what_is_planned_or_a_notice_is_no_failure() -> None:
    planned = incident(phase=Phase.SCHEDULED, kind=Kind.MAINTENANCE)
    notice = incident(phase=Phase.UNKNOWN, kind=Kind.NOTICE)
    assert last_word(snapshot(planned, notice)) == NEVER


def test_what_left_the_list_ended_then() -> None:
    gone = Absent(incident=ended(), since=NOON + HOUR, polls=3)
    assert last_word(replace(snapshot(), absent=(gone,))) == NOON + HOUR
    missing = Absent(incident=incident(), since=NOON, polls=1)
    assert last_word(replace(snapshot(), absent=(missing,))) is None


@given(
    phase=st.sampled_from(Phase),
    said=st.lists(st.tuples(st.sampled_from(Phase), st.integers(-3000, 3000)), max_size=4),
    started=st.none() | st.integers(-3000, 3000),
    resolved=st.none() | st.integers(-3000, 3000),
    later=st.integers(0, 6000),
    was_well=st.none() | st.integers(-3000, 3000),
)
def test_where_the_last_word_is_long_ago_nothing_recovers(
    phase: Phase,
    said: list[tuple[Phase, int]],
    started: int | None,
    resolved: int | None,
    later: int,
    was_well: int | None,
) -> None:
    """So a look that leaves such pages out misses nothing."""
    updates = [update(f"u{number}", word, "…", at) for number, (word, at) in enumerate(said)]
    one = incident(
        *updates,
        phase=phase,
        started_at=None if started is None else NOON + timedelta(minutes=started),
        resolved_at=None if resolved is None else NOON + timedelta(minutes=resolved),
    )
    page, now = snapshot(one), NOON + timedelta(minutes=later)
    word = last_word(page)
    seen = Seen(well_since=None if was_well is None else NOON + timedelta(minutes=was_well))
    if recovers(one) and word is not None and now - word > SHOWN + HOLD_DOWN:
        for is_fresh in (True, False):
            assert recovery(one, page, seen, now=now, hold=HOLD_DOWN, is_fresh=is_fresh).stage is Stage.PAST
