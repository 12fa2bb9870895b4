"""Gatus: the last results of every endpoint, and no incidents. https://github.com/TwiN/gatus#api"""

from typing import Annotated, Any

from bot.domain.status import Component, Health, Snapshot
from bot.feeds.assemble import distinct_components
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.shapes import Id, Line, Objects, Shape, Time, all_are, demanded, has, objects, shaped
from bot.ports import Document, Documents, Format

_HEALTHS = {True: Health.OPERATIONAL, False: Health.MAJOR_OUTAGE}


class _Result(Shape):
    success: Any = None
    timestamp: Time = None


class _Endpoint(Shape):
    key: Id = ""
    name: Line = ""
    group: Line = ""
    results: Annotated[list[_Result], Objects] = []

    @property
    def health(self) -> Health:
        """Oldest first: the last one counts."""
        last = self.results[-1].success if self.results else None
        return _HEALTHS[last] if isinstance(last, bool) else Health.UNKNOWN


def recognise(documents: Documents) -> bool:
    """Whether all of it is a list of endpoints with results. An empty list could be anybody's."""
    return all_are(documents, lambda value: value != [] and _belongs(value))


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The list of endpoints. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a list of Gatus endpoints")
    rows = [shaped(_Endpoint, row, name) for name, value in values.items() for row in objects(value)]
    return Snapshot(
        format=FORMAT.name,
        page_url=base_url,
        stated_at=newest(result.timestamp for row in rows for result in row.results),
        components=distinct_components(_component(row) for row in rows),
        tells_incidents=False,
    )


def _belongs(value: object) -> bool:
    return isinstance(value, list) and all(has(row, "name", "key", "results") for row in value)


def _component(row: _Endpoint) -> Component:
    key = row.key or derived_id("endpoint", row.group, row.name)
    return Component(id=key, name=row.name, health=row.health, group=row.group)


FORMAT = Format(
    name="gatus",
    # The size is that of the results of each endpoint, not of the list: the last one is enough.
    documents=(Document(name="statuses", path="api/v1/endpoints/statuses?page=1&pageSize=1"),),
    recognise=recognise,
    parse=parse,
)
