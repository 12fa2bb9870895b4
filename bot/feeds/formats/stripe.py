"""Stripe's older status document: a word for the whole and a warning for each part. https://status.stripe.com"""

from collections.abc import Iterator
from typing import Annotated, Any

from bot.domain.status import Component, Health, Snapshot
from bot.feeds.assemble import distinct_components
from bot.feeds.ids import derived_id
from bot.feeds.plaintext import line
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, all_are, demanded, has, looked_up, shaped, word_of
from bot.ports import Document, Documents, Format

_HEALTHS = {"up": Health.OPERATIONAL, "degraded": Health.DEGRADED, "down": Health.MAJOR_OUTAGE}


class _Part(Shape):
    key: Id = ""
    title: Line = ""
    warning: Any = None


class _Sheet(Shape):
    UptimeStatus: Text = ""
    uptimeData: Annotated[list[_Part], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is such a document."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The document. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "Stripe's status")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    health, raw = looked_up(_HEALTHS, sheets[0].UptimeStatus, Health.UNKNOWN)
    return Snapshot(
        format=FORMAT.name,
        page="Stripe",
        page_url=base_url or "https://status.stripe.com",
        health=health,
        raw_health=raw,
        components=distinct_components(part for sheet in sheets for part in _components(sheet)),
        tells_incidents=False,
    )


def _belongs(value: object) -> bool:
    return has(value, "UptimeStatus", "uptimeData")


def _components(sheet: _Sheet) -> Iterator[Component]:
    """A part with a warning has trouble of a kind that it names; without one it is well."""
    for row in sheet.uptimeData:
        well = "warning" in row.model_fields_set and row.warning is None
        health = Health.OPERATIONAL if well else Health.DEGRADED if word_of(row.warning) else Health.UNKNOWN
        key = row.key or derived_id("part", row.title)
        raw = line(word_of(row.warning))
        yield Component(id=key, name=row.title or row.key, health=health, raw_health=raw)


FORMAT = Format(
    name="stripe",
    documents=(Document(name="full", path="current/full"),),
    recognise=recognise,
    parse=parse,
)
