"""Strangers' words stay words."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.discord.escape import address, clean, cut, escape, line, pieces, plain, shorten, size, unmarked, words
from bot.domain.card import Bold, Code, Link, Moment, Person, Shape
from tests.chat.discord.reader import alive, mentions

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
TOKENS = (
    *("@everyone", "@here", "@Everyone", "<@1>", "<@!22>", "<@&3>", "<#4>", "</ask me:5>", "<t:1>", "<t:1:R>"),
    *("<:x:6>", "<a:y:7>", "<id:guide>", "<", "@", "every", "one", "[", "]", "(", ")", "](http://evil.example)"),
    *(
        "[x](https://evil.example)",
        "[**b**](<steam://run>)",
        "steam://run/1",
        "javascript://x",
        "http://ok.example/a_b",
    ),
    *("https://", "**", "*", "__", "_", "~~", "|", "||", "`", "```", "\\", "\\\\", "#", "# ", "-# ", "- ", "+ ", "1. "),
    *(
        ">",
        "> ",
        ">>> ",
        "\n",
        "\r\n",
        "\u2028",
        " ",
        "\xa0",
        "\t",
        "\u202e",
        "\u200b",
        "\u2066",
        "\ufeff",
        "\x00",
        "\x1b[1m",
    ),
    *("\u00ad", "\U000e0041", "\ud800", "é", "😀", "漢字", "a", "7", ":", "://", "."),
)
hostile = st.lists(st.one_of(st.sampled_from(TOKENS), st.text(max_size=4)), max_size=30).map("".join)


@given(hostile)
@settings(max_examples=300, deadline=None)
def test_no_word_of_a_stranger_comes_alive(text: str) -> None:
    shown = escape(text)
    assert mentions(shown) == []
    assert alive(shown) == []


@given(hostile)
@settings(max_examples=150, deadline=None)
def test_in_places_without_markup_no_mention_is_left(text: str) -> None:
    assert mentions(plain(text)) == []
    assert "\n" not in line(text)


@given(hostile)
@settings(max_examples=150, deadline=None)
def test_people_read_the_words_as_they_were(text: str) -> None:
    assert re.sub(r"\\([^\w\s]|_)", r"\1", escape(text, addresses=False)) == re.sub(
        r"\\([^\w\s]|_)", r"\1", re.sub(r"\\(?=[^\w\s]|_)", r"\\\\", plain(text))
    )


@given(hostile, st.integers(min_value=2, max_value=60))
@settings(max_examples=300, deadline=None)
def test_a_cut_never_leaves_half_of_anything(text: str, limit: int) -> None:
    rich = (text, " ", Bold(text), " ", Moment(AT, Shape.RELATIVE), Link("words", "https://mill.example/x"), Code(text))
    short = cut(pieces(rich), limit)
    assert size(short) <= limit
    stripped = short.replace(f"<t:{int(AT.timestamp())}:R>", "").replace("[words](https://mill.example/x)", "")
    assert not re.search(r"(?<!\\)(?:\\\\)*\\…$", stripped), "an escape without what it escapes"
    assert not re.search(r"(?<!\\)<t:|(?<!\\)\[words|\(https://mill", stripped)


@given(hostile, st.integers(min_value=2, max_value=60))
@settings(max_examples=150, deadline=None)
def test_what_is_cut_stays_dead(text: str, limit: int) -> None:
    assert mentions(cut(words(text), limit)) == []
    assert alive(cut(words(text), limit)) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("snake_case * 2", "snake\\_case \\* 2"),
        ("[here](http://evil.example)", "\\[here\\]\\(http://evil.example)"),
        ("see https://mill.example/a_b?c=d#e now", "see https://mill.example/a_b?c=d#e now"),
        ("@every\u200bone", "＠everyone"),
        ("<@5> and <#6>", "‹@5\\> and ‹#6\\>"),
        ("steam://run/4", "steam\\://run/4"),
        ("# big\n- one\n2. two", "\\# big\n\\- one\n2\\. two"),
        ("10:30 - 11:00 (UTC)", "10:30 - 11:00 (UTC)"),
    ],
)
def test_it_escapes_what_needs_it_and_no_more(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_breaks_of_every_kind_become_one_kind() -> None:
    assert clean("a\r\nb\rc\u2028d\te") == "a\nb\nc\nd e"


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (Bold("a*b"), "**a\\*b**"),
        (Bold(" "), ""),
        (Code("/outage `x`"), "`/outage ˋxˋ`"),
        (Code(""), ""),
        (Link("Page [1]", "https://mill.example/(a)"), "[Page \\[1\\]](https://mill.example/%28a%29)"),
        (Link("https://bank.example", "https://mill.example"), "https://mill.example"),
        (Link("", "https://mill.example"), "https://mill.example"),
        (Link("Page", "javascript:alert(1)"), "Page"),
        (Moment(AT, Shape.TIME), f"<t:{int(AT.timestamp())}:t>"),
        (Moment(AT), f"<t:{int(AT.timestamp())}:f>"),
        (Moment(AT, Shape.RELATIVE), f"<t:{int(AT.timestamp())}:R>"),
        (Person("160000000000000001"), "<@160000000000000001>"),
        (Person("&160000000000000001"), "**&160000000000000001**"),
        (Person("you"), "**you**"),
    ],
)
def test_our_own_markup_is_alive(part: Bold | Code | Link | Moment | Person, shown: str) -> None:
    assert cut(pieces((part,)), 500) == shown


def test_where_there_is_no_markup_moments_are_in_utc() -> None:
    assert (
        unmarked(("as of ", Moment(AT), ", ", Link("page", "https://x.example"))) == "as of 2026-05-04 12:00 UTC, page"
    )


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://mill.example", "https://mill.example"),
        ("HTTPS://Mill.example:8443/a b?c=<d>#e)", "https://mill.example:8443/a%20b?c=%3Cd%3E#e%29"),
        ("https://müll.example/é", "https://xn--mll-hoa.example/%C3%A9"),
        ("https://mill.example/already%20quoted", "https://mill.example/already%20quoted"),
        ("https://mill.example@evil.example/", ""),
        ("https://", ""),
        ("https://a b.example", ""),
        ("https://mill.example:port/", ""),
        ("https://[::1", ""),
        ("ftp://mill.example", ""),
        ("mill.example", ""),
        ("", ""),
        ("https://mill.example/" + "x" * 2000, ""),
    ],
)
def test_only_whole_http_addresses_are_linked(url: str, safe: str) -> None:
    assert address(url) == safe


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 4, "one…"),
        ("incomprehensible", 6, "incom…"),
        ("  padded  ", 6, "padded"),
        ("😀😀😀", 4, "😀…"),
    ],
)
def test_a_text_is_cut_on_a_word(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


def test_what_must_stay_whole_is_left_out_when_it_does_not_fit() -> None:
    assert cut(pieces((Link("a page", "https://mill.example/long/way"), " and more")), 12) == "…"


def test_words_with_nothing_between_them_make_no_mention() -> None:
    shown = "".join(
        piece.text for piece in pieces(("@", Bold(""), "here", Link("", "x"), " @every", Code("\u200b"), "one"))
    )
    assert mentions(shown) == []
    assert shown == "＠here ＠everyone"
    nowhere = "".join(piece.text for piece in pieces((Link("say @", "file:///x"), "here")))
    assert nowhere == "say ＠here"
