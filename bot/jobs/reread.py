"""reread: planb.toml is looked at again while we run. A good change counts at once, a bad one changes nothing."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import structlog

from bot.core.catalogue import Catalogue
from bot.core.playbooks import Playbooks
from bot.domain.continuity import Plan
from bot.domain.errors import SettingsError, StoreAway
from bot.library import Library
from bot.living import Living
from bot.ports import Clock, Store

log = structlog.stdlib.get_logger(__name__)

PAUSE_S = 30.0


class Read(Protocol):
    """What a team file says."""

    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def plans(self) -> Sequence[Plan]: ...
    @property
    def spreads(self) -> bool: ...
    @property
    def playbooks(self) -> Playbooks: ...


@dataclass(slots=True, kw_only=True)
class Rereading:
    """Every process does it for itself. `path` None: the file is a text in the environment, which cannot change."""

    path: Path | None
    understand: Callable[[str, str], Read]
    living: Living
    library: Library
    store: Store
    clock: Clock
    _stamp: tuple[int, int] | None = None
    _text: str | None = None
    _begun: bool = field(default=False)

    async def look(self, _room: int = 0) -> Sequence[None]:
        """Use what is new in it. Raises StoreAway only."""
        if self.path is None:
            return ()
        try:
            text = await asyncio.to_thread(self._changed, self.path)
            if text is not None:
                await self._use(await asyncio.to_thread(self.understand, text, str(self.path)))
        except (SettingsError, OSError, UnicodeDecodeError) as error:
            self._refuse(str(error) if isinstance(error, SettingsError) else f"{self.path}: cannot be read: {error}")
        return ()

    def _changed(self, path: Path) -> str | None:
        """Its text, if that is another one than before. Touching a file, or writing the same into it, is no change."""
        begun, self._begun = self._begun, True
        try:
            status = path.stat()
        except FileNotFoundError:
            self._gone(path)
            return None
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp == self._stamp:
            return None
        text = path.read_text(encoding="utf-8")
        same, self._stamp, self._text = text == self._text, stamp, text
        return None if same or (not begun and self._was_read(status.st_mtime)) else text

    def _was_read(self, changed: float) -> bool:
        """What was there at the start was read at the start, unless it was written since."""
        return self.living.since is not None and changed <= self.living.since.timestamp()

    def _gone(self, path: Path) -> None:
        """No file is no team file, but one that was there is missed: an editor may be writing it."""
        self._stamp = None
        if self._text is not None:
            self._text = None
            raise SettingsError(f"{path}: it is gone")

    async def _use(self, read: Read) -> None:
        was_wrong = bool(self.living.mistake)
        self.library.settle(read.catalogue)
        feeds = [feed.id for service in self.library.everything.services for feed in service.feeds]
        try:
            await self.store.register_feeds(feeds, self.clock.now())
        except StoreAway:
            self._stamp = self._text = None  # as if it had not been read: the next look uses it
            raise
        self.living.use(read.plans, self.clock.now(), spreads=read.spreads, playbooks=read.playbooks)
        log.info("the team file changed and is used", file=str(self.path), plans=len(read.plans), mended=was_wrong)

    def _refuse(self, mistake: str) -> None:
        if mistake == self.living.mistake:
            return
        self.living.refuse(mistake, _line(mistake))
        log.error("the team file cannot be used, the version before counts", mend=mistake, since=str(self.living.since))


def _line(mistake: str) -> int | None:
    found = re.search(r"\bline (\d+)", mistake)
    return int(found[1]) if found else None
