"""What somebody types first, on a terminal of 80 columns, right and wrong."""

import runpy
from pathlib import Path

import pytest

from bot.cli import demo, feed, feeds_table, replay, services, setup
from bot.cli.exits import EX_CONFIG, EX_UNAVAILABLE
from bot.cli.feeds_table import Row
from bot.domain.status import Freshness

ROOT = Path(__file__).parents[2]
ONE = ROOT / "tests/feeds/statuspage/bare_incident.json"


@pytest.fixture(autouse=True)
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def test_the_picture_of_the_readme_is_what_the_program_shows() -> None:
    drawn = runpy.run_path(str(ROOT / "docs/picture.py"))["picture"]()
    assert drawn == (ROOT / "docs/card.svg").read_text("utf-8"), "python docs/picture.py draws it anew"


def test_the_outages_are_listed_in_the_reader_s_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANB_LANGUAGE", "fr")
    demo.demo("list", 1, "")
    said = capsys.readouterr().out.splitlines()
    assert "chatgpt-2025-01-23  ChatGPT tombe deux fois dans la journée" in said
    assert "    Une base de données du fournisseur cloud tombe, puis la page annonce la fin." in said


def test_the_catalogue_loses_no_letter_on_a_narrow_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    services.services("")
    said = capsys.readouterr().out
    assert "…" not in said
    assert max(map(len, said.splitlines())) <= 80


def test_a_category_is_listed_with_what_its_tools_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    services.services("ai")
    said = capsys.readouterr().out.split()
    assert {"claude", "perplexity", "chat,"} <= set(said)


def test_one_incident_is_no_incidents(capsys: pytest.CaptureFixture[str]) -> None:
    feed.feed(str(ONE), "", json=False)
    assert capsys.readouterr().out.splitlines()[-1] == "format statuspage · 0 components · 1 incident, 1 over"


def test_a_file_that_is_not_there_is_named_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        feed.feed("nofile", "", json=False)
    assert (ended.value.code, capsys.readouterr().err) == (EX_UNAVAILABLE, "planb: nofile: no such file or directory\n")
    with pytest.raises(SystemExit):
        replay.replay(Path("nodir"), "", "", json=False)
    assert capsys.readouterr().err == "planb: nodir: no such file or directory\n"


@pytest.mark.parametrize("address", ["bot", "http://bot.example.org", "https://"])
def test_a_manifest_for_no_address_is_refused(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        setup.slack_manifest(address)
    assert ended.value.code == EX_CONFIG
    assert "say the whole public address, such as https://bot.example.org" in capsys.readouterr().err


def test_a_manifest_leads_to_the_public_address(capsys: pytest.CaptureFixture[str]) -> None:
    setup.slack_manifest("https://bot.example.org")
    assert '"https://bot.example.org/slack/events"' in capsys.readouterr().out


def test_what_went_wrong_with_a_page_is_whole_on_a_narrow_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    row = Row(
        service="google-workspace",
        format="incidentio_widget",
        url="https://status.example.org",
        followed=True,
        freshness=Freshness.UNREACHABLE,
        read_at="2026-11-20T14:30:00+00:00",
        age_s=400,
        next_poll_s=1900,
        failures=3,
        error="https://status.example.org: its host name is not known",
    )
    feeds_table._show([row])
    said = " ".join(capsys.readouterr().out.split())
    for word in ("google-workspace", "not", "known"):
        assert word in said
