import pytest

from bot.core.text import fold, printable, same_text, shorten, squeeze


def test_white_space_does_not_count() -> None:
    assert squeeze(" a\n b\t c ") == "a b c"
    assert same_text("a  b", "a\nb")
    assert not same_text("ab", "a b")


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [("short", 5, "short"), ("one two three four", 16, "one two three…"), ("onelongword", 6, "onelo…")],
)
def test_it_is_cut_at_a_word_where_one_is_near(text: str, most: int, expected: str) -> None:
    assert shorten(text, most) == expected
    assert len(shorten(text, most)) <= most


def test_what_steers_a_terminal_or_an_eye_is_left_out() -> None:
    assert printable("a\x1b[31mb\u202ec\u200bd\ne") == "a[31mbcd\ne"


def test_names_are_compared_without_case_accents_and_blanks() -> None:
    assert fold("Ch\u00e2t-GPT !") == fold("chatgpt")
