"""alarm: tell people on one platform that another one fails, once, and once when it works again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.core.alarm import Trouble, failed, troubles, works, works_again
from bot.domain.card import Card
from bot.domain.errors import SendError
from bot.domain.subscription import Platform
from bot.domain.vitals import Vitals
from bot.domain.words import Words
from bot.ports import Chat, Leases, Notes

log = structlog.stdlib.get_logger(__name__)

LEASE = timedelta(seconds=90)
_LEASE_NAME = "alarm"
_NOTE = "alarm."


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """`addresses` are whom to tell on each platform; only `platforms` that are set up here are watched."""

    owner: str
    addresses: Mapping[Platform, str]
    chats: Mapping[Platform, Chat]
    notes: Notes
    leases: Leases
    words: Words
    began: datetime

    async def __call__(self, vitals: Vitals, now: datetime) -> None:
        """Compare what fails with what was told. Raise StoreAway."""
        if not self.addresses or await self.leases.hold(_LEASE_NAME, self.owner, now, LEASE) is None:
            return
        platforms = [platform for platform in self.chats if platform is not Platform.CONSOLE]
        found = troubles(vitals, platforms, self.began, now)
        for platform in platforms:
            told = await self.notes.note(_NOTE + platform)
            if platform in found and not told:
                await self._raise(platform, found[platform], now)
            elif told and works(vitals, platform, now):
                await self._end(platform, datetime.fromisoformat(told), now)

    async def _raise(self, platform: Platform, trouble: Trouble, now: datetime) -> None:
        log.error("a platform cannot be delivered to", platform=platform, since=str(trouble.since))
        # Noted after it was told: a second alarm is better than none.
        if await self._tell(platform, failed(platform, trouble, self.words), now):
            await self.notes.set_note(_NOTE + platform, trouble.since.isoformat())

    async def _end(self, platform: Platform, since: datetime, now: datetime) -> None:
        log.info("a platform can be delivered to again", platform=platform)
        if await self._tell(platform, works_again(platform, since, now, self.words), now):
            await self.notes.set_note(_NOTE + platform, "")

    async def _tell(self, about: Platform, card: Card, now: datetime) -> bool:
        """Whether anybody was told. Where nobody could be from here, another process may try."""
        others = {platform: who for platform, who in self.addresses.items() if platform is not about}
        told = [await self._told(platform, who, card) for platform, who in others.items() if platform in self.chats]
        if not any(told):
            await self.leases.let_go(_LEASE_NAME, self.owner, now)
        return any(told)

    async def _told(self, platform: Platform, who: str, card: Card) -> bool:
        try:
            await self.chats[platform].tell(who, card)
        except SendError as error:
            log.warning("could not raise the alarm there", platform=platform, error=str(error))
            return False
        return True
