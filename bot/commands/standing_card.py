"""A standing as people see it: one line of a list, or a card of its own."""

from bot.core.glossary import HEALTH_TONES, HEALTHS, IMPACTS, or_raw, phase_of, titled
from bot.core.standing import Standing
from bot.core.text import shorten, squeeze
from bot.domain.card import Bold, Card, Fact, Item, Link, Listing, Moment, Rich, Shape
from bot.domain.status import Freshness, Health, Incident, Kind
from bot.domain.words import Words, mark

INCIDENTS_SHOWN = 5
COMPONENTS_SHOWN = 12
TEXT_SHOWN = 280

_FRESHNESS = {
    Freshness.FRESH: mark("read"),
    Freshness.STALE: mark("not read lately; last read"),
    Freshness.UNREACHABLE: mark("cannot be reached; last read"),
    Freshness.NOT_THE_EXPECTED_FORMAT: mark("can no longer be understood; last read"),
}


def standing_item(standing: Standing, words: Words) -> Item:
    """`ChatGPT – Partial outage (2 open)`."""
    count = len(standing.incidents)
    more = words.plural(" ({n} open)", " ({n} open)", count) if count else ""
    return Item((Bold(standing.name), f" – {state(standing, words)}{more}"), HEALTH_TONES[standing.health])


def standing_card(standing: Standing, alternatives: tuple[Listing, ...], words: Words) -> Card:
    """How it is, since when, what the page says, what else to use, and how well we see it."""
    return Card(
        tone=HEALTH_TONES[standing.health],
        title=titled(standing.name, state(standing, words), words),
        url=standing.service.page,
        lead=_lead(standing, words),
        facts=_facts(standing, words),
        listings=tuple(listing for listing in (*_listings(standing, words), *alternatives) if listing.items),
        footer=evidence(standing, words),
    )


def _facts(standing: Standing, words: Words) -> tuple[Fact, ...]:
    """Since when; and which parts are meant, where not all of them are."""
    since = (Fact(words("Since"), (Moment(standing.since),)),) if standing.since else ()
    usual = () if standing.part else standing.service.usual_parts
    names = ", ".join(part.name for part in usual)
    return (*since, Fact(words("Parts"), (words("{usual} (the usual ones)", usual=names),))) if usual else since


def state(standing: Standing, words: Words) -> str:
    """The health in a word or two; where trouble is open but nobody says how bad, that."""
    if standing.health is Health.UNKNOWN and standing.sight.freshness is Freshness.FRESH and standing.incidents:
        return words("Incident open, how bad is not stated")
    return words(HEALTHS[standing.health])


def evidence(standing: Standing, words: Words) -> Rich:
    """Where it was read, and how long ago."""
    sight, page = standing.sight, Link(words("Status page"), standing.service.page)
    if sight.read_at is None:
        why = f" ({_why(sight.trouble, words)})" if sight.trouble else ""
        return (page, " · ", words("not read yet") + why)
    return (page, " · ", words(_FRESHNESS[sight.freshness]), " ", Moment(sight.read_at, Shape.RELATIVE))


def _why(trouble: str, words: Words) -> str:
    """The log's own sentence, which is English; who reads another language is told as much in that."""
    return trouble if words.language == "en" else words("I cannot read its page now")


def _lead(standing: Standing, words: Words) -> Rich:
    if standing.health is not standing.last_known:
        return (words("Last known: {state}.", state=words(HEALTHS[standing.last_known])),)
    if standing.unsaid:
        return (words("An incident is open and the page does not say which parts it concerns."),)
    if standing.health is Health.OPERATIONAL and not standing.incidents:
        return (words("The provider reports no trouble."),)
    return ()


def _listings(standing: Standing, words: Words) -> tuple[Listing, ...]:
    incidents = (*standing.incidents, *standing.unsaid)
    bad = [f"{c.label} – {or_raw(words(HEALTHS[c.health]), c.raw_health)}" for c in standing.components]
    tones = [HEALTH_TONES[component.health] for component in standing.components]
    return (
        Listing(words("Open now"), tuple(incident_item(i, words) for i in incidents[:INCIDENTS_SHOWN])),
        Listing(
            words("Parts concerned"),
            tuple(Item((text,), tone) for text, tone in zip(bad, tones, strict=True))[:COMPONENTS_SHOWN],
        ),
        Listing(words("Planned work"), tuple(planned_item(i) for i in standing.planned[:INCIDENTS_SHOWN])),
    )


def incident_item(incident: Incident, words: Words) -> Item:
    """`Login errors – Cause identified, impact: major: "We are …"`."""
    name = Link(incident.title, incident.url) if incident.url else Bold(incident.title)
    phase = phase_of(incident, words)
    impact = words("impact: {impact}", impact=or_raw(words(IMPACTS[incident.impact]), incident.raw_impact))
    said = f" {phase}" if incident.kind is Kind.MAINTENANCE else f" {phase}, {impact}"
    text = shorten(squeeze(incident.latest.text), TEXT_SHOWN) if incident.latest and incident.latest.text else ""
    return Item((name, " –", said, f" – {words('“{text}”', text=text)}" if text else ""))


def planned_item(incident: Incident) -> Item:
    """Planned work: its name and when."""
    name = Link(incident.title, incident.url) if incident.url else Bold(incident.title)
    return Item((name, " – ", Moment(incident.started_at)) if incident.started_at else (name,))
