"""What a card looks like, and that nothing in it can ever be live."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.chat.slack.blocks import message, plain
from bot.chat.slack.escape import code, date, fit, link, person, pieces, safe_url, size
from bot.core.glossary import MARKS
from bot.domain.card import Bold, Card, Code, Fact, Item, Link, Listing, Moment, Person, Rich, Shape, Tone
from tests.chat.slack.mrkdwn import cut_in_two, dangers, formatting, objects, texts

SPOKEN = "2026-11-03 12:30 UTC"
AT = datetime(2026, 11, 3, 12, 30, tzinfo=UTC)
CARD = Card(
    tone=Tone.CRITICAL,
    title="Parrot: logins fail & more",
    url="https://status.parrot.example/i/1?a=b&c=d",
    lead=("Still ", Bold("open"), ", since ", Moment(AT, Shape.TIME), "."),
    quote="We see <errors>.\n\nSorry!",
    facts=(Fact("Parts", ("API",)), Fact("Impact", ())),
    listings=(
        Listing(
            "Use instead",
            (
                Item((Link("Magpie", "https://magpie.example"), " (now: operational)"), Tone.GOOD),
                Item(("Try ", Code("/outage status parrot"))),
            ),
        ),
    ),
    footer=(Link("Status page", "https://status.parrot.example"), " · ", Moment(AT)),
)


def words(blocks: list[dict[str, Any]]) -> list[str]:
    return [found["text"] for found in objects(blocks)]


def check(said: dict[str, Any]) -> None:
    """What Slack's documents ask of a message."""
    blocks = said["blocks"]
    parsed = Block.parse_all(blocks)
    assert len(parsed) == len(blocks) <= 50
    for block in parsed:
        block.validate_json()
    identities = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(identities) == len(set(identities))
    assert all(text.strip() for text in texts(said))
    assert all(len(field["text"]) <= 2000 for block in blocks for field in block.get("fields", []))
    assert all(found["type"] == "mrkdwn" and found["verbatim"] is True for found in objects(blocks))
    assert 0 < len(said["text"].encode("utf-16-le")) // 2 <= 4000
    assert sum(len(text.encode("utf-16-le")) // 2 for text in words(blocks)) <= 12_000
    json.dumps(said).encode()


def test_it_shows_title_lead_quote_facts_listings_and_footer_in_this_order() -> None:
    said = message(CARD)

    check(said)
    assert said["text"] == "Parrot: logins fail &amp; more"
    assert words(said["blocks"]) == [
        "🔴 *<https://status.parrot.example/i/1?a=b&amp;c=d|Parrot: logins fail &amp; more>*",
        "Still *open*, since <!date^1793709000^{time}|2026-11-03 12:30 UTC>.",
        "> We see &lt;errors&gt;.\n> \n> Sorry!",
        "*Parts*\nAPI",
        "*Impact*\n–",
        "*Use instead*\n✅ <https://magpie.example|Magpie> (now: operational)\n• Try `/outage status parrot`",
        "<https://status.parrot.example|Status page> · <!date^1793709000^{date_short_pretty} {time}|" + SPOKEN + ">",
    ]
    assert said["blocks"][-1]["type"] == "context"


def test_it_shows_a_card_that_has_only_a_title() -> None:
    said = message(Card(tone=Tone.GOOD, title="All well"))

    check(said)
    assert words(said["blocks"]) == ["✅ *All well*"]


def test_every_tone_has_a_mark_of_its_own() -> None:
    assert set(MARKS) == set(Tone)
    assert len(set(MARKS.values())) == len(Tone)


def test_the_plain_form_says_the_same_without_formatting() -> None:
    assert plain(CARD) == {
        "text": "Parrot: logins fail &amp; more\n"
        "https://status.parrot.example/i/1?a=b&amp;c=d\n"
        "Still open, since 2026-11-03 12:30 UTC.\n"
        "We see &lt;errors&gt;.\n\n"
        "Sorry!\n"
        "Parts – API\n"
        "Impact –\n"
        "Use instead\n"
        "✅ Magpie (now: operational)\n"
        "• Try /outage status parrot\n"
        "Status page · 2026-11-03 12:30 UTC"
    }


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://files.example",
        "https://",
        "https://a.example/|text",
        "https://a.example/>x",
        "https://a.example/<x",
        "https://a.example/a b",
        "https://a.example/\u202egpj.exe",
        "https://[bad",
        "//a.example",
        "",
        "https://a.example/" + "x" * 600,
    ],
)
def test_an_unsafe_address_is_shown_as_words_alone(url: str) -> None:
    assert safe_url(url) == ""
    assert link("the page", url) == "the page"


