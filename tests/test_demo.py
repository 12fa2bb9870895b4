"""The demo plays hours in seconds, with nothing of the person's own."""

from pathlib import Path

import pytest

from bot.catalogue import load_catalogue
from bot.cli.demo import BEAT_LEAST_S, POLL_S, _settings, _with_quiet_pages, followed
from bot.core.catalogue import matches
from bot.domain.status import Component, Health
from bot.replays import Replay, replays
from bot.replays.timeline import timeline


def test_hours_pass_in_a_second_so_no_word_waits_for_another(tmp_path: Path) -> None:
    played = _settings(tmp_path, "")
    assert played.group_wait.total_seconds() == 0
    assert played.database_url == f"sqlite:///{tmp_path / 'demo.db'}"
    assert played.speaks_to_no_platform


@pytest.mark.parametrize("story", replays(), ids=lambda story: story.id)
def test_the_page_of_a_stand_in_says_how_each_part_is(story: Replay) -> None:
    """Else an alternative that is a part would be one of which nothing is known."""
    pages, catalogue = _with_quiet_pages(story).pages, load_catalogue()
    for one in story.alternatives:
        found = catalogue.find(one.service) if one.service else None
        if found and found.part:
            rows = [
                Component(id=row, name=row, health=Health.OPERATIONAL) for row in pages[found.service.slug].components
            ]
            assert any(matches(found.part, row) for row in rows), one.service


@pytest.mark.parametrize("story", replays(), ids=lambda story: story.id)
def test_however_fast_every_moment_is_polled(story: Replay) -> None:
    assert BEAT_LEAST_S >= 2 * POLL_S
    assert timeline(story, speed=followed(story, 100)).beat == pytest.approx(BEAT_LEAST_S)
    assert followed(story, 0.5) == 0.5
