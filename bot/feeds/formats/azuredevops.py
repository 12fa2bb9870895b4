"""Azure DevOps: the health of its services by geography. There are no incidents in it.

https://learn.microsoft.com/en-us/rest/api/azure/devops/status/health/get
"""

from collections.abc import Iterator, Mapping
from typing import Annotated

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Snapshot
from bot.feeds.assemble import distinct_components
from bot.feeds.moments import newest
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, looked_up, shaped, values_of
from bot.ports import Document, Documents, Format

_PAGE = "https://status.dev.azure.com"
_HEALTHS = {
    "healthy": Health.OPERATIONAL,
    "advisory": Health.DEGRADED,
    "degraded": Health.DEGRADED,
    "unhealthy": Health.MAJOR_OUTAGE,
}


class _State(Shape):
    health: Text = ""


class _Geography(Shape):
    id: Id = ""
    name: Line = ""
    health: Text = ""


class _Service(Shape):
    id: Id = ""
    geographies: Annotated[list[_Geography], Objects] = []


class _Sheet(Shape):
    lastUpdated: Time = None
    status: _State | None = None
    services: Annotated[list[_Service], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it has an overall health and services with geographies."""
    try:
        return all(_belongs(value) for value in values_of(documents).values())
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The health document. Raise NotTheFormat."""
    values = values_of(documents)
    if not all(_belongs(value) for value in values.values()):
        raise NotTheFormat("not the health of Azure DevOps: its status or its services are missing")
    sheets = [shaped(_Sheet, value, name) for name, value in values.items()]
    word = next((sheet.status.health for sheet in sheets if sheet.status), "")
    health, raw = looked_up(_HEALTHS, word, Health.UNKNOWN)
    return Snapshot(
        format=FORMAT.name,
        page="Azure DevOps",
        page_url=base_url or _PAGE,
        health=health,
        raw_health=raw,
        stated_at=newest(sheet.lastUpdated for sheet in sheets),
        components=distinct_components(row for sheet in sheets for row in _components(sheet)),
        tells_incidents=False,
    )


def _belongs(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    status, services = value.get("status"), value.get("services")
    return (
        isinstance(status, Mapping)
        and "health" in status
        and isinstance(services, list)
        and all(isinstance(row, Mapping) and "geographies" in row for row in services)
    )


def _components(sheet: _Sheet) -> Iterator[Component]:
    for service in sheet.services:
        for place in service.geographies:
            health, raw = looked_up(_HEALTHS, place.health, Health.UNKNOWN)
            yield Component(
                id=f"{service.id}/{place.id}",
                name=place.name or place.id,
                group=service.id,
                health=health,
                raw_health=raw,
            )


FORMAT = Format(
    name="azuredevops",
    documents=(Document(name="health", path="_apis/status/health"),),
    recognise=recognise,
    parse=parse,
    homes=(_PAGE,),
)
