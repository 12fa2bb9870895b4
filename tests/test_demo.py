"""The demo plays hours in seconds, with nothing of the person's own."""

from pathlib import Path

from bot.cli.demo import _settings


def test_hours_pass_in_a_second_so_no_word_waits_for_another(tmp_path: Path) -> None:
    played = _settings(tmp_path, "")
    assert played.group_wait.total_seconds() == 0
    assert played.database_url == f"sqlite:///{tmp_path / 'demo.db'}"
    assert played.speaks_to_no_platform
