"""A card as Discord shows it: its embed, and its buttons in one row below."""

from collections.abc import Callable
from dataclasses import dataclass

import discord

from bot.chat.discord.embeds import embed
from bot.chat.discord.escape import ELLIPSIS, line, shorten
from bot.commands.spec import FrontDesk
from bot.core.buttons import pressable
from bot.domain.card import Button, Card
from bot.domain.words import Language

LABEL_MAX = 80
"""https://docs.discord.com/developers/components/reference#button"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a message is made of. An edit takes both: where there are no buttons, those of before go."""

    embed: discord.Embed
    buttons: discord.ui.View | None


def shown(card: Card, say: Callable[[str], str] = str) -> Shown:
    """The card within Discord's limits. `say` translates. A loop must be running."""
    return Shown(embed=embed(card, say), buttons=_row(pressable(card)))


async def answer(
    interaction: discord.Interaction[discord.Client], card: Card, desk: FrontDesk, language: Language
) -> None:
    """In the place of "thinking"; only who asked sees it."""
    face = shown(card, lambda word: desk.translate(word, language))
    await interaction.edit_original_response(
        embed=face.embed, view=face.buttons, allowed_mentions=discord.AllowedMentions.none()
    )


def _row(buttons: tuple[Button, ...]) -> discord.ui.View | None:
    """discord.py would keep each view for its presses, for ever; a stopped one is only shown.

    Whichever process hears of a press answers it by what it says, and messages outlive processes.
    """
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(_button(button))
    view.stop()
    return view


def _button(button: Button) -> discord.ui.Button[discord.ui.View]:
    """A label has no markup, and mentions nobody."""
    style = discord.ButtonStyle.primary if button.is_main else discord.ButtonStyle.secondary
    label = shorten(line(button.label), LABEL_MAX) or ELLIPSIS
    return discord.ui.Button(label=label, custom_id=button.does, style=style)
