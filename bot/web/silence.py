"""Says once when polling has seen what a webhook should have told: the page may have given up on our address."""

import asyncio
from datetime import datetime

import structlog

from bot.core.quarantine import unheard
from bot.domain.errors import StoreAway
from bot.ports import Clock, Store
from bot.ports.meter import Count, Meter
from bot.web.hooks import HEARD, Hook, hooks

log = structlog.stdlib.get_logger(__name__)

LOOK_EVERY_S = 300.0
_SAID = "hook-silent:"


async def watch(store: Store, clock: Clock, meter: Meter) -> None:
    """For ever. Where there are no webhooks, a look is one read."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            await look(store, meter, clock.now())
        except StoreAway as error:
            log.debug("webhooks were not looked after", error=str(error))


async def look(store: Store, meter: Meter, now: datetime) -> None:
    """One warning for each update that came by polling alone. Raise StoreAway."""
    live = {hook.feed: hook for hook in (await hooks(store)).values() if hook.lives(now)}
    states = await store.states(live)
    for feed, hook in live.items():
        state = states.get(feed)
        if state and state.snapshot:
            heard = await store.note(HEARD + feed)
            missed = unheard(
                state.snapshot, since=hook.made, heard=datetime.fromisoformat(heard) if heard else None, now=now
            )
            if missed:
                await _say(store, meter, hook, missed)


async def _say(store: Store, meter: Meter, hook: Hook, missed: datetime) -> None:
    if await store.note(_SAID + hook.feed) == missed.isoformat():
        return
    await store.set_note(_SAID + hook.feed, missed.isoformat())
    meter.count(Count.WEBHOOKS_SILENT)
    log.warning(
        "a page told polling and not its webhook: has it set our address aside?",
        feed=hook.feed,
        update=missed.isoformat(),
        mend="look at the page's subscription; `planb webhook SERVICE --rotate` makes a new address",
    )
