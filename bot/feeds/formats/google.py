"""Google's dashboards: Cloud, Workspace, Maps, Ads, Firebase share one schema (`incidents.schema.json` beside each).

It is a bare list of incidents. There is no overall state, no planned work and no list of products without trouble.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated
from urllib.parse import urljoin, urlsplit

from bot.domain.errors import NotTheFormat
from bot.domain.status import Component, Health, Impact, Incident, Kind, Phase, Snapshot, Update, worst
from bot.feeds.assemble import distinct_incidents, incident
from bot.feeds.ids import derived_id
from bot.feeds.moments import newest
from bot.feeds.plaintext import from_markdown, line
from bot.feeds.shapes import Id, Line, Objects, Shape, Text, Time, looked_up, objects, shaped, values_of
from bot.ports import Document, Documents, Format

_CLOUD = "https://status.cloud.google.com"
_WORKSPACE = "https://www.google.com/appsstatus/dashboard"
_PAGES = {"status.cloud.google.com": "Google Cloud", "www.google.com": "Google Workspace"}
_ANYTHING = "zall"
"""The service key of an incident that concerns several products; which ones is in `affected_products`."""

# What an incident is called, and how bad that makes it, by its severity too.
_IMPACTS = {
    "service_information": Impact.NONE,
    "service_disruption": Impact.MINOR,
    "service_disruption high": Impact.MAJOR,
    "service_outage": Impact.MAJOR,
    "service_outage high": Impact.CRITICAL,
}
_HEALTHS = {
    Impact.NONE: Health.OPERATIONAL,
    Impact.MINOR: Health.DEGRADED,
    Impact.MAJOR: Health.PARTIAL_OUTAGE,
    Impact.CRITICAL: Health.MAJOR_OUTAGE,
    Impact.UNKNOWN: Health.UNKNOWN,
}
_STATES = frozenset({"available", "service_information", "service_disruption", "service_outage"})


class _Product(Shape):
    id: Id = ""
    title: Line = ""
    current_title: Line = ""


class _Update(Shape):
    created: Time = None
    when: Time = None
    text: Text = ""
    status: Text = ""


class _Item(Shape):
    id: Id = ""
    begin: Time = None
    created: Time = None
    end: Time = None
    modified: Time = None
    external_desc: Text = ""
    severity: Text = ""
    status_impact: Text = ""
    service_key: Id = ""
    service_name: Line = ""
    uri: Line = ""
    affected_products: Annotated[list[_Product], Objects] = []
    updates: Annotated[list[_Update], Objects] = []


def recognise(documents: Documents) -> bool:
    """Whether all of it is a list of such incidents. An empty list could be anybody's."""
    try:
        return all(value != [] and _belongs(value) for value in values_of(documents).values())
    except NotTheFormat:
        return False


def parse(documents: Documents, base_url: str) -> Snapshot:
    """The list of incidents. Raise NotTheFormat."""
    rows: list[_Item] = []
    for name, value in values_of(documents).items():
        if not _belongs(value):
            raise NotTheFormat(f"{name} is not Google's list of incidents")
        rows += [shaped(_Item, row, name) for row in objects(value)]
    base = base_url or _CLOUD
    incidents = distinct_incidents(_incident(row, base) for row in rows)
    is_well = not any(one.phase.is_open for one in incidents)
    return Snapshot(
        format=FORMAT.name,
        page=_PAGES.get(urlsplit(base).hostname or "", "Google"),
        page_url=base,
        health=Health.OPERATIONAL if is_well else Health.UNKNOWN,
        stated_at=newest(row.modified for row in rows),
        components=tuple(_components(rows, {one.id: one for one in incidents})),
        incidents=incidents,
        unlisted=Health.OPERATIONAL,
    )


def _belongs(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, Mapping) and {"id", "begin", "status_impact"} <= row.keys() for row in value
    )


def _products(row: _Item) -> Sequence[_Product]:
    named = [product for product in row.affected_products if product.id]
    if not named and row.service_key and row.service_key != _ANYTHING:
        return (_Product(id=row.service_key, title=row.service_name),)
    return named


def _components(rows: Sequence[_Item], incidents: Mapping[str, Incident]) -> Iterator[Component]:
    """The products that incidents name: as bad as the open ones say, and well where all are over."""
    names: dict[str, str] = {}
    healths: dict[str, list[Health]] = {}
    for row in rows:
        found = incidents[_key(row)]
        for product in _products(row):
            names.setdefault(product.id, product.current_title or product.title)
            healths.setdefault(product.id, []).extend([_HEALTHS[found.impact]] if found.phase.is_open else [])
    for key, name in names.items():
        yield Component(id=key, name=name, health=worst(healths[key]))


def _key(row: _Item) -> str:
    return row.id or derived_id("incident", str(row.begin), row.service_name)


def _incident(row: _Item, base: str) -> Incident:
    """`end` is the only word that closes one; its texts are edited for weeks after that."""
    word = row.status_impact.strip().lower()
    impact, raw = looked_up(_IMPACTS, f"{word} {row.severity.lower()}", Impact.UNKNOWN)
    if raw:
        impact, raw = looked_up(_IMPACTS, word, Impact.UNKNOWN)
    return incident(
        _key(row),
        _title(row),
        Phase.RESOLVED if row.end else Phase.INVESTIGATING,
        kind=Kind.NOTICE if word == "service_information" else Kind.INCIDENT,
        phase_stated=False,
        url=urljoin(f"{base.rstrip('/')}/", row.uri),
        impact=impact,
        raw_impact=raw,
        started=row.begin or row.created,
        ended=row.end,
        components=(product.id for product in _products(row)),
        updates=_updates(row),
    )


def _title(row: _Item) -> str:
    """Their one sentence. Workspace puts `**Title:**` on a line before it."""
    said = line(from_markdown(row.external_desc)).removeprefix("Title:").strip()
    return said or row.service_name


def _updates(row: _Item) -> Iterator[Update]:
    """Newest first, without ids. `most_recent_update` repeats the first of them."""
    for update in reversed(row.updates):
        word = update.status.strip().lower()
        yield Update(
            id=derived_id("update", _key(row), str(update.created or update.when)),
            phase=Phase.RESOLVED if row.end and word == "available" else Phase.UNKNOWN,
            text=from_markdown(update.text),
            posted_at=update.created or update.when,
            raw_phase="" if word in _STATES else line(update.status),
        )


FORMAT = Format(
    name="google",
    documents=(Document(name="incidents.json", path="incidents.json"),),
    recognise=recognise,
    parse=parse,
    # Up to 400 KB, and no caching headers are known.
    least=timedelta(minutes=3),
    homes=(_CLOUD, _WORKSPACE),
)
