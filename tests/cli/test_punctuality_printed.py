"""`planb punctuality`, on a database that a bot left."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli import punctuality as command
from bot.clock import SystemClock
from bot.domain.subscription import Platform
from bot.store.engine import database_url
from bot.store.store import SqlStore
from tests.store.made import MINUTE, SHOWN, delivery


@pytest.fixture
def database(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "planb.db"
    path.write_bytes(template.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("COLUMNS", "200")
    return f"sqlite:///{path}"


@pytest.fixture
async def told(database: str, request: pytest.FixtureRequest) -> None:
    """Messages of an hour ago, each so many seconds after it was promised."""
    at = SystemClock().now() - timedelta(hours=1)
    store = SqlStore(database_url(database))
    for number, seconds in enumerate(request.param):
        await store.promise([delivery(f"k{number}", about=f"i{number}")], at)
        for claim in await store.claim_due(Platform.SLACK, at, MINUTE, 5):
            await store.sent(claim, SHOWN, at + timedelta(seconds=seconds))
    await store.close()


@pytest.mark.parametrize("told", [(4, 4, 20)], indirect=True)
def test_it_says_how_soon_people_were_told(told: None, capsys: pytest.CaptureFixture[str]) -> None:
    command.punctuality(30, json=False)
    said = capsys.readouterr().out
    assert "New messages of the last 30 days" in said
    (row,) = (line.split() for line in said.splitlines() if line.split()[:1] == ["slack"])
    assert row == ["slack", "100.000%", "3", "≤5", "s", "≤30", "s", "≤30", "s", "0", "0", "0"]


@pytest.mark.parametrize("told", [(4, 301)], indirect=True)
def test_a_missed_goal_is_an_exit_status(told: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        command.punctuality(30, json=True)
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["platform"], row["told"], row["share_in_time"], row["goal"]) == ("slack", 2, 0.5, 0.999)
    assert (row["p50_within_s"], row["p99_within_s"]) == (5, None)


def test_where_nothing_was_promised_it_says_so(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    command.punctuality(7, json=False)
    assert capsys.readouterr().out == "Nothing was promised in the last 7 days.\n"
