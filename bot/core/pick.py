"""pick: which incident a person means. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.catalogue import Catalogue, Found
from bot.core.scope import Concerns, concerns
from bot.core.text import fold
from bot.domain.change import Change
from bot.domain.polling import FeedState
from bot.domain.status import Incident, Phase, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An incident that may be meant. `listed` is False where its page left it out and never said that it ended."""

    found: Found
    incident: Incident
    listed: bool = True

    @property
    def is_running(self) -> bool:
        """Whether it goes on now: what a page shows without any incident has no phase of its own."""
        phase = self.incident.phase
        return phase.is_open or (self.incident.is_ours and not phase.is_over)


def listed_in(found: Found, snapshot: Snapshot | None) -> Iterator[Candidate]:
    """What the page of a service says, and what it left out lately; for a part what may concern it."""
    if snapshot is None:
        return
    parts = (found.part,) if found.part else ()
    here = [(incident, True) for incident in snapshot.incidents]
    gone = [(absent.incident, not absent.told) for absent in snapshot.absent]
    for incident, listed in (*here, *gone):
        if concerns(found.service, parts, incident, snapshot.components) is not Concerns.NO:
            yield Candidate(found=found, incident=incident, listed=listed or incident.phase.is_over)


def told_of(changes: Iterable[Change], catalogue: Catalogue, states: Mapping[str, FeedState]) -> Iterator[Candidate]:
    """What a channel was told of, as its page has it now; as it was told where the page has it no more."""
    for change in changes:
        service = catalogue.get(change.service)
        if service is None or change.incident.is_sight:
            continue
        found = Found(service=service)
        state = states.get(service.feeds[0].id)
        snapshot = state.snapshot if state else None
        now = [one for one in listed_in(found, snapshot) if one.incident.id == change.incident.id]
        gone = snapshot is not None and not change.incident.phase.is_over
        yield from now or [Candidate(found=found, incident=change.incident, listed=not gone)]


def newest(candidates: Iterable[Candidate]) -> Candidate | None:
    """What goes on now before what is planned before what is over; of these the one with the newest word."""
    return max(candidates, key=_weight, default=None)


def _weight(one: Candidate) -> tuple[bool, bool, datetime]:
    latest = one.incident.latest
    said = (latest.posted_at if latest else None) or one.incident.started_at
    return one.is_running, one.incident.phase is Phase.SCHEDULED, said or datetime.min.replace(tzinfo=UTC)


def named(candidates: Iterable[Candidate], text: str) -> Candidate | None:
    """The one of that id, else the newest whose title has all these words."""
    candidates = tuple(candidates)
    exact = [one for one in candidates if one.incident.id.casefold() == text.casefold()]
    words = [fold(word) for word in text.split()]
    titled = [one for one in candidates if all(word in fold(one.incident.title) for word in words)]
    return newest(exact or titled)
