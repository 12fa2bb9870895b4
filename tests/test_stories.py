"""A story: what a page said in successive polls, and exactly what a channel that follows it is told, or is not and why.

The documents are made up, in the real formats. `pytest tests/test_stories.py --accept` rewrites the transcripts: read
them before you commit them.
"""

from pathlib import Path

import pytest

from bot.cli.replay import Player, Told
from bot.domain.subscription import Action
from bot.locale import languages

STORIES = sorted(path for path in (Path(__file__).parent / "stories").iterdir() if path.is_dir())
FOLLOWS = {"a_part_without_an_incident": ("Boats",)}
"""Stories told to a channel that follows these parts; the others are told to one that follows the whole page."""


def line(told: Told) -> str:
    title = f" | {told.card.title}" if told.card and told.action is not Action.NONE else ""
    return f"{told.poll} {told.action}: {told.reason}{title}"


def transcript(story: Path) -> str:
    player = Player(service="harbour", parts=FOLLOWS.get(story.name, ()), format_=None, words=languages()["en"])
    polls = sorted(path for path in story.iterdir() if path.name != "transcript.txt")
    return "".join(f"{line(told)}\n" for poll in polls for told in player.play(poll))


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_a_channel_is_told_what_a_careful_person_would_say(story: Path, pytestconfig: pytest.Config) -> None:
    told = transcript(story)
    if pytestconfig.getoption("--accept"):
        (story / "transcript.txt").write_text(told, encoding="utf-8")
    assert told == (story / "transcript.txt").read_text(encoding="utf-8")


def test_a_part_without_an_incident_is_no_news_to_who_follows_the_whole() -> None:
    story = Path(__file__).parent / "stories" / "a_part_without_an_incident"
    player = Player(service="harbour", parts=(), format_=None, words=languages()["en"])
    polls = sorted(path for path in story.iterdir() if path.is_dir())
    assert {told.action for poll in polls for told in player.play(poll)} == {Action.NONE}
