"""drill: an outage on purpose, for one channel, to see what a team does."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.commands.office import Office
from bot.commands.spec import Command, Option, Request
from bot.core import drill as core
from bot.core import render_drill as render
from bot.core.catalogue import Found
from bot.core.text import shorten
from bot.domain.card import Card, Tone
from bot.domain.drill import Course, Drill, DrillPlan, Every
from bot.domain.errors import UserError
from bot.domain.words import Words, mark
from bot.drills import begin, language_of

MENTION_MOST = 80
_DIGITS = 5
COMMAND = Command(
    name="drill",
    summary=mark("Practise an outage in this channel, or plan to do so"),
    aliases=("exercice",),
    managers_only=True,
    options=(
        Option(
            name="action",
            summary=mark("Begin one, end it, see how it goes, or plan it"),
            choices=("start", "stop", "status", "schedule"),
        ),
        Option(name="service", summary=mark("The tool that is to fail"), services=True),
        Option(name="minutes", summary=mark("How long, in minutes: 5 to 120")),
        Option(name="every", summary=mark("When a planned one comes again"), choices=("weekly", "monthly", "off")),
        Option(name="scenario", summary=mark("A real outage to play again")),
        Option(name="mention", summary=mark("Whom it is for: shown as plain words, nobody is notified")),
    ),
)
_ACTIONS, _EVERY = (option.choices for option in COMMAND.options if option.choices)


def understood(options: Mapping[str, str]) -> dict[str, str]:
    """The options, also where they were typed in one line: `start chatgpt 15`, `schedule chatgpt monthly`."""
    said = options.get("service", "").split()
    taken = dict(options)
    if "action" not in taken and said and said[0].casefold() in _ACTIONS:
        taken["action"] = said.pop(0).casefold()
    while len(said) > 1 and (name := _meant(said[-1])) and name not in taken:
        taken[name] = said.pop().casefold()
    return taken | {"action": taken.get("action", "" if said else "status"), "service": " ".join(said)}


def _meant(word: str) -> str:
    """Which option a word behind the tool is; empty for a part of the tool's name."""
    return "every" if word.casefold() in _EVERY else "minutes" if _number(word) is not None else ""


async def run(request: Request, office: Office) -> Card:
    """Do what was asked; without a word of it, say how the channel's drill goes."""
    options = understood(request.options)
    words = office.words(request)
    if options["action"] not in _RUNS:
        raise UserError(words("Say what to do: `/outage drill start chatgpt 15`, stop, status or schedule."))
    return await _RUNS[options["action"]](replace(request, options=options), office, words)


async def _start(request: Request, office: Office, words: Words) -> Card:
    found, minutes = await _found(request, office, words, "minutes"), _minutes(request, words)
    scenario = _scenario(request, office, found, words)
    target, now = request.caller.target, office.clock.now()
    (real,) = await office.standings([found])
    if core.interrupts(real, now):
        raise UserError(words("{name} has trouble now, in earnest: this is no time for a drill.", name=found.label))
    drill = Drill(
        target=target,
        service=found.value,
        scenario=scenario,
        mention=_mention(request.options.get("mention", "")),
        started_by=request.caller.user,
        started_at=now,
        ends_at=now + timedelta(minutes=minutes),
        course=Course(language=await language_of(target, found.value, office.store, request.caller.language)),
    )
    begun = await begin(drill, office.store, office.library, now)
    if begun is None:
        raise UserError(words("A drill is running in this channel already. `/outage drill stop` ends it."))
    return render.begun(begun, found.label, words)


async def _stop(request: Request, office: Office, words: Words) -> Card:
    drill, now = await office.store.last_drill(request.caller.target), office.clock.now()
    if drill is None or not await office.store.end_drill(drill.id, now):
        raise UserError(words("No drill is running in this channel."))
    await office.store.hasten([core.slug_of(drill)], now)
    return render.marked(Card(tone=Tone.GOOD, title=words("it is over, and its result comes in its thread")), words)


async def _status(request: Request, office: Office, words: Words) -> Card:
    target = request.caller.target
    drill = await office.store.last_drill(target)
    plans = await office.store.drill_plans_of(target)
    if drill and not drill.course.report:
        acts = await office.store.acts(core.threads_of(drill))
        drill = replace(drill, course=core.observed(drill.course, acts, ()))
    named = [(_name(office, plan.service), plan) for plan in plans]
    return render.state(drill, _name(office, drill.service) if drill else "", named, words)


async def _schedule(request: Request, office: Office, words: Words) -> Card:
    found, every = await _found(request, office, words, "every"), request.options.get("every", "")
    target, now = request.caller.target, office.clock.now()
    if not every:
        raise UserError(
            words("Say how often: `/outage drill schedule {name} monthly`, weekly or off.", name=found.value)
        )
    if every == "off":
        if not await office.store.drop_drill_plan(target, found.value):
            raise UserError(words("No drill is planned here for {name}.", name=found.label))
        return Card(tone=Tone.GOOD, title=words("No more drills are planned here for {name}", name=found.label))
    minutes = _minutes(request, words, core.PLANNED_MINUTES)
    plan = DrillPlan(
        target=target,
        service=found.value,
        every=Every(every),
        minutes=minutes,
        planned_by=request.caller.user,
        next_at=core.next_time(Every(every), now, target, minutes),
    )
    await office.store.plan_drill(plan)
    return render.planned_card(plan, found.label, words)


_RUNS: Mapping[str, Callable[[Request, Office, Words], Awaitable[Card]]] = {
    "start": _start,
    "stop": _stop,
    "status": _status,
    "schedule": _schedule,
}


async def _found(request: Request, office: Office, words: Words, wanted: str) -> Found:
    """The tool. A word behind it that says nothing is left out where the `wanted` option is missing: that is told."""
    if not request.options["service"]:
        line = "schedule chatgpt monthly" if request.options["action"] == "schedule" else "start chatgpt 15"
        raise UserError(words("Say which tool: `/outage drill {line}`.", line=line))
    name = request.options["service"]
    shorter = name.rpartition(" ")[0] if wanted not in request.options else ""
    return office.catalogue.find(name) or office.catalogue.find(shorter) or await office.find(name, words)


def _minutes(request: Request, words: Words, otherwise: float | None = None) -> float:
    minutes = _number(request.options.get("minutes", "")) or otherwise
    if minutes is None or not core.is_length(minutes):
        least, most = round(core.LEAST_MINUTES), round(core.MOST_MINUTES)
        raise UserError(words("Say how long, from {least} to {most} minutes.", least=least, most=most))
    return minutes


def _number(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else None


def _scenario(request: Request, office: Office, found: Found, words: Words) -> str:
    """A replay's id, or nothing. Raise UserError for one that tells of another tool."""
    scenario = request.options.get("scenario", "")
    fitting = [one for one, services in office.scenarios.items() if found.service.slug in services]
    if not scenario or scenario in fitting:
        return scenario
    if not fitting:
        raise UserError(words("I know no outage of {name} to play again; leave `scenario` out.", name=found.label))
    raise UserError(words("`scenario` is one of: {names}.", names=", ".join(fitting)))


def _mention(text: str) -> str:
    """Plain words on one line. The at sign is for people's eyes: cards are escaped, so that it calls nobody."""
    said = shorten(" ".join(text.split()), MENTION_MOST)
    return f"@{said}" if said == "here" else said


def _name(office: Office, service: str) -> str:
    found = office.catalogue.find(service)
    return found.label if found else service
