"""buttons: which of a card's buttons can be shown anywhere. Pure."""

from bot.domain.card import Button, Card

MOST = 5
"""In one row, on Discord: https://docs.discord.com/developers/components/reference#action-row."""
DOES_MOST = 100


def pressable(card: Card) -> tuple[Button, ...]:
    """At most five, each once. One that says nothing, or whose deed is too long to be told back, is left out."""
    good = [button for button in card.buttons if button.label.strip() and 0 < len(button.does) <= DOES_MOST]
    return tuple({button.does: button for button in reversed(good)}.values())[::-1][:MOST]
