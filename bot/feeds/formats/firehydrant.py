"""FireHydrant's status pages. https://docs.firehydrant.com/docs/status-pages

`data/payload.json` holds everything since the page exists: the newest hundred incidents are read. Severities are the
customer's own words; `conditions` says what the customer's words for the state of a component mean.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest, utc
from bot.feeds.plaintext import from_markdown, line
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, all_are, demanded, has, shaped, word_of
from bot.feeds.vocabulary import IMPACT_OF_HEALTH, phase_of
from bot.ports import Document, Documents, Format

MOST = 100
_MITIGATED = "mitigated"
_CONDITIONS = {
    "OPERATIONAL": Health.OPERATIONAL,
    "DEGRADED": Health.DEGRADED,
    "OFFLINE": Health.MAJOR_OUTAGE,
}
_WORK = "maintenance"
_PHASE = re.compile(r"^\W{0,8}([A-Za-z ]{3,20}?)\s{0,4}(?:\u2014|\u2013|-)\s{0,4}")
"""Notes begin with the phase: `Resolved - All is well`, or an arrow and `**Resolved** — All is well`."""


class _Component(Shape):
    id: Id = ""
    name: Line = ""
    condition: Text = ""


class _Event(Shape):
    time: Time = None
    occurredAt: Time = None
    details: Any = None

    @property
    def at(self) -> datetime | None:
        return self.occurredAt or self.time


class _Item(Shape):
    id: Id = ""
    title: Line = ""
    timestamps: Any = None
    timeline: Annotated[list[_Event], Objects] = []
    severitySlug: Text = ""
    components: Annotated[list[_Component], Objects] = []

    @property
    def milestones(self) -> list[str]:
        return list(self.timestamps) if isinstance(self.timestamps, dict) else []

    def at(self, milestone: str) -> datetime | None:
        return utc(self.timestamps.get(milestone)) if isinstance(self.timestamps, dict) else None


class _Config(Shape):
    companyName: Line = ""
    title: Line = ""


class _Sheet(Shape):
    config: _Config = _Config()
    conditions: Any = None
    components: Annotated[list[_Component], Objects] = []
    incidents: Annotated[list[_Item], Objects] = []

    def health(self, word: str) -> tuple[Health, str]:
        """What the customer's word for a state means."""
        meant = word_of(self.conditions.get(word)) if isinstance(self.conditions, dict) else ""
        found = _CONDITIONS.get(meant, Health.UNKNOWN)
        return found, line(word) if found is Health.UNKNOWN else ""


def recognise(documents: Documents) -> bool:
    """Whether all of it is such a payload."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The payload of the page. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "the payload of a FireHydrant page")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    config = sheets[0].config
    return Snapshot(
        format=FORMAT.name,
        page=config.title or config.companyName,
        page_url=base_url,
        stated_at=newest(event.time for sheet in sheets for item in sheet.incidents for event in item.timeline),
        components=distinct_components(part for sheet in sheets for part in _components(sheet)),
        incidents=distinct_incidents(one for sheet in sheets for one in _incidents(sheet, base_url)),
    )


def _belongs(value: object) -> bool:
    return has(value, "config", "conditions", "incidents") and isinstance(value, Mapping) and has(value["config"])


def _components(sheet: _Sheet) -> Iterator[Component]:
    """As bad as the open incidents that name them say; the payload has no state of a component besides."""
    told: dict[str, list[tuple[Health, str]]] = {}
    for item in sheet.incidents:
        for part in item.components if item.at("resolved") is None else ():
            told.setdefault(part.id, []).append(sheet.health(part.condition))
    for row in sheet.components:
        found = told.get(row.id, [])
        health = worst(state for state, _ in found)
        raw = next((word for state, word in found if state is health), "")
        yield Component(id=row.id or derived_id("component", row.name), name=row.name, health=health, raw_health=raw)


def _incidents(sheet: _Sheet, base: str) -> Iterator[Incident]:
    """The newest, and before them what is open, however old it is."""
    ordered = sorted(
        sheet.incidents, key=lambda row: (row.at("resolved") is None, _when(row.at("started"))), reverse=True
    )
    yield from (_incident(row, sheet, base) for row in ordered[:MOST])


def _when(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0


def _incident(row: _Item, sheet: _Sheet, base: str) -> Incident:
    """`resolved` alone closes one: of imported incidents other milestones come weeks after it."""
    ended = row.at("resolved")
    work = row.severitySlug.lower() == _WORK
    last = _stands(row)
    still = last if last.is_open else Phase.INVESTIGATING
    over = Phase.COMPLETED if work else Phase.RESOLVED
    healths = [sheet.health(part.condition)[0] for part in row.components if part.condition]
    return incident(
        row.id or derived_id("incident", row.title, str(row.at("started"))),
        row.title,
        over if ended else Phase.IN_PROGRESS if work else still,
        kind=Kind.MAINTENANCE if work else Kind.INCIDENT,
        phase_stated=work or last.is_open,
        url=f"{base.rstrip('/')}/incidents/{row.id}" if base and row.id else base,
        impact=Impact.NONE if work else IMPACT_OF_HEALTH[worst(healths)] if healths else Impact.UNKNOWN,
        raw_impact="" if work or healths else line(row.severitySlug),
        started=row.at("started"),
        ended=ended,
        components=(part.id for part in row.components if part.id),
        updates=_updates(row),
    )


def _stands(row: _Item) -> Phase:
    """What was said last: in words before a note, by a milestone in the timeline, or by the time of one."""
    said = [(event.at, phase_of(_split(_note(event.details))[0])[0]) for event in row.timeline]
    said += [(event.at, _milestone(_reached(event.details))) for event in row.timeline]
    said += [(row.at(name), _milestone(name)) for name in row.milestones]
    known = [one for one in said if one[1] is not Phase.UNKNOWN]
    return max(known, key=lambda one: _when(one[0]), default=(None, Phase.UNKNOWN))[1]


def _updates(row: _Item) -> Iterator[Update]:
    """Oldest first. `time` is when it was written into the system, `occurredAt` when it was."""
    told = ((event, _note(event.details)) for event in reversed(row.timeline))
    for event, text in sorted(told, key=lambda one: _when(one[0].at)):
        if text:
            word, bare = _split(text)
            phase, _ = phase_of(word)
            yield Update(
                # The time that it is said to have been at can be edited, that of writing cannot.
                id=derived_id("update", row.id, str(event.time or event.occurredAt)),
                phase=phase,
                text=bare,
                posted_at=event.at,
            )


def _split(text: str) -> tuple[str, str]:
    """The phase that a note begins with and the rest, if it does."""
    found = _PHASE.match(text)
    if found and phase_of(found[1])[0] is not Phase.UNKNOWN:
        return found[1], text[found.end() :]
    return "", text


def _milestone(name: str) -> Phase:
    """Customers name milestones as they like: most are words that we do not know."""
    return Phase.MONITORING if name == _MITIGATED else phase_of(name)[0]


def _reached(details: object) -> str:
    """The milestone that an entry of the timeline tells of."""
    told = details.get("milestoneUpdate") if isinstance(details, dict) else None
    return word_of(told.get("currentMilestone")) if isinstance(told, dict) else ""


def _note(details: object) -> str:
    """The words of an entry of the timeline: alone, or inside an update of impacts."""
    note = details.get("note") if isinstance(details, dict) else None
    return from_markdown(word_of(note.get("note") if isinstance(note, dict) else note))


FORMAT = Format(
    name="firehydrant",
    documents=(Document(name="payload.json", path="data/payload.json"),),
    recognise=recognise,
    parse=parse,
)
