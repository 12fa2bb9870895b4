"""Cachet, version 3 (JSON:API). https://docs.cachethq.io/api-reference

States are numbers. A date is `{human, string}`: the text for people changes every minute, the other has no zone.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from bot.domain.status import Component, Impact, Incident, Snapshot, Update, worst
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.cachet_numbers import HEALTHS, PHASES
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest, utc
from bot.feeds.plaintext import from_markdown
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, all_are, demanded, has, looked_up, objects, shaped, word_of
from bot.feeds.vocabulary import IMPACT_OF_HEALTH
from bot.ports import Document, Documents, Format


class _Facts(Shape):
    name: Line = ""
    message: Text = ""
    status: Any = None
    latest_status: Any = None
    updateable_id: Id = ""
    occurred: Any = None
    created: Any = None
    updated: Any = None

    @property
    def number(self) -> str:
        """The latest state, where a component has one besides its own."""
        return _value(self.latest_status) or _value(self.status)


class _Row(Shape):
    id: Id = ""
    type: Text = ""
    attributes: Any = None
    relationships: Any = None

    @property
    def facts(self) -> _Facts:
        return shaped(_Facts, self.attributes if isinstance(self.attributes, dict) else {}, self.type)

    def linked(self, kind: str) -> list[str]:
        """The ids of related rows."""
        relations = self.relationships.get(kind) if isinstance(self.relationships, dict) else None
        rows = objects(relations.get("data")) if isinstance(relations, dict) else []
        return [word_of(row.get("id")) for row in rows if isinstance(row, dict)]


class _Sheet(Shape):
    data: Annotated[list[_Row], Objects] = []
    included: Annotated[list[_Row], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is lists of incidents or components. Empty lists could be anybody's."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The incidents, the components or both. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a list of Cachet")
    rows = [
        row
        for name, value in values.items()
        for sheet in (shaped(_Sheet, value, name),)
        for row in (*sheet.data, *sheet.included)
    ]
    components = {row.id: row for row in rows if row.type == "components"}
    updates = [row for row in rows if row.type == "updates"]
    found = (_incident(row, components, updates, base_url) for row in rows if row.type == "incidents")
    return Snapshot(
        format=FORMAT.name,
        page_url=base_url,
        stated_at=newest(_at(row.facts.updated) for row in rows),
        components=distinct_components(_component(row) for row in components.values()),
        incidents=distinct_incidents(found),
    )


def _belongs(value: object) -> bool:
    rows = value.get("data") if isinstance(value, dict) else None
    return (
        isinstance(rows, list)
        and bool(rows)
        and all(has(row, "type", "attributes") and word_of(row["type"]) in {"incidents", "components"} for row in rows)
        and all(has(row["attributes"], "status") and has(row["attributes"]["status"], "value") for row in rows)
    )


def _value(state: object) -> str:
    return word_of(state.get("value")) if isinstance(state, dict) else ""


def _at(date: object) -> Any:
    return utc(date.get("string")) if isinstance(date, dict) else None


def _component(row: _Row) -> Component:
    health, raw = looked_up(HEALTHS, row.facts.number, HEALTHS["0"])
    return Component(id=row.id, name=row.facts.name, health=health, raw_health=raw)


def _incident(row: _Row, components: dict[str, _Row], updates: list[_Row], base: str) -> Incident:
    """There is no severity: it is as bad as the components that it names are."""
    facts = row.facts
    phase, raw = looked_up(PHASES, facts.number, PHASES["0"])
    named = row.linked("components")
    healths = [HEALTHS.get(components[key].facts.number, HEALTHS["0"]) for key in named if key in components]
    own = [one for one in updates if one.id in row.linked("updates") or one.facts.updateable_id == row.id]
    return incident(
        row.id or derived_id("incident", facts.name, str(_at(facts.occurred))),
        facts.name,
        phase,
        raw_phase=raw,
        url=f"{base.rstrip('/')}/incidents/{row.id}" if base else "",
        impact=IMPACT_OF_HEALTH[worst(healths)] if healths and phase.is_open else Impact.UNKNOWN,
        started=_at(facts.occurred) or _at(facts.created),
        ended=None if own else _at(facts.updated),
        components=named,
        updates=_updates(row, own),
    )


def _updates(row: _Row, own: list[_Row]) -> Iterator[Update]:
    """The message of the incident is its first."""
    facts = row.facts
    if facts.message:
        first = PHASES.get(facts.number, PHASES["0"]) if not own else PHASES["0"]
        at = _at(facts.occurred) or _at(facts.created)
        yield Update(id="message", phase=first, text=from_markdown(facts.message), posted_at=at)
    for one in own:
        phase, raw = looked_up(PHASES, one.facts.number, PHASES["0"])
        yield Update(
            id=one.id or derived_id("update", str(_at(one.facts.created))),
            phase=phase,
            text=from_markdown(one.facts.message),
            posted_at=_at(one.facts.created),
            raw_phase=raw,
        )


FORMAT = Format(
    name="cachet",
    documents=(
        Document(name="components", path="api/components?per_page=200"),
        Document(
            name="incidents", path="api/incidents?include=components,updates&sort=-id&per_page=50", required=False
        ),
    ),
    recognise=recognise,
    parse=parse,
)
