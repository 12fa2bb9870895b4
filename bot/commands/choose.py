"""choose: what the team wants to use instead of a tool, kept for this team alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from bot.commands.office import Office, unknown_service
from bot.commands.spec import Command, Option, Request
from bot.core.alternatives import CAPABILITY, plans_of
from bot.core.choosing import MOST_LISTS, MOST_TOOLS, SEATS_MOST, added, first, named, without
from bot.core.ranking import is_to_come
from bot.core.render_advice import listed
from bot.core.text import printable, squeeze
from bot.core.uses import uses
from bot.domain.card import Card, Code, Listing, Tone
from bot.domain.continuity import Alternative, Data, Plan, Source
from bot.domain.errors import UserError
from bot.domain.words import Words, mark

COMMAND = Command(
    name="choose",
    summary=mark("Choose what your team uses instead of a tool"),
    aliases=("choisir",),
    managers_only=True,
    options=(
        Option(
            name="service",
            summary=mark("The tool that may fail, or what tools are for: chat, code, image …"),
            required=True,
            services=True,
        ),
        Option(name="tool", summary=mark("What to use instead"), services=True),
        Option(name="url", summary=mark("Where to open it")),
        Option(name="note", summary=mark("A hint, such as: log in with the shared account")),
        Option(name="owner", summary=mark("Who knows it and has the account")),
        Option(name="seats", summary=mark("How many people can use it at once")),
        Option(
            name="data",
            summary=mark("The most protected data that may go there"),
            choices=tuple(data.value for data in Data),
        ),
        Option(name="upstreams", summary=mark("What it is built on, separated by commas")),
        Option(name="tested", summary=mark("The day when somebody last tried it: 2026-11-02, or today")),
        Option(name="first", summary=mark("The tool of the list to try first")),
        Option(name="remove", summary=mark("The tool to take off the list; `all` for the whole list of the chat")),
    ),
)

ALL = frozenset({"*", "all", "tout", "tous", "toutes"})
MOST = {"name": 80, "note": 200, "owner": 80, "url": 400, "upstreams": 200}
"""Characters: as in planb.toml. All of a list stands on a card."""
TODAY = frozenset({"today", "aujourd'hui", "aujourd’hui"})


async def run(request: Request, office: Office) -> Card:
    """Add, change, take off or put first; then show the list."""
    words = office.words(request)
    wanted, tool = _meant(request.options, office, words)
    plan = _now(wanted, office)
    options = request.options
    if "remove" in options:
        return await _remove(options["remove"], plan, request, office)
    if not tool and "first" not in options:
        usage = f"/outage choose {wanted.removeprefix(CAPABILITY)} Claude"
        raise UserError(words("Say what to use instead: `{usage}`", usage=usage))
    if tool:
        plan = replace(plan, alternatives=added(plan.alternatives, _alternative(tool, wanted, options, office, words)))
    if "first" in options:
        plan = replace(plan, alternatives=first(plan.alternatives, _listed(options["first"], plan, words)))
    return await _keep(plan, request, office)


def _meant(options: Mapping[str, str], office: Office, words: Words) -> tuple[str, str]:
    """What the list is for, and the tool. In a typed line both stand in one: as many words as we know are the first."""
    typed, tool = options["service"].split(), options.get("tool", "")
    least = 1 if not tool and not {"remove", "first"} & options.keys() else len(typed)
    for count in range(len(typed), least - 1, -1):
        wanted = _wanted(" ".join(typed[:count]), office)
        if wanted:
            return wanted, tool or " ".join(typed[count:])
    text = " ".join(typed if least > 1 else typed[:1])
    raise UserError(unknown_service(text, office.catalogue.suggest(text), words))


def _wanted(text: str, office: Office) -> str:
    """`openai:chatgpt`, or `capability:chat` for a word that says what tools are for; empty for neither."""
    use = text.casefold().removeprefix(CAPABILITY)
    if use in {one for service in office.catalogue.services for one in service.capabilities}:
        return CAPABILITY + use
    found = office.catalogue.find(text)
    return found.value if found else ""


def _now(wanted: str, office: Office) -> Plan:
    """What a change begins with: the list that the team sees now, if it chose any."""
    own = next((plan for plan in office.plans if plan.wanted == wanted), None)
    found = office.catalogue.find(wanted)
    if own is None and found:
        shown = plans_of(office.plans, found, office.catalogue)
        own = shown[0] if len(shown) == 1 and shown[0].source is not Source.CATALOGUE else None
    return replace(own or Plan(wanted=wanted, alternatives=()), wanted=wanted, source=Source.CHAT)


def _listed(text: str, plan: Plan, words: Words) -> Alternative:
    tool = named(plan.alternatives, text)
    if tool is None:
        names = [one.name for one in plan.alternatives]
        hint = words("It has: {names}.", names=", ".join(names)) if names else words("It is empty.")
        raise UserError(words("“{text}” is not on this list.", text=text) + f" {hint}")
    return tool


def _alternative(tool: str, wanted: str, options: Mapping[str, str], office: Office, words: Words) -> Alternative:
    """The tool with all that was said of it. A name that the catalogue knows is watched from now on."""
    found = office.catalogue.find(tool)
    if found and found.value == wanted:
        raise UserError(words("{name} cannot stand in for itself.", name=found.label))
    upstreams = (squeeze(one) for one in _said("upstreams", options, words).split(","))
    return Alternative(
        name=found.label if found else _bounded("name", tool, words),
        service=found.value if found else "",
        url=_address(_said("url", options, words), words),
        note=_said("note", options, words),
        owner=_said("owner", options, words),
        seats=_seats(options.get("seats", ""), words),
        data=Data(options["data"]) if "data" in options else None,
        upstreams=tuple(dict.fromkeys(office.catalogue.slug(one) for one in upstreams if one)),
        tested=_day(options.get("tested", ""), office.clock.now().date(), words),
    )


def _seats(text: str, words: Words) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= SEATS_MOST):
        raise UserError(words("`seats` is a whole number from 1 to {n}.", n=SEATS_MOST))
    return int(text)


def _day(text: str, today: date, words: Words) -> date | None:
    """Raise UserError for what is no day, or one to come."""
    if not text or text.casefold() in TODAY:
        return today if text else None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if is_to_come(day, today):
        raise UserError(words("`tested` is a day that was, written as {day}.", day=today))
    return day


def _said(name: str, options: Mapping[str, str], words: Words) -> str:
    return _bounded(name, options.get(name, ""), words)


def _bounded(name: str, text: str, words: Words) -> str:
    """One line without invisible characters. Raise UserError where it is too long."""
    text = squeeze(printable(text))
    if len(text) > MOST[name]:
        raise UserError(words("`{name}` is too long: at most {n} characters.", name=name, n=MOST[name]))
    return text


def _address(text: str, words: Words) -> str:
    """Raise UserError for what is no web address, and for one with a password in it."""
    text = text.strip("<>").partition("|")[0]  # Slack writes an address that somebody types as <address|words>
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise UserError(words("`url` begins with https://"))
    if parts.username or parts.password:
        raise UserError(words("Never paste a password here."))
    return text


async def _remove(text: str, plan: Plan, request: Request, office: Office) -> Card:
    """Where nothing is left, the list of the file or the catalogue counts again."""
    words = office.words(request)
    tools = () if text.casefold() in ALL else without(plan.alternatives, _listed(text, plan, words))
    if tools:
        return await _keep(replace(plan, alternatives=tools), request, office)
    dropped = await office.store.drop_choice(request.caller.target.team, plan.wanted)
    if not dropped:
        raise UserError(words("This list is not from the chat: change it in planb.toml."))
    return Card(
        tone=Tone.GOOD,
        title=_titled(plan.wanted, office, words, dropped=True),
        lead=(words("What planb.toml says counts again, or else what I know."),),
    )


async def _keep(plan: Plan, request: Request, office: Office) -> Card:
    words, team = office.words(request), request.caller.target.team
    if len(plan.alternatives) > MOST_TOOLS:
        raise UserError(words("A list has {n} tools at most. Take one off first.", n=MOST_TOOLS))
    lists = {one.wanted for one in office.plans if one.source is Source.CHAT}
    if len(lists | {plan.wanted}) > MOST_LISTS:
        raise UserError(words("Your team has {n} lists, and that is the limit. Take one off first.", n=MOST_LISTS))
    await office.store.put_choice(team, plan, request.caller.user, office.clock.now())
    title = _titled(plan.wanted, office, words)
    items = tuple(listed(one, words) for one in plan.alternatives)
    return Card(tone=Tone.GOOD, title=title, listings=(Listing(words("In this order"), items),), footer=_see(plan))


def _see(plan: Plan) -> tuple[Code, ...]:
    return () if plan.wanted.startswith(CAPABILITY) else (Code(f"/outage alt {plan.wanted}"),)


def _titled(wanted: str, office: Office, words: Words, *, dropped: bool = False) -> str:
    """For a tool, or for all tools of a use."""
    if wanted.startswith(CAPABILITY):
        use = uses([wanted.removeprefix(CAPABILITY)], words)
        gone = words("Nothing is chosen in the chat any more for: {use}", use=use)
        return gone if dropped else words("When a tool fails, for: {use}", use=use)
    found = office.catalogue.find(wanted)
    name = found.label if found else wanted
    gone = words("Nothing is chosen in the chat any more instead of {name}", name=name)
    return gone if dropped else words("What to use instead of {name}", name=name)
