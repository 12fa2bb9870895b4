"""What a terminal prints of messages that others edit."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from bot.chat.console.app import HERE, ConsoleChat
from bot.domain.card import Card, Item, Listing, Tone
from bot.domain.change import Reason
from bot.domain.subscription import Action
from bot.store.store import SqlStore
from tests.commands.test_commands import channel_of
from tests.fakes import FakeClock
from tests.made import LAMP
from tests.store.made import MINUTE, NOON, claim_all, delivery

CARD = Card(tone=Tone.BAD, title="ChatGPT: down", quote="We look.", listings=(Listing("Use", (Item(("Claude",)),)),))


@pytest.mark.parametrize(
    ("reason", "printed"), [(Reason.ADVICE, ["ChatGPT: down", "Use", "• Claude"]), (Reason.NEW_UPDATE, [])]
)
async def test_an_edit_is_printed_only_where_what_to_use_instead_changed(
    memory: SqlStore, reason: Reason, printed: list[str]
) -> None:
    edit = delivery("a", Action.EDIT, to=HERE)
    await memory.promise([replace(edit, change=replace(edit.change, reason=reason))], NOON)
    (claim,) = await claim_all(memory, NOON, MINUTE, 9)
    out = StringIO()
    desk = channel_of(memory, (LAMP,), ()).desk
    console = Console(file=out, width=60)
    chat = ConsoleChat(desk=desk, outbox=memory, clock=FakeClock(), language="en", out=console)
    await chat.deliver(claim, CARD)
    said = out.getvalue()
    assert [text for text in printed if text not in said] == []
    assert "We look." not in said
    assert bool(said) is bool(printed)


async def test_what_was_perhaps_shown_is_said_in_the_reader_s_language(memory: SqlStore) -> None:
    await memory.promise([delivery("a", Action.POST, to=HERE)], NOON)
    (claim,) = await claim_all(memory, NOON, MINUTE, 9)
    out = StringIO()
    desk = channel_of(memory, (LAMP,), ()).desk
    chat = ConsoleChat(desk=desk, outbox=memory, clock=FakeClock(), language="fr", out=Console(file=out, width=60))
    await chat.deliver(claim, CARD)
    await chat.settle(claim, NOON)
    assert "(peut-être déjà affiché avant le redémarrage\u00a0:)" in out.getvalue()
