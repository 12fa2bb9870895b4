"""drills: how one begins, whoever asks for it: a person, or a plan whose time has come."""

from dataclasses import replace
from datetime import datetime

from bot.core.drill import KEPT, slug_of
from bot.domain.drill import Drill
from bot.domain.subscription import Subscription, Target
from bot.domain.words import Language
from bot.library import Library
from bot.ports import Store


async def begin(drill: Drill, store: Store, library: Library, now: datetime) -> Drill | None:
    """Store it, let its channel follow it and nobody else, have its page read. None where one runs there already."""
    number = await store.begin_drill(drill)
    if number is None:
        return None
    await store.forget_drill_pages(now - KEPT)
    begun = replace(drill, id=number)
    slug = slug_of(begun)
    follow = Subscription(target=drill.target, service=slug, language=drill.course.language, owner=drill.started_by)
    await store.subscribe(follow, now)
    await library.refresh(now, at_once=True)
    await store.register_feeds([slug], now)
    return begun


async def language_of(target: Target, service: str, store: Store, otherwise: Language) -> Language:
    """The language in which a channel hears of a service, else that in which it hears of anything."""
    follows = await store.subscriptions_of(target)
    slug = service.partition(":")[0]
    found = [one for one in follows if one.service == slug] or follows
    return found[0].language if found else otherwise
