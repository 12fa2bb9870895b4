"""`planb why`, on a database that a bot left."""

import json
from pathlib import Path

import pytest

from bot.cli import why as command
from bot.store.engine import database_url
from bot.store.store import SqlStore
from tests.store.made import MINUTE, NOON, SHOWN, claim_all, delivery


@pytest.fixture
async def database(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "planb.db"
    path.write_bytes(template.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("COLUMNS", "200")
    store = SqlStore(database_url(f"sqlite:///{path}"))
    await store.promise([delivery("a"), delivery("b", about="i2")], NOON)
    first, second = await claim_all(store, NOON, MINUTE, 5)
    await store.sent(first, SHOWN, NOON + MINUTE)
    await store.failed(second, "slack: [bold]ratelimited", again=NOON + 5 * MINUTE, unsettled=False, now=NOON)
    await store.close()
    return path


def test_it_says_when_why_and_where(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.why("i1", json=False)
    said = capsys.readouterr().out
    assert "Logins fail (acme, i1)" in said
    assert "slack:T1:C1" in said
    assert "#1 post, posted: new on the page" in said
    assert "seen and promised 2026-05-04 12:00:00 UTC" in said
    assert "posted 2026-05-04 12:01:00 UTC as C1/1.1, 60 s after it was seen, 1 attempt" in said


def test_what_waits_says_what_happened_and_when_it_is_tried_again(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command.why("2", json=False)
    assert "1 attempt, next 2026-05-04 12:05:00 UTC: slack: [bold]ratelimited" in capsys.readouterr().out


def test_it_says_the_same_to_programs(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.why("logins", json=True)
    rows = json.loads(capsys.readouterr().out)
    assert [(row["id"], row["state"], row["because"]) for row in rows] == [
        (1, "sent", "new on the page"),
        (2, "pending", "new on the page"),
    ]
    assert rows[0]["took_s"] == 60.0
    assert rows[0]["where"] == "C1/1.1"
    assert rows[1]["next_attempt_at"] == (NOON + 5 * MINUTE).isoformat()


def test_what_was_never_told_is_one_line_and_a_status(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="65"):
        command.why("no such thing", json=False)
    assert "nothing was ever promised about 'no such thing'" in capsys.readouterr().err
