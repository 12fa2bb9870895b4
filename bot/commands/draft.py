"""draft: a notice about an incident, for people to edit and to send themselves."""

from bot.commands.office import Office
from bot.commands.spec import Command, Option, Request
from bot.core.alternatives import parts_concerned, plans_concerned
from bot.core.catalogue import Found
from bot.core.draft import Audience, Subject, draft
from bot.core.overview import counsels, feeds_of, watched
from bot.core.pick import Candidate, listed_in, named, newest, told_of
from bot.core.standing import Standing
from bot.core.text import fold
from bot.domain.card import Bold, Card, Fact, Link, Moment, Tone
from bot.domain.errors import UserError
from bot.domain.status import Freshness, Incident
from bot.domain.words import Language, Words, mark

MESSAGES_SEARCHED = 300
"""Of the newest ones of a channel."""
COMMAND = Command(
    name="draft",
    summary=mark("A notice about an incident, for you to edit; I send it to nobody"),
    aliases=("brouillon", "communique"),
    options=(
        Option(name="incident", summary=mark("A tool, an incident's id or words of its title"), services=True),
        Option(
            name="audience",
            summary=mark("Who will read it: your team (as it is without a word) or your customers"),
            choices=tuple(Audience),
        ),
    ),
)
_AUDIENCES = {
    **{fold(one): one for one in Audience},
    "interne": Audience.INTERNAL,
    "team": Audience.INTERNAL,
    "equipe": Audience.INTERNAL,
    "clients": Audience.CUSTOMERS,
    "customer": Audience.CUSTOMERS,
    "client": Audience.CUSTOMERS,
}
"""What people type; in a typed line it is the last word."""


async def run(request: Request, office: Office) -> Card:
    """The draft in the channel's language, what belongs to it in that of who asks."""
    words = office.words(request)
    text, audience = _asked(request)
    candidate = await _candidate(text, request, office, words)
    (standing,) = await office.standings([candidate.found])
    subject = await _subject(candidate, standing, office)
    language = await _language(candidate, request, office)
    return _card(subject, draft(subject, audience, office.languages[language]), audience, words)


def _asked(request: Request) -> tuple[str, Audience]:
    """What about, and for whom: `login errors customers` is one text for the parser."""
    text, said = request.options.get("incident", ""), request.options.get("audience", "")
    rest, _, last = text.rpartition(" ")
    if not said and fold(last) in _AUDIENCES:
        return rest, _AUDIENCES[fold(last)]
    return text, Audience(said) if said else Audience.INTERNAL


async def _candidate(text: str, request: Request, office: Office, words: Words) -> Candidate:
    """The incident that is meant. Raise UserError where none is."""
    if found := office.catalogue.find(text):
        states = await office.store.states(feeds_of([found]))
        state = states.get(found.service.feeds[0].id)
        chosen = newest(listed_in(found, state.snapshot if state else None))
        trouble = await _none_listed(found, office, words)
    else:
        candidates = await _candidates(request, office, everywhere=bool(text))
        chosen = named(candidates, text) if text else newest(one for one in candidates if one.is_running)
        trouble = (
            words("I know no incident by the words “{text}”. `/outage active` lists the open ones.", text=text)
            if text
            else words(
                "No incident is open of which this channel was told. Name a tool: `/outage draft chatgpt internal`."
            )
        )
    if chosen is None:
        raise UserError(trouble)
    return chosen


async def _none_listed(found: Found, office: Office, words: Words) -> str:
    """Only a page that was read lately can be said to list nothing."""
    (standing,) = await office.standings([found])
    if standing.sight.freshness is Freshness.FRESH:
        return words("The status page of {name} lists no incident now.", name=found.label)
    return words("I cannot read the status page of {name}", name=found.label)


async def _candidates(request: Request, office: Office, *, everywhere: bool) -> list[Candidate]:
    """What this channel was told of; then, if it may be anywhere, what all pages say that the team may see."""
    told = await office.store.told(request.caller.target, MESSAGES_SEARCHED)
    services = office.catalogue.services
    heard = {change.service for change in told}
    wanted = [Found(service=one) for one in services if everywhere or one.slug in heard]
    states = await office.store.states(feeds_of(wanted))
    found = list(told_of(told, office.catalogue, states))
    if everywhere:
        for one in wanted:
            state = states.get(one.service.feeds[0].id)
            found += listed_in(one, state.snapshot if state else None)
    return found


async def _subject(candidate: Candidate, standing: Standing, office: Office) -> Subject:
    """All that a notice may say, with what the team uses meanwhile."""
    service, incident, catalogue = candidate.found.service, candidate.incident, office.catalogue
    components = await office.components(candidate.found)
    plans = plans_concerned(office.plans, service, incident, components, catalogue)
    states = await office.store.states(feeds_of(watched(catalogue, plans).values())) if plans else {}
    parts = parts_concerned(service, incident, components)
    advice = counsels(catalogue, plans, parts, states, office.clock.now())
    return Subject(
        service=service,
        incident=incident,
        sight=standing.sight,
        components=components,
        listed=candidate.listed,
        instead=[one for counsel in advice for one in counsel.advice],
    )


async def _language(candidate: Candidate, request: Request, office: Office) -> Language:
    """That of the channel, where it follows the service; else that of who asks."""
    follows = await office.store.subscriptions_of(request.caller.target)
    slug = candidate.found.service.slug
    return next((one.language for one in follows if one.service == slug), request.caller.language)


_TITLES = {
    Audience.INTERNAL: mark("Draft for your team: {name}"),
    Audience.CUSTOMERS: mark("Draft for your customers: {name}"),
}


def _card(subject: Subject, text: str, audience: Audience, words: Words) -> Card:
    """The draft to copy; below it what the platform shows in local time, and where to check it."""
    service, incident = subject.service, subject.incident
    blind = subject.sight.freshness is not Freshness.FRESH
    warning = (" ", Bold(words("Its status page cannot be read now: check it before you send this."))) if blind else ()
    return Card(
        tone=Tone.WARNING if blind else Tone.INFO,
        title=words(_TITLES[audience], name=service.name),
        lead=(words("Yours to complete and to send; I send it to nobody."), *warning),
        copy=text,
        facts=_when(incident, words),
        footer=(Link(words("Status page"), incident.url or service.page),),
    )


def _when(incident: Incident, words: Words) -> tuple[Fact, ...]:
    """In each reader's own time zone, as far as the platform can."""
    start, end = incident.started_at, incident.resolved_at or incident.until
    if start is None:
        return ()
    if end is None:
        return (Fact(words("Since"), (Moment(start),)),)
    return (Fact(words("When"), (Moment(start), " – ", Moment(end))),)
