"""The console as a chat: prints cards, and takes `/outage ...` lines on standard input."""

import asyncio
import os
import stat
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.chat.console.draw import draw, terminal
from bot.commands.spec import Caller, FrontDesk
from bot.domain.card import Card
from bot.domain.change import Reason
from bot.domain.subscription import Action, Claim, Platform, Receipt, Target
from bot.domain.words import Language
from bot.ports import Clock, Outbox, Settled

HERE = Target(platform=Platform.CONSOLE, workspace="local", channel="console")
PERHAPS: Mapping[Language, str] = {
    "en": "(perhaps shown before the restart:)",
    "fr": "(peut-être déjà affiché avant le redémarrage\u00a0:)",
}
_ME: Mapping[Language, str] = {"en": "you", "fr": "vous"}
"""Who sits here, as cards name them."""
_PREFIXES = ("/outage", "/panne", "outage", "panne")


class ConsoleChat:
    """Implements `Chat` on a stream. Whoever sits at the console may manage it."""

    platform = Platform.CONSOLE

    def __init__(
        self, *, desk: FrontDesk, outbox: Outbox, clock: Clock, language: Language, out: Console | None = None
    ) -> None:
        self._desk = desk
        self._outbox = outbox
        self._clock = clock
        self._language = language
        self._out = out or terminal()

    def may_speak(self) -> bool:
        """A terminal tells nothing of what it shows."""
        return True

    async def deliver(self, claim: Claim, card: Card) -> Receipt:
        """Print a first message or an indented reply. A print cannot be edited, and the reply has just said it.

        But of what to use instead no reply may speak: where that changed, it is printed anew.
        A terminal cannot be asked what it shows, so that it is about to be printed is noted before.
        """
        now = self._clock.now()
        receipt = Receipt(message=str(claim.id), channel=HERE.channel)
        if claim.delivery.action is Action.EDIT:
            if claim.delivery.change.reason is not Reason.ADVICE:
                return receipt
            card = Card(tone=card.tone, title=card.title, listings=card.listings)
        shown = draw(card, now)
        await self._outbox.echoed(claim.id, receipt, now)
        self._out.print(shown if claim.delivery.action is Action.POST else Padding(shown, (0, 0, 0, 4)))
        return receipt

    async def settle(self, claim: Claim, now: datetime) -> Settled:
        """Not noted: not printed. Noted: perhaps; then it is printed again and says so, for a lost alarm is worse."""
        if await self._outbox.echo(claim.id):
            self._out.print(Text(PERHAPS[self._language], style="dim"))
        return Settled()

    async def alive(self) -> None:
        """A terminal always is."""

    async def tell(self, owner: str, card: Card, workspace: str = "", language: Language | None = None) -> None:
        """Whoever subscribed sits here."""
        self._out.print(draw(card, self._clock.now()))

    async def answer(self, line: str) -> Card:
        """Answer a typed line; `/outage` before it may be left out."""
        caller = Caller(target=HERE, user=_ME[self._language], may_manage=True, language=self._language)
        return await self._desk.answer_line(without_prefix(line), caller)

    async def run(self, stdin: TextIO | None = None) -> None:
        """Answer lines from standard input until it ends; then stay quiet, until cancelled."""
        reader = await _lines(stdin or sys.stdin)
        self._out.print(draw(await self.answer("help"), self._clock.now()))
        while reader and (line := await reader.readline()):
            if text := line.decode(errors="replace").strip():
                self._out.print(draw(await self.answer(text), self._clock.now()))
        await asyncio.Event().wait()


def without_prefix(line: str) -> str:
    """The line without the slash command's own name."""
    first, _, rest = line.strip().partition(" ")
    return rest if first.casefold() in _PREFIXES else line


async def _lines(stdin: TextIO) -> asyncio.StreamReader | None:
    """Read without a thread, so that a stop never waits for a line; None where nobody can type."""
    if stdin.closed or not _can_be_typed_into(stdin):
        return None
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stdin)
    return reader


def _can_be_typed_into(stdin: TextIO) -> bool:
    """A terminal, a pipe or a socket; not a file and not /dev/null, which cannot be waited for."""
    try:
        mode = os.fstat(stdin.fileno()).st_mode
    except (ValueError, OSError):
        return False
    return stdin.isatty() or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
