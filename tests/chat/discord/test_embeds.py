"""Cards within Discord's limits, whatever is in them."""

import json
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.discord.embeds import LOOKS, embed
from bot.domain.card import Bold, Card, Code, Fact, Item, Link, Listing, Moment, Tone
from tests.captures import captures
from tests.chat.discord.reader import alive, mentions, texts, too_long
from tests.chat.discord.test_escape import hostile

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

long = st.builds(lambda text, times: text * times, hostile, st.sampled_from((1, 1, 5, 60, 400)))
rich = st.lists(st.one_of(long, st.builds(Bold, hostile), st.builds(Code, hostile)), max_size=3).map(tuple)
facts = st.lists(st.builds(Fact, name=long, value=rich), max_size=30).map(tuple)
items = st.lists(st.builds(Item, text=rich, tone=st.one_of(st.none(), st.sampled_from(Tone))), max_size=40).map(tuple)
listings = st.lists(st.builds(Listing, heading=long, items=items), max_size=4).map(tuple)
cards = st.builds(
    Card,
    tone=st.sampled_from(Tone),
    title=long,
    url=st.sampled_from(("", "https://mill.example/a_(b)", "javascript:x", "nowhere")),
    lead=rich,
    quote=long,
    facts=facts,
    listings=listings,
    footer=rich,
)
strangers = st.builds(
    Card,
    tone=st.sampled_from(Tone),
    title=long,
    lead=st.tuples(long),
    facts=st.lists(st.builds(Fact, name=long, value=st.tuples(long)), max_size=5).map(tuple),
    listings=st.lists(
        st.builds(Listing, heading=long, items=st.lists(st.builds(Item, text=st.tuples(long)), max_size=5).map(tuple)),
        max_size=2,
    ).map(tuple),
    footer=st.tuples(long),
)


def shown(card: Card) -> dict[str, Any]:
    return dict(embed(card).to_dict())


@given(cards)
@settings(max_examples=25, deadline=None)
def test_every_limit_holds(card: Card) -> None:
    result = shown(card)
    assert too_long(result) == []
    assert [text for text in texts(result) if mentions(text)] == []


@given(strangers)
@settings(max_examples=20, deadline=None)
def test_strangers_words_stay_words_wherever_they_stand(card: Card) -> None:
    result = shown(card)
    *marked, _footer = texts(result)
    assert [text for text in marked if alive(text)] == []


