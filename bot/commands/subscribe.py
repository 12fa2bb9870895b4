"""subscribe: be told here about a service or parts of it, with filters against noise."""

from dataclasses import replace

from bot.commands.adding import find_or_add
from bot.commands.limits import see_room
from bot.commands.office import Office
from bot.commands.spec import Command, Option, Request
from bot.commands.standing_card import standing_item
from bot.core.catalogue import Found
from bot.core.glossary import IMPACTS
from bot.core.naming import is_address
from bot.domain.card import Card, Code, Fact, Listing, Tone
from bot.domain.status import Impact
from bot.domain.subscription import MaintenanceWish, Subscription
from bot.domain.words import LANGUAGES, Language, Words, mark

COMMAND = Command(
    name="subscribe",
    summary=mark("Be told in this channel when a tool has trouble"),
    aliases=("suivre", "abonner"),
    managers_only=True,
    options=(
        Option(
            name="service",
            summary=mark("A tool, a part of it such as chatgpt, or the address of its status page"),
            required=True,
            services=True,
        ),
        Option(name="components", summary=mark("Only these parts, separated by commas; `all` for every one")),
        Option(name="min", summary=mark("The least impact to tell"), choices=("none", "minor", "major", "critical")),
        Option(
            name="maintenance",
            summary=mark("Planned work: not at all, when it starts and ends, or its announcement too"),
            choices=("off", "start", "all"),
        ),
        Option(name="language", summary=mark("The language of this channel"), choices=LANGUAGES),
    ),
)

ANY = "*"
ALL = frozenset({ANY, "all", "tout", "tous", "toutes"})
"""Typed in place of parts, where a service has so many that some are meant when nobody names any."""

MAINTENANCE = {
    MaintenanceWish.OFF: mark("not told"),
    MaintenanceWish.START: mark("told when it starts and ends"),
    MaintenanceWish.ALL: mark("told when it is announced, starts and ends"),
}


async def run(request: Request, office: Office) -> Card:
    """Follow, or change the filters; then say what the channel follows and how that is now."""
    words = office.words(request)
    found = await _wanted(request, office, words)
    parts = await _parts(request, office, found, words)
    before = await _before(request, office, found)
    if before is None:
        await see_room(request, office, words)
    wished = _with_options(before or _fresh(request, found), request)
    if parts:
        wished = replace(wished, parts=_together(before.parts if before else (), parts))
    now = office.clock.now()
    new = await office.store.subscribe(wished, now)
    await office.store.hasten([feed.id for feed in found.service.feeds], now)
    return await _confirmation(wished, office, found, words, new=new)


async def _wanted(request: Request, office: Office, words: Words) -> Found:
    """What is meant: a name, or the address of a status page."""
    text = request.options["service"]
    if is_address(text) and office.catalogue.find(text) is None:
        return await find_or_add(request, office, words)
    return await office.find(text, words)


async def _parts(request: Request, office: Office, found: Found, words: Words) -> tuple[str, ...]:
    typed = [text.strip() for text in request.options.get("components", "").split(",") if text.strip()]
    named = [await office.find(f"{found.service.slug}:{text}", words) for text in typed if text not in ALL]
    everything = (ANY,) if ALL.intersection(typed) else ()
    return (*everything, *(one.part.slug for one in (found, *named) if one.part))


def _together(before: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of before and those named now. All of them leave nothing to add, and naming some takes that back."""
    if ANY in more:
        return (ANY,)
    return tuple(dict.fromkeys((*(part for part in before if part != ANY), *more)))


async def _before(request: Request, office: Office, found: Found) -> Subscription | None:
    subscriptions = await office.store.subscriptions_of(request.caller.target)
    return next((one for one in subscriptions if one.service == found.service.slug), None)


def _fresh(request: Request, found: Found) -> Subscription:
    caller = request.caller
    return Subscription(target=caller.target, service=found.service.slug, language=caller.language, owner=caller.user)


def _with_options(subscription: Subscription, request: Request) -> Subscription:
    options = request.options
    language: Language = "fr" if options.get("language", subscription.language) == "fr" else "en"
    return replace(
        subscription,
        min_impact=Impact(options.get("min", subscription.min_impact)),
        maintenance=MaintenanceWish(options.get("maintenance", subscription.maintenance)),
        language=language,
        owner=request.caller.user,
    )


async def _confirmation(wished: Subscription, office: Office, found: Found, words: Words, *, new: bool) -> Card:
    named = [office.catalogue.find(f"{wished.service}:{part}") for part in wished.parts]
    whole = Found(service=found.service)
    standings = await office.standings([one for one in named if one] or [whole])
    some = part_names(wished, office) if wished.parts != (ANY,) else ""
    name = f"{some} ({whole.label})" if some else whole.label
    title = words("This channel now follows {name}", name=name)
    return Card(
        tone=Tone.GOOD,
        title=title if new else words("Changed: this channel follows {name}", name=name),
        facts=facts(wished, office, words),
        listings=(Listing(words("How it is now"), tuple(standing_item(one, words) for one in standings)),),
        footer=(words("To stop:"), " ", Code(f"/outage unsubscribe {wished.service}")),
    )


def facts(subscription: Subscription, office: Office, words: Words) -> tuple[Fact, ...]:
    """The filters of a subscription, as people read them."""
    return (
        Fact(words("Parts"), (_parts_said(subscription, office, words),)),
        Fact(words("Least impact"), (words(IMPACTS[subscription.min_impact]),)),
        Fact(words("Planned work"), (words(MAINTENANCE[subscription.maintenance]),)),
    )


def _parts_said(subscription: Subscription, office: Office, words: Words) -> str:
    """The parts, by name; where nobody named any, the usual ones, and how to have them all."""
    named = part_names(subscription, office)
    service = office.catalogue.get(subscription.service)
    if subscription.parts == (ANY,) or not (named or (service and service.usual)):
        return words("all")
    if named or service is None:
        return named
    usual = ", ".join(part.name for part in service.usual_parts)
    return words("{usual} (the usual ones; all of them with `components=all`, others by their names)", usual=usual)


def part_names(subscription: Subscription, office: Office) -> str:
    """The parts of a subscription by their names; empty for the whole service."""
    service = office.catalogue.get(subscription.service)
    known = {part.slug: part.name for part in service.parts} if service else {}
    return ", ".join(known.get(part, part) for part in subscription.parts)
