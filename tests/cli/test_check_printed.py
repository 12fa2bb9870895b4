"""`planb check`: what it says of planb.toml."""

from datetime import date
from pathlib import Path

import pytest

from bot.cli.check import Finding, _doubts, _files, _show
from bot.prepare import understood
from bot.settings import Settings


def test_a_key_is_never_cut_off(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    _show([Finding(what="planb.toml", ok=False, says=f"line 3: {'long.' * 20}urll", mend="mend it")])
    said = "".join(line.split("│")[3].strip() for line in capsys.readouterr().out.splitlines() if line.count("│") > 4)
    assert said.replace(" ", "") == f"line3:{'long.' * 20}urll"


def test_what_may_be_a_slip_is_said_and_used_as_it_stands() -> None:
    text = '[[alternatives.github]]\nname = "A"\nupstreams = ["azur", "Hetzner", "aws"]\ntested = 2031-01-01\n'
    assert list(_doubts(understood(text, "planb.toml"), date(2026, 11, 20))) == [
        "no page tells how the upstream 'azur' is; did you mean 'azure'?",
        "no page tells how the upstream 'Hetzner' is",
        "A: tested = 2031-01-01 is a day to come, and counts as never",
    ]


def test_a_good_file_is_counted_and_a_broken_one_named(tmp_path: Path) -> None:
    file = tmp_path / "planb.toml"
    file.write_text('[[alternatives.github]]\nname = "A"\n', encoding="utf-8")
    settings = Settings(_env_file=None, planb_config=str(file))
    assert _files(settings)[1] == Finding(what="planb.toml", ok=True, says="lists of alternatives: 1")
    file.write_text('[[alternatives.github]]\nname = ""\n', encoding="utf-8")
    (team, finding) = _files(settings)
    assert team is None
    assert finding.says == f"{file}, line 2: alternatives.github.0.name: it is empty"
