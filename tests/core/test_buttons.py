"""Which buttons can be shown anywhere."""

import pytest

from bot.core.buttons import pressable
from bot.domain.card import Button, Card, Tone


def labels(*buttons: Button) -> list[str]:
    return [button.label for button in pressable(Card(tone=Tone.BAD, title="t", buttons=buttons))]


def test_at_most_five_are_shown_in_their_order() -> None:
    assert labels(*(Button(str(number), f"go:1:{number}") for number in range(9))) == ["0", "1", "2", "3", "4"]


def test_of_two_that_do_the_same_only_the_first_is_shown() -> None:
    assert labels(Button("a", "go:1:x"), Button("b", "go:1:x"), Button("c", "go:1:y")) == ["a", "c"]


@pytest.mark.parametrize("button", [Button("a", ""), Button("a", "x" * 101), Button(" \n", "go:1")])
def test_what_cannot_be_told_back_is_left_out(button: Button) -> None:
    assert labels(button, Button("good", "x" * 100)) == ["good"]
