"""What measures must be able to fail."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store.engine import create as engine_of
from bot.store.engine import database_url
from bot.store.store import SqlStore
from tests.torture.limits import ON_THE_WAY_S, Bucket, Limits, Window
from tests.torture.record import Findings, Record, audit, words
from tests.torture.witness import compare, watch

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOD = [("1", None, 1), ("2", "1", 2), ("3", "1", 3)]


def found(posts: list[tuple[str, str | None, int]], *edits: int, last: int = 3) -> Findings:
    record = Record()
    for name, root, update in posts:
        record.post("slack T C", name, root, json.dumps({"text": words(7, update)}).encode(), 0)
    for update in edits:
        assert record.edit("slack T C", "1", words(7, update).encode())
    return audit(record.messages, ["slack T C"], {7: last})


def test_one_message_its_updates_and_its_last_state_are_what_was_promised() -> None:
    findings = found(GOOD, 2, 3)

    assert findings.clean
    assert (findings.shown, findings.merged) == (3, 0)


def test_a_newer_update_may_speak_for_an_older_one() -> None:
    findings = found([GOOD[0], GOOD[2]], 3)

    assert findings.clean
    assert findings.merged == 1


@pytest.mark.parametrize(
    ("posts", "edits", "broken"),
    [
        ([], (), "lost"),
        (GOOD[:2], (3,), "lost"),
        (GOOD, (2,), "lost"),
        ([*GOOD, ("4", "1", 3)], (3,), "doubled"),
        ([*GOOD, ("4", None, 1)], (3,), "doubled"),
        ([GOOD[0], GOOD[2], GOOD[1]], (3,), "disordered"),
        (GOOD, (3, 2, 3), "disordered"),
    ],
)
def test_what_was_not_promised_is_found(
    posts: list[tuple[str, str | None, int]], edits: tuple[int, ...], broken: str
) -> None:
    findings = found(posts, *edits)
    counts = {name: getattr(findings, name) for name in ("lost", "doubled", "disordered")}

    assert counts.pop(broken) == 1
    assert set(counts.values()) == {0}


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_copies_are_counted_one_by_one(times: int) -> None:
    findings = found([GOOD[0], *[("2", "1", 2)] * times, GOOD[2]], 3)

    assert (findings.doubled, findings.most_copies) == (times - 1, times)


def test_two_first_messages_are_one_too_many_but_no_copies_where_they_say_other_things() -> None:
    findings = found([GOOD[0], GOOD[1], ("9", None, 3)])

    assert (findings.lost, findings.doubled, findings.most_copies) == (0, 1, 1)


def test_a_call_before_its_time_is_counted_but_not_one_that_was_on_its_way() -> None:
    limits = Limits(grain=1)
    scope = [("channel", lambda: Bucket(1, 1))]

    assert limits.ask(scope, 100) == 0
    assert limits.ask(scope, 100.01) == 1
    assert limits.ask(scope, 100.01 + ON_THE_WAY_S / 2) == 1
    assert (limits.refused, limits.early) == (2, 0)
    assert limits.ask(scope, 100.5)
    assert limits.early == 1
    assert limits.ask(scope, 101.6) == 0


def test_a_refusal_out_of_the_blue_shuts_its_scope() -> None:
    waits = iter((2.0, 0.0, 0.0))
    limits = Limits(grain=1, caprice=lambda: next(waits))
    scope = [("channel", lambda: Bucket(1, 3))]

    assert [limits.ask(scope, now) for now in (100, 101, 102.1)] == [2, 1, 0]
    assert (limits.refused, limits.early) == (2, 1)


def test_a_window_is_full_again_at_its_end() -> None:
    limits = Limits(grain=0.001)
    scope = [("channel", lambda: Window(2, 5))]

    assert [bool(limits.ask(scope, 100 + second)) for second in range(7)] == [False, False, *[True] * 3, False, False]


@pytest.mark.parametrize("writes", [("mine",), ("mine", "late")])
async def test_the_witness_sees_a_write_that_should_have_been_refused(
    memory: SqlStore, tmp_path: Path, writes: tuple[str, ...]
) -> None:
    url, log = f"sqlite:///{tmp_path / 'memory.db'}", tmp_path / "log"
    await watch(url)
    await memory.register_feeds(["page"], NOW)
    for minute in (0, 2):
        (state,) = await memory.claim_feeds(NOW + timedelta(minutes=minute), timedelta(minutes=1), 5)
    log.write_text("save page 1\nsave page 2\n", encoding="utf-8")
    engine = engine_of(database_url(url))
    async with engine.begin() as connection:
        for _ in writes:  # as a store without a fence would
            await connection.execute(sa.text("UPDATE feeds SET lease_until = NULL WHERE id = 'page'"))
    await engine.dispose()
    seen = await compare(url, log, "save")

    assert state.fence == 2
    assert (seen.taken, seen.stale) == (len(writes), len(writes) - 1)
