import pytest

from bot.core.scope import Concerns, concerns, in_scope, wanted_parts
from bot.domain.service import Part
from bot.domain.status import Incident
from tests.made import API, CHAT, LAMP, VIDEO, incident, update

PAGE = (CHAT, VIDEO, API)
CHATTING, BEAM = LAMP.parts


def test_a_part_is_found_by_its_slug_or_made_of_the_name_that_was_typed() -> None:
    typed = Part(slug="API", name="API", components=("API",))
    assert wanted_parts(LAMP, ["chat", "API"]) == (CHATTING, typed)


def test_the_scope_of_no_part_is_the_whole_page() -> None:
    assert in_scope((), PAGE) == PAGE
    assert in_scope((BEAM,), PAGE) == (VIDEO,)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (incident(components=("c1",)), Concerns.YES),
        (incident(components=("c2", "c1")), Concerns.YES),
        (incident(components=("c2",)), Concerns.NO),
        (incident(title="Lamp Chat is slow"), Concerns.YES),
        (incident(update(text="People who are chatting see errors.")), Concerns.YES),
        (incident(title="Beam is slow"), Concerns.NO),
        (incident(title="Sunbeams are late"), Concerns.UNSAID),
        (incident(title="Errors"), Concerns.UNSAID),
        (incident(title="Errors", components=("gone",)), Concerns.UNSAID),
    ],
)
def test_the_pages_own_list_decides_else_its_words_do(about: Incident, expected: Concerns) -> None:
    assert concerns(LAMP, (CHATTING,), about, PAGE) is expected


def test_everything_is_about_the_whole_service() -> None:
    assert concerns(LAMP, (), incident(), PAGE) is Concerns.YES
