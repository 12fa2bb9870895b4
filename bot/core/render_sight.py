"""render_sight: what is about us as a card: a page or a channel is closed to us, or a page open again. Pure.

It never says that any tool is down.
"""

from bot.core.blindness import PLATFORMS, Fault
from bot.core.glossary import duration
from bot.domain.card import Card, Link, Moment, Rich, Shape, Tone
from bot.domain.status import Incident
from bot.domain.subscription import Target
from bot.domain.words import Words


def sight(incident: Incident, words: Words) -> Card:
    """The notice of an incident of ours; its title holds the names of the tools that the channel follows."""
    if incident.phase.is_over:
        return _again(incident, words)
    return Card(
        tone=Tone.UNKNOWN,
        title=_title(incident, words),
        url=incident.url,
        lead=_lead(incident, words),
        footer=_footer(incident, words),
    )


def _fault(incident: Incident) -> tuple[Fault, str]:
    """What stands in the id: `sight:page:github:1772445600`."""
    _, fault, rest = incident.id.split(":", 2)
    return Fault(fault), rest.rpartition(":")[0]


def _title(incident: Incident, words: Words) -> str:
    fault, name = _fault(incident)
    if fault is Fault.OURS:
        return words("I can hardly see any status page now")
    if fault is Fault.PLATFORM:
        return words("Many pages made with {platform} cannot be read now", platform=PLATFORMS.get(name, name))
    return words("I cannot read the status page of {name}", name=incident.title)


def _lead(incident: Incident, words: Words) -> Rich:
    fault, _ = _fault(incident)
    if fault is Fault.OURS:
        said = words(
            "The fault is most likely on my side. Until it is mended I cannot warn you about {names}.",
            names=incident.title,
        )
    elif fault is Fault.PLATFORM:
        said = words(
            "So I cannot warn you about {names} for now. The tools themselves may be well.", names=incident.title
        )
    else:
        said = words("How it is now I do not know, and I cannot warn you until I can read it again.")
    return (said,)


def _footer(incident: Incident, words: Words) -> Rich:
    page: Rich = (Link(words("Status page"), incident.url), " · ") if incident.url else ()
    read: Rich = (words("last read"), " ", Moment(incident.started_at, Shape.DATETIME)) if incident.started_at else ()
    return (*page, *read)


def _again(incident: Incident, words: Words) -> Card:
    took = incident.resolved_at - incident.started_at if incident.resolved_at and incident.started_at else None
    lead = words("It was out of my sight for {time}.", time=duration(words, took)) if took else ""
    return Card(
        tone=Tone.GOOD,
        title=words("I can read the status page of {name} again", name=incident.title),
        url=incident.url,
        lead=(lead,) if lead else (),
    )


def closed_channel(target: Target, error: str, words: Words) -> Card:
    """What an owner reads when a channel no longer takes our messages."""
    return Card(
        tone=Tone.WARNING,
        title=words("I can no longer post in a channel you subscribed"),
        lead=(words("Channel {channel}: {error}.", channel=target.channel, error=error),),
        footer=(words("Invite me there again and subscribe once more; until then I stay silent in it."),),
    )