@given(hostile)
@settings(max_examples=40, deadline=None)
def test_a_quote_is_quoted_to_its_last_line(text: str) -> None:
    lines = (shown(Card(tone=Tone.INFO, title="t", quote=text)).get("description") or "> ").split("\n")
    assert all(line.startswith(">") for line in lines)
    assert alive("\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)) == []


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Validator:
    folder = captures()
    path = folder / "counterparts" / "discord-openapi.json" if folder else None
    if path is None or not path.exists():
        pytest.skip("Discord's OpenAPI document is not here")
    document = json.loads(path.read_bytes())
    operation = document["paths"]["/channels/{channel_id}/messages"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    return jsonschema_rs.validator_for({"components": document["components"], **body}, validate_formats=True)


@given(card=cards)
@settings(max_examples=25, deadline=None)
def test_discords_own_schema_takes_it(schema: jsonschema_rs.Validator, card: Card) -> None:
    assert [error.message for error in schema.iter_errors({"embeds": [shown(card)]})] == []


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_is_said_in_words_too(tone: Tone) -> None:
    result = embed(Card(tone=tone, title="Presses"), lambda word: f"<{word}>")
    look = LOOKS[tone]
    assert result.title == f"{look.emoji} Presses"
    assert result.footer.text == f"{look.emoji} <{look.word}>"
    assert result.colour is not None
    assert result.colour.value == look.colour


def test_no_two_tones_look_alike() -> None:
    assert len({look.emoji for look in LOOKS.values()}) == len({look.word for look in LOOKS.values()}) == len(Tone)


def test_a_card_is_shown_from_top_to_bottom() -> None:
    result = shown(
        Card(
            tone=Tone.BAD,
            title="Mill: presses are jammed",
            url="https://mill.example/1",
            lead=("It began ", Moment(AT), "."),
            quote="We look\n\n\ninto *it*.",
            facts=(Fact("Impact", (Bold("major"),)), Fact("Parts", ("press\nfolder",)), Fact("", ())),
            listings=(Listing("Instead", (Item(("Glue",), Tone.GOOD), Item(("Tape\nand rope",)))), Listing("None", ())),
            footer=("Read ", Link("the page", "https://mill.example")),
        )
    )
    assert result["url"] == "https://mill.example/1"
    assert result["description"] == f"It began <t:{int(AT.timestamp())}:f>.\n\n> We look\n> \n> into \\*it\\*."
    assert result["fields"] == [
        {"name": "Impact", "value": "**major**", "inline": True},
        {"name": "Parts", "value": "press\nfolder", "inline": False},
        {"name": "–", "value": "–", "inline": True},
        {"name": "Instead", "value": "✅ Glue\nTape and rope", "inline": False},
        {"name": "None", "value": "–", "inline": False},
    ]
    assert result["footer"]["text"] == "🟠 Bad · Read the page"


def test_a_footer_that_ends_with_a_moment_is_dated_in_each_readers_time() -> None:
    result = embed(Card(tone=Tone.INFO, title="t", footer=("Read ", Moment(AT))))
    assert result.footer.text == "🔵 Information · Read"
    assert result.timestamp == AT


def test_an_address_that_is_none_is_left_out() -> None:
    assert "url" not in shown(Card(tone=Tone.INFO, title="t", url="javascript:alert(1)"))


def test_a_listing_goes_on_in_another_field() -> None:
    lines = tuple(Item((f"tool {number} " + "x" * 90,)) for number in range(20))
    fields = shown(Card(tone=Tone.INFO, title="t", listings=(Listing("All", lines),)))["fields"]
    assert [field["name"] for field in fields] == ["All", "All (2)"]
    assert sum(field["value"].count("tool") for field in fields) == 20


def test_what_does_not_fit_is_said_to_be_missing() -> None:
    many = tuple(Fact(f"f{number}", ("x",)) for number in range(40))
    fields = shown(Card(tone=Tone.INFO, title="t", facts=many))["fields"]
    assert len(fields) == 25
    assert fields[-1]["value"] == "…"


def test_what_stays_is_in_the_shortest_message_too() -> None:
    long = tuple(Item(("word " * 150,)) for _ in range(20))
    stays = Item(("Without it: ", Code("/outage playbook parrot")), stays=True)
    listings = (Listing("Use instead", (*long, stays)), Listing("Use instead", (*long, stays)))
    result = embed(Card(tone=Tone.BAD, title="t", listings=listings))
    line = "Without it: `/outage playbook parrot`"
    assert result.fields[-1].name == "…"
    assert result.fields[-1].value == f"{line}\n{line}"
    assert too_long(dict(result.to_dict())) == []


def test_a_long_quote_gives_way_to_facts() -> None:
    card = Card(tone=Tone.INFO, title="t", quote="word " * 3000, facts=(Fact("Impact", ("major",)),))
    result = shown(card)
    assert result["fields"][0]["value"] == "major"
    assert result["description"].endswith("word…")
    assert 4080 < len(result["description"]) <= 4096


def test_a_quote_with_no_room_left_is_left_out() -> None:
    facts = (*(Fact("n" * 100, ("v" * 1024,)) for _ in range(5)), Fact("n" * 80, ("v" * 80,)))
    full = Card(tone=Tone.INFO, title="t" * 200, quote="words", facts=facts)
    result = shown(full)
    assert 5990 < sum(len(text) for text in texts(result)) <= 6000
    assert "description" not in result
