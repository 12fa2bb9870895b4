"""render_drill: what a drill looks like. Every message of it says so in its title, before anything else. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core.drill import end_of, is_drill
from bot.core.glossary import duration
from bot.core.text import shorten
from bot.domain.card import Bold, Card, Code, Fact, Item, Link, Listing, Moment, Rich, Shape, Tone
from bot.domain.drill import Drill, DrillPlan, End, Every, Report
from bot.domain.status import Incident
from bot.domain.words import Words, mark

ADDRESSES_SHOWN = 6
_MINUTE_S = 60
_ENDS: Mapping[End, str] = {
    End.TIME: mark("it ran its full time"),
    End.STOPPED: mark("somebody stopped it"),
    End.REAL: mark("a real incident ended it"),
}
_AFTER: Mapping[bool, str] = {
    False: mark("Whoever switched for it can go back to {name}."),
    True: mark("{name} has a real incident now: go by what I say of that one."),
}
"""By whether a real incident ended it."""
EVERY: Mapping[Every, str] = {Every.WEEKLY: mark("every week"), Every.MONTHLY: mark("every month")}


def marked(card: Card, words: Words, *, in_earnest: bool = False) -> Card:
    """The card, with the one word that nobody may miss, and a sentence that says what it means.

    `in_earnest` is for a drill that a real incident ended: then the tool is down.
    """
    calms = bool(card.lead) and not in_earnest
    lead: Rich = (words("This is a drill, nothing is down."), " ") if calms else ()
    return replace(card, title=words("DRILL – {title}", title=card.title), lead=(*lead, *card.lead))


def marked_of(service: str, card: Card, words: Words) -> Card:
    """The card, marked where it is about a drill. `service` is the slug of what it is about."""
    return marked(card, words) if is_drill(service) else card


def addressed(card: Card, mention: str, words: Words) -> Card:
    """The card, with the names of those it is for: plain words, which wake nobody up."""
    return replace(card, facts=(*card.facts, Fact(words("For"), (mention,)))) if mention else card


def result(report: Report, name: str, words: Words) -> Card:
    """What came of a drill."""
    return Card(
        tone=Tone.INFO,
        title=words("the result for {name}", name=name),
        lead=(words(_AFTER[report.end is End.REAL], name=name),),
        facts=(
            Fact(words("End"), (words(_ENDS[report.end]),)),
            Fact(words("First reaction"), (_first(report, words),)),
            Fact(words("Switched"), (_switched(report, words),)),
            *((Fact(words("Tried"), (", ".join(report.tools),)),) if report.tools else ()),
            *((Fact(words("Blocked"), (str(report.blocked),)),) if report.blocked else ()),
        ),
        listings=(*_broken(report, words), *_failed(report, words)),
    )


def _first(report: Report, words: Words) -> str:
    if report.first is None:
        return words("nobody pressed or said anything")
    if report.first < _MINUTE_S:
        return words("after {seconds} s", seconds=round(report.first))
    return words("after {time}", time=duration(words, timedelta(seconds=report.first)))


def _switched(report: Report, words: Words) -> str:
    if not report.acted:
        return words("nobody took part")
    share = round(100 * report.switched / report.acted)
    return words("{n} of {all} who took part ({share} %)", n=report.switched, all=report.acted, share=share)


def _broken(report: Report, words: Words) -> tuple[Listing, ...]:
    if not report.links:
        return ()
    heading = words("Links that do not answer: {broken} of {n}", broken=len(report.broken), n=report.links)
    shown = report.broken[:ADDRESSES_SHOWN]
    items = tuple(Item((Link(shorten(url, 80), url),), Tone.BAD) for url in shown)
    return (Listing(heading, items or (Item((words("all of them answer"),), Tone.GOOD),)),)


def _failed(report: Report, words: Words) -> tuple[Listing, ...]:
    items = tuple(Item((Bold(name),), Tone.BAD) for name in report.failed)
    return (Listing(words("Alternatives that had trouble themselves"), items),) if items else ()


def announcement(incident: Incident, words: Words) -> Card:
    """What a channel is told one day before a planned drill; `incident` stands for the plan."""
    at: Rich = (" ", Moment(incident.started_at)) if incident.started_at else ()
    service = incident.id.rpartition("@")[0]
    return Card(
        tone=Tone.INFO,
        title=words("DRILL – {title}", title=words("tomorrow, for {name}", name=incident.title)),
        lead=(words("Nothing will be down. It begins"), *at, "."),
        footer=(words("To call it off:"), " ", Code(f"/outage drill schedule {service} off")),
    )


def begun(drill: Drill, name: str, words: Words) -> Card:
    """The answer to who began it."""
    return Card(
        tone=Tone.GOOD,
        title=words("DRILL – {title}", title=words("it begins, for {name}", name=name)),
        lead=(words("Its messages come to this channel alone, until"), " ", Moment(drill.ends_at, Shape.TIME), "."),
        footer=(words("To end it:"), " ", Code("/outage drill stop")),
    )


def state(drill: Drill | None, name: str, plans: Sequence[tuple[str, DrillPlan]], words: Words) -> Card:
    """The drill of a channel, running or over, and what it plans."""
    planned = _planned(plans, words)
    if drill is None:
        return Card(
            tone=Tone.INFO,
            title=words("There was no drill in this channel yet"),
            listings=planned,
            footer=(words("To begin one:"), " ", Code("/outage drill start chatgpt 15")),
        )
    if drill.course.report:
        card = marked(result(drill.course.report, name, words), words)
        return replace(card, lead=(Moment(drill.started_at),), listings=(*card.listings, *planned))
    return _running(drill, name, planned, words)


def _running(drill: Drill, name: str, planned: tuple[Listing, ...], words: Words) -> Card:
    over = end_of(drill) is not None
    says = words("over, the result follows") if over else words("running")
    return Card(
        tone=Tone.INFO,
        title=words("DRILL – {title}", title=words("{name}: {says}", name=name, says=says)),
        lead=(words("until"), " ", Moment(drill.until, Shape.TIME)),
        facts=(
            Fact(words("Took part"), (str(len(drill.course.acted)),)),
            Fact(words("Switched"), (str(len(drill.course.moves)),)),
        ),
        listings=planned,
    )


def planned_card(plan: DrillPlan, name: str, words: Words) -> Card:
    """The answer to who planned it."""
    return Card(
        tone=Tone.GOOD,
        title=words("DRILL – {title}", title=words("{every}, for {name}", name=name, every=words(EVERY[plan.every]))),
        lead=(words("The next one:"), " ", Moment(plan.next_at), ". ", words("This channel is told a day before.")),
    )


def _planned(plans: Sequence[tuple[str, DrillPlan]], words: Words) -> tuple[Listing, ...]:
    items = tuple(Item((Bold(name), f" – {words(EVERY[plan.every])}, ", Moment(plan.next_at))) for name, plan in plans)
    return (Listing(words("Planned drills"), items),) if items else ()
