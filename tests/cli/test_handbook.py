"""`planb playbooks`: the list, and the one file for the day when the wiki is away too."""

from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.cli import playbooks as command
from bot.core.catalogue import Catalogue
from bot.core.handbook import Chapter, handbook, markdown, page
from bot.core.playbooks import Playbooks
from bot.locale import languages

TOKEN = "xoxb-1111111111-2222222222-abcdefghijklmnop"
FILE = f"""
[[alternatives."openai:chatgpt"]]
name = "Claude"
service = "claude"
url = "https://claude.ai"
note = "shared account <office>, token {TOKEN}"
owner = "Bob"
seats = 5
data = "internal"
upstreams = ["aws", "Hetzner"]
tested = {date(2026, 11, 2)}

[[alternatives.github]]
name = "Mirror"
note = "or https://ann:hunter2@git.example.org/x"

[playbooks."openai:chatgpt"]
title = "By hand"
title_fr = "À la main"
template = "Hello `name` & all"
link = "https://wiki.example.org/offline"
[[playbooks."openai:chatgpt".steps]]
do = "Tell the <customers>"
do_fr = "Prévenir les clients"
owner = "Ann"
"""


@pytest.fixture(autouse=True)
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planb.toml").write_text(FILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "https://wiki.example.org/offline?key=s3cret")


def test_they_are_listed_with_whose_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    command.playbooks("", None, as_page=False)
    said = capsys.readouterr().out.splitlines()
    assert any(line.split() == ["openai:chatgpt", "By", "hand", "1", "your", "team's"] for line in said)
    assert any("capability:any" in line and "comes with Plan B" in line for line in said)


def test_the_file_holds_all_of_them_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.playbooks("export", tmp_path / "plan-b.md", as_page=False)
    assert "plan-b.md: all playbooks" in capsys.readouterr().out
    text = (tmp_path / "plan-b.md").read_text(encoding="utf-8")
    english, french = text.split("# Quand un outil tombe en panne\u00a0: notre plan B")
    assert "### ChatGPT (OpenAI): By hand\n\nThe team's own page: https://wiki.example.org/offline\n\n" in english
    assert "1. [ ] Tell the <customers> – Ann\n\n**To copy**\n\n```\nHello `name` & all\n```\n\n" in english
    assert " – ask Bob – 5 seats – data: up to internal – built on aws, Hetzner – last tried on 2026-11-02\n" in english
    assert "### GitHub\n\n- Mirror – " in english
    assert "### ChatGPT (OpenAI)\u00a0: À la main" in french
    assert "1. [ ] Prévenir les clients – Ann" in french
    assert english.count("\n### ") == french.count("\n### ") == 17
    assert "Save what is on your screen" in english
    assert "These come with Plan B. Your team has not written them." in english


@pytest.mark.parametrize("as_page", [False, True])
def test_no_secret_is_ever_written(as_page: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 - a table
    command.playbooks("export", None, as_page=as_page)
    text = capsys.readouterr().out
    assert "shared account" in text
    assert not any(secret in text for secret in (TOKEN, "hunter2", "s3cret"))


def test_the_page_loads_nothing_and_is_well_formed(capsys: pytest.CaptureFixture[str]) -> None:
    command.playbooks("export", None, as_page=True)
    text = capsys.readouterr().out
    seen = Tags()
    seen.feed(text)
    assert seen.open == []
    assert seen.loads == []
    assert "Tell the &lt;customers&gt; – Ann" in text
    assert '<a href="https://wiki.example.org/offline">' in text


class Tags(HTMLParser):
    """Which tags are still open, and what the page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "input"}:
            self.open.append(tag)
        self.loads += [str(value) for name, value in attrs if name in {"src", "srcset"} or tag == "link"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_template_with_fences_stays_one_block() -> None:
    words = languages()["en"]
    chapter = Chapter(level=3, title="T", template="```\ncode\n```")
    assert markdown([chapter], words) == "### T\n\n**To copy**\n\n````\n```\ncode\n```\n````\n"
    assert "<pre>```\ncode\n```</pre>" in page([([chapter], words)])


def test_another_word_is_refused_with_the_likely_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.playbooks("exprot", None, as_page=False)
    assert stopped.value.code == 78
    assert "did you mean `planb playbooks export`?" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.playbooks("export", tmp_path / "no" / "file.md", as_page=False)
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


def test_it_has_no_heading_for_what_is_not_there() -> None:
    (first,) = handbook(Playbooks(), (), Catalogue(()), languages()["en"], date(2026, 11, 2))
    assert "2026" in first.text
