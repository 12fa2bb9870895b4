"""`planb exposure`, on a database that a bot left."""

import json
from pathlib import Path

import pytest

from bot.cli import exposure as command
from bot.store.engine import database_url
from bot.store.store import SqlStore
from tests.store.made import LOUNGE, NOON, OFFICE, follow

TEAM_FILE = """
[[alternatives.notion]]
name = "Paper"
upstreams = ["aws"]
"""


@pytest.fixture
async def database(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "planb.db"
    path.write_bytes(template.read_bytes())
    (tmp_path / "planb.toml").write_text(TEAM_FILE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("COLUMNS", "88")
    return path


async def keep(path: Path) -> None:
    store = SqlStore(database_url(f"sqlite:///{path}"))
    await store.subscribe(follow("jira", OFFICE), NOON)
    await store.subscribe(follow("notion", LOUNGE), NOON)
    await store.close()


@pytest.fixture
async def followed(database: Path) -> Path:
    await keep(database)
    return database


def test_it_tells_programs_of_each_team(followed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.exposure("", json=True)
    teams = json.loads(capsys.readouterr().out)
    assert [one["team"] for one in teams] == ["discord:G1", "slack:T1"]
    (notion, jira) = teams
    assert (notion["tools"], jira["tools"]) == (2, 3)
    assert notion["findings"][0]["shared"] == ["AWS"]
    assert [tool for tool, _ in jira["falls"][0]["tools"]] == ["Jira", "Notion", "Paper"]
    assert jira["falls"][0]["tools"][0][1].startswith("https://www.atlassian.com/")


def test_it_tells_people_of_one_team(followed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.exposure("discord:G1", json=False)
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "gaps in your team’s plan B" in said
    assert "AWS: 2 of your 2 tools – Notion, Paper (your team says so)" in said
    assert "slack:T1" not in said


def test_where_nobody_follows_anything_the_file_counts(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.exposure("", json=True)
    assert [(one["team"], one["tools"]) for one in json.loads(capsys.readouterr().out)] == [("console:local", 2)]