def test_a_link_without_words_shows_its_address() -> None:
    assert link(" \u200b ", "https://a.example/?a&b") == "<https://a.example/?a&amp;b>"


@pytest.mark.parametrize(
    ("shape", "format_"),
    [(Shape.TIME, "{time}"), (Shape.DATETIME, "{date_short_pretty} {time}"), (Shape.RELATIVE, "{ago}")],
)
def test_a_moment_is_shown_in_the_reader_s_own_zone(shape: Shape, format_: str) -> None:
    assert date(Moment(AT, shape)) == f"<!date^1793709000^{format_}|2026-11-03 12:30 UTC>"


@pytest.mark.parametrize(
    ("user", "shown"), [("U0ANN", "<@U0ANN>"), ("you", "*you*"), ("U0ANN>", "*U0ANN&gt;*"), ("!channel", "*!channel*")]
)
def test_a_person_is_shown_by_name_and_nothing_else_is(user: str, shown: str) -> None:
    assert person(user) == shown
    card = Card(tone=Tone.INFO, title="t", lead=(Person(user),))
    assert message(card)["blocks"][1]["text"]["text"] == shown
    assert user.rstrip(">") in plain(card)["text"]


def test_a_moment_that_slack_cannot_show_is_words() -> None:
    assert date(Moment(datetime(1969, 7, 20, 20, 17, tzinfo=UTC))) == "1969-07-20 20:17 UTC"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> <@U1> <#C1>", "&lt;!channel&gt; &lt;@\u200bU1&gt; &lt;#C1&gt;"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
        ("@here and ann@mail.example", "@\u200bhere and ann@mail.example"),
        ("a :smile: at 12:30 UTC", "a :\u200bsmile: at 12:30 UTC"),
        ("*bold* _it_ ~no~ `x`", "∗bold∗ ˍitˍ ∼no∼ ˋxˋ"),
        ("snake_case and 2*3", "snake_case and 2*3"),
        ("> said", "\u200b&gt; said"),
        ("a & b", "a &amp; b"),
    ],
)
def test_words_show_as_they_are_and_do_nothing(text: str, shown: str) -> None:
    assert "".join(pieces(text)) == shown


def test_code_can_be_copied_as_it_is() -> None:
    assert code("/outage `add` :a: @me <b>\nc") == "`/outage ˋaddˋ :a: @me &lt;b&gt; c`"
    assert code("\u200b") == ""


def test_neighbouring_words_cannot_become_an_emoji_together() -> None:
    said = message(Card(tone=Tone.INFO, title="x", lead=("a :smi", "le: b")))

    assert [found for text in texts(said) for found in dangers(text)] == []


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 9, "one two…"),
        ("one two three", 5, "one…"),
        ("x" * 100, 50, "x" * 40 + "…"),
        ("a&&b", 8, "a&amp;…"),
        ("", 5, ""),
    ],
)
def test_it_cuts_at_a_word_and_never_inside_an_entity(text: str, most: int, cut: str) -> None:
    assert fit(pieces(text), most) == cut


def test_a_long_link_is_left_out_whole() -> None:
    line: Rich = ("see ", "x" * 900, " ", Link("here", "https://a.example/" + "y" * 500))
    said = message(Card(tone=Tone.INFO, title="t", listings=(Listing("", (Item(line),)),)))

    assert "https" not in words(said["blocks"])[-1]
    assert words(said["blocks"])[-1].endswith("x…")


def test_a_card_of_any_size_fits_one_message() -> None:
    huge = "word " * 3000
    card = Card(
        tone=Tone.BAD,
        title=huge,
        url="https://a.example",
        lead=(huge, Bold(huge), Code(huge), Link(huge, "https://a.example")),
        quote=huge,
        facts=tuple(Fact(huge, (huge,)) for _ in range(30)),
        listings=tuple(Listing(huge, tuple(Item((huge,), Tone.BAD) for _ in range(99))) for _ in range(9)),
        footer=(huge,),
    )
    said = message(card)

    check(said)
    assert words(said["blocks"])[-2] == "…"
    assert len(plain(card)["text"]) <= 4000


def test_a_card_of_very_many_short_lists_fits_one_message() -> None:
    listings = tuple(Listing(f"list {n}", (Item(("x",)),)) for n in range(80))
    said = message(Card(tone=Tone.BAD, title="t", listings=listings, footer=("end",)))

    check(said)
    assert len(said["blocks"]) == 50
    assert words(said["blocks"])[-2:] == ["…", "end"]


