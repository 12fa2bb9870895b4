"""A terminal has no buttons: it says what to type instead."""

from rich.console import Console

from bot.chat.console.draw import draw, plain
from bot.domain.card import Button, Card, Tone
from tests.fakes import NOON

CARD = Card(
    tone=Tone.BAD,
    title="ChatGPT: logins fail",
    buttons=(
        Button("I am\u202e blocked", "blocked:7", line="/outage blocked"),
        Button("More", "more:7"),
    ),
)


def test_what_to_type_is_in_small_print_and_what_cannot_be_typed_is_left_out() -> None:
    assert plain(CARD, NOON) == "ChatGPT: logins fail\nI am blocked → /outage blocked"
    console = Console(width=60)
    with console.capture() as captured:
        console.print(draw(CARD, NOON))
    assert "I am blocked → /outage blocked" in captured.get()
    assert "More" not in captured.get()
