"""G19: strangers' words stay words, by whichever way they leave the house."""

import random

import pytest

from bot.chat.discord.embeds import embed
from bot.chat.slack.blocks import message, plain
from bot.core.text import printable
from bot.domain.card import Bold, Card, Code, Fact, Item, Link, Listing, Tone
from tests.security.outgoing import discord_wrongs, outlet, pour, slack_wrongs
from tests.security.words import CORPUS, NAMED, UNSEEN, hostile

DOSE = 250
NONE: dict[str, list[str]] = {"parse": []}


async def test_no_mention_leaves_the_house_alive() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    async with outlet() as out:
        found = await pour(out, random.Random(seed), DOSE)
    assert found.wrong == []
    assert len(found.sent) == 7, found.sent


@pytest.mark.parametrize("word", [*CORPUS, *(f"@every{unseen}one <!he{unseen}re>" for unseen in UNSEEN)])
def test_every_known_trick_in_every_place_of_a_card(word: str) -> None:
    rich = (word, Bold(word), Code(word), Link(word, NAMED), word)
    card = Card(
        tone=Tone.BAD,
        title=word,
        url=NAMED,
        lead=rich,
        quote=f"{word}\n{word}",
        facts=(Fact(word, rich),),
        listings=(Listing(word, (Item(rich, Tone.GOOD), Item((word,)))),),
        footer=rich,
    )
    assert list(slack_wrongs(message(card), quiet=False)) == []
    assert list(slack_wrongs(plain(card), quiet=False)) == []
    assert list(discord_wrongs({"embeds": [embed(card).to_dict()], "allowed_mentions": NONE})) == []


def test_two_harmless_neighbours_make_no_mention() -> None:
    card = Card(tone=Tone.BAD, title="x", lead=("to @", "here and <@", "1> and :ta", "da:"), footer=("@", "everyone"))
    assert list(slack_wrongs(message(card), quiet=False)) == []
    assert list(discord_wrongs({"embeds": [embed(card).to_dict()], "allowed_mentions": NONE})) == []


def test_the_readers_see_what_is_alive() -> None:
    """Otherwise all of the above could not fail."""
    for text in (
        "<!here>",
        "<@U1>",
        "@channel",
        ":tada:",
        "<https://evil.example|x>",
        "<!date^5^{time}|2026-11-20 12:34 UTC>",
        "\u202e",
        "&lt",
    ):
        assert list(slack_wrongs({"text": text}, quiet=False)), text
    assert list(slack_wrongs({"text": "fine", "parse": "full", "link_names": False}, quiet=True))
    assert list(slack_wrongs({"text": "x" * 4001}, quiet=False))
    for text in (
        "@everyone",
        "<@1>",
        "<@&1>",
        "<#1>",
        "[x](https://evil.example)",
        "<t:5:R>",
        "</a:1>",
        "\u200b",
        "steam://x",
    ):
        body = {"embeds": [{"title": text}], "allowed_mentions": NONE}
        assert list(discord_wrongs(body)), text
    assert list(discord_wrongs({"embeds": []}))
    assert list(discord_wrongs({"embeds": [], "allowed_mentions": {"parse": ["users"]}}))
    assert list(discord_wrongs({"embeds": [{"title": "x" * 257}], "allowed_mentions": NONE}))


def test_a_terminal_is_not_steered() -> None:
    luck = random.Random(5)
    for _ in range(2000):
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\r", "\ud800"} & set(printable(hostile(luck)))
