from dataclasses import replace

from bot.core.identity import stranger
from bot.domain.service import Feed
from tests.made import LAMP, snapshot

FEED = LAMP.feeds[0]
PINNED: Feed = replace(FEED, page_id="abc")
ABC, XYZ = snapshot(page_id="abc"), snapshot(page_id="xyz")


def test_a_page_keeps_its_identity() -> None:
    assert stranger(FEED, None, ABC) == ""
    assert stranger(FEED, ABC, ABC) == ""
    assert stranger(PINNED, None, ABC) == ""


def test_another_page_at_the_same_address_is_a_stranger() -> None:
    why = "another page answers there: its id is xyz, not abc (it calls itself Lamp)"
    assert stranger(FEED, ABC, XYZ) == why
    assert stranger(PINNED, None, XYZ) == why
    assert "calls itself nothing" in stranger(FEED, ABC, replace(XYZ, page=""))


def test_an_identity_that_was_written_down_decides() -> None:
    assert stranger(PINNED, XYZ, ABC) == ""


def test_a_format_without_ids_or_another_format_tells_nothing() -> None:
    assert stranger(PINNED, ABC, snapshot()) == ""
    assert stranger(FEED, ABC, replace(XYZ, format="instatus")) == ""
