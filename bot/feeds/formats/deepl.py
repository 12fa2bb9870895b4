"""DeepL: an overall word, its data centres, and the incidents that are open. https://www.deepl.com/en/status"""

from collections.abc import Iterator
from typing import Annotated

from bot.domain.status import Component, Incident, Phase, Snapshot
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, all_are, demanded, has, shaped
from bot.feeds.vocabulary import health_of, phase_of
from bot.ports import Document, Documents, Format

_PAGE = "https://www.deepl.com/en/status"


class _Centre(Shape):
    id: Id = ""
    name: Line = ""
    status: Text = ""


class _Item(Shape):
    id: Id = ""
    title: Line = ""
    status: Text = ""


class _Sheet(Shape):
    overall: Text = ""
    datacenters: Annotated[list[_Centre], Objects] = []
    incidents: Annotated[list[_Item], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it has an overall word, data centres and incidents."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """The status. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "DeepL's status")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    health, raw = health_of(sheets[0].overall)
    return Snapshot(
        format=FORMAT.name,
        page="DeepL",
        page_url=_PAGE,
        health=health,
        raw_health=raw,
        components=distinct_components(part for sheet in sheets for part in _components(sheet)),
        incidents=distinct_incidents(_incident(row) for sheet in sheets for row in sheet.incidents),
        ends_by_leaving=True,
    )


def _belongs(value: object) -> bool:
    return has(value, "overall", "datacenters", "incidents")


def _components(sheet: _Sheet) -> Iterator[Component]:
    for row in sheet.datacenters:
        health, raw = health_of(row.status)
        name = row.name or row.id
        yield Component(id=row.id or derived_id("centre", name), name=name, health=health, raw_health=raw)


def _incident(row: _Item) -> Incident:
    phase, raw = phase_of(row.status)
    unsaid = phase is Phase.UNKNOWN
    return incident(
        row.id or derived_id("incident", row.title),
        row.title,
        Phase.INVESTIGATING if unsaid else phase,
        raw_phase=raw,
        phase_stated=not unsaid,
        url=_PAGE,
    )


FORMAT = Format(
    name="deepl",
    documents=(Document(name="status", path="api/status"),),
    recognise=recognise,
    parse=parse,
    homes=("https://api-status.deepl.com",),
    leads=lambda address, _html: (
        ("https://api-status.deepl.com",) if "deepl.com" in address and "status" in address else ()
    ),
)