def test_what_stays_is_in_the_shortest_message_too() -> None:
    long = tuple(Item(("word " * 150,)) for _ in range(40))
    stays = Item(("Without ", Code("/outage playbook <parrot>")), stays=True)
    listings = (Listing("Use instead", (*long, stays)), Listing("Use instead", (*long, stays)))
    said = message(Card(tone=Tone.BAD, title="t", listings=listings, footer=("end",)))

    check(said)
    line = "• Without `/outage playbook &lt;parrot&gt;`"
    assert words(said["blocks"])[-2:] == [f"…\n{line}\n{line}", "end"]


def test_more_than_ten_facts_take_a_second_block() -> None:
    said = message(Card(tone=Tone.INFO, title="t", facts=tuple(Fact(f"n{n}", (str(n),)) for n in range(11))))

    check(said)
    assert [len(block["fields"]) for block in said["blocks"][1:]] == [10, 1]


def test_a_card_without_any_visible_word_is_still_a_message() -> None:
    said = message(Card(tone=Tone.INFO, title="\u200b", lead=(" ",), quote="\u202e", footer=("\n",)))

    check(said)
    assert said["text"] == "…"
    assert plain(Card(tone=Tone.INFO, title=""))["text"] == "…"


def test_lengths_count_what_slack_may_count_double() -> None:
    assert size("a😀") == 3


HOSTILE = (
    "<!channel>", "<!here|x>", "<!subteam^S1>", "<@U1>", "&lt;!here&gt;", "@everyone", "@here", "@ann", ":smile:", "::",
    "*b*", "_i_", "~s~", "`c`", "```", ">", "&", "<", "|", "<https://evil.example|x>", "\u202e", "\u200d", "\ud800",
    "\x00", "\u2028", "\r\n", "\n", " ", "x" * 50, "1", "a", ">>>", "https://a.example", "<!date^1^{x}|y>", "😀",
)  # fmt: skip
text_ = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=6), max_size=12).map("".join)
url_ = (
    st.sampled_from(["https://a.example/?a=1&b=*x*_y_", "javascript:x"])
    | text_
    | text_.map("https://a.example/".__add__)
)
part_ = (
    text_
    | text_.map(Bold)
    | text_.map(Code)
    | st.builds(Link, text_, url_)
    | st.builds(Moment, st.datetimes(timezones=st.just(UTC)), st.sampled_from(Shape))
)
rich_ = st.lists(part_, max_size=5).map(tuple)
item_ = st.builds(Item, rich_, st.none() | st.sampled_from(Tone))
card_ = st.builds(
    Card,
    tone=st.sampled_from(Tone),
    title=text_,
    url=url_,
    lead=rich_,
    quote=text_ | text_.map(lambda text: text * 200),
    facts=st.lists(st.builds(Fact, text_, rich_), max_size=12).map(tuple),
    listings=st.lists(st.builds(Listing, text_, st.lists(item_, max_size=5).map(tuple)), max_size=4).map(tuple),
    footer=rich_,
)


@settings(max_examples=60, deadline=None)
@given(card_)
@example(Card(tone=Tone.BAD, title="".join(HOSTILE), quote="".join(HOSTILE) * 40))
def test_nothing_in_a_card_can_mention_or_format_or_break_out(card: Card) -> None:
    said = message(card)

    check(said)
    assert [(text, found) for text in texts(said) for found in dangers(text)] == []
    assert [text for text in texts(said) if cut_in_two(text)] == []
    bare = plain(card)["text"]
    assert dangers(bare) == formatting(bare) == []
    assert 0 < len(bare.encode("utf-16-le")) // 2 <= 4000


@settings(max_examples=100, deadline=None)
@given(text_)
def test_no_words_format_themselves(text: str) -> None:
    said = message(Card(tone=Tone.INFO, title="t", lead=(text,), quote=text))

    assert [found for shown in texts(said)[2:] for found in formatting(shown)] == []


@settings(max_examples=100, deadline=None)
@given(text_, st.integers(1, 60))
def test_a_cut_text_is_never_too_long_and_loses_nothing_that_fits(text: str, most: int) -> None:
    parts = pieces(text)
    cut = fit(parts, most)

    assert size(cut) <= most
    assert cut == "".join(parts) or cut.endswith("…")
    assert not re.search(r"&(?!amp;|lt;|gt;)", cut)


def test_the_suspicious_reader_sees_what_it_should() -> None:
    for live in (
        "<!channel>",
        "<@U1>",
        "<!here|x>",
        "<javascript:x|y>",
        "@here",
        ":smile:",
        "a\u202eb",
        "a < b",
        "& b",
    ):
        assert dangers(live), live
    for marked in ("*b*", "a _i_ b", "`c`", "~s~"):
        assert formatting(marked), marked
    assert cut_in_two("<https://a.example|b…")
    assert cut_in_two("a &am…")
    assert dangers("> fine <https://a.example|b> &amp; <!date^17^{time}|2026-11-03 12:30 UTC>") == []
