"""Algolia's own page: a map of clusters to words, and their incidents. https://status.algolia.com"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.status import Component, Health, Incident, Phase, Snapshot, Update
from bot.feeds.assemble import distinct_components, distinct_incidents, incident
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import newest
from bot.feeds.shapes import Epoch, Line, Shape, Text, all_are, demanded, objects, shaped, word_of
from bot.feeds.vocabulary import IMPACT_OF_HEALTH, health_of
from bot.ports import Document, Documents, Format

_PAGE = "https://status.algolia.com"


class _Said(Shape):
    title: Line = ""
    status: Text = ""


class _Row(Shape):
    t: Epoch = None
    v: Any = None


def recognise(documents: Documents) -> bool:
    """Whether all of it is the map of states or the map of incidents."""
    return all_are(documents, _belongs)


def parse(documents: Documents, base_url: str) -> Snapshot:  # noqa: ARG001  # it has but one page
    """One of the two or both. Raise NotTheFormat."""
    values = demanded(documents, _belongs, "a document of Algolia's status")
    states = [value["status"] for value in values.values() if isinstance(value, dict) and "status" in value]
    told = [value["incidents"] for value in values.values() if isinstance(value, dict) and "incidents" in value]
    incidents = distinct_incidents(one for clusters in told for one in _incidents(clusters))
    return Snapshot(
        format=FORMAT.name,
        page="Algolia",
        page_url=_PAGE,
        stated_at=newest(update.posted_at for one in incidents for update in one.updates),
        components=distinct_components(part for clusters in states for part in _components(clusters)),
        incidents=incidents,
    )


def _belongs(value: object) -> bool:
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    status, incidents = value.get("status"), value.get("incidents")
    return (
        isinstance(status, Mapping) and bool(status) and all(isinstance(word, str) for word in status.values())
    ) or (isinstance(incidents, Mapping) and all(isinstance(rows, list) for rows in incidents.values()))


def _components(clusters: Mapping[str, object]) -> Iterator[Component]:
    for name, word in clusters.items():
        health, raw = health_of(word_of(word))
        yield Component(id=bounded_id(name), name=name, health=health, raw_health=raw)


def _incidents(clusters: Mapping[str, object]) -> Iterator[Incident]:
    """What is told of one cluster is a list of states, the newest anywhere: the last one that is well ends it."""
    for name, rows in clusters.items():
        said = [shaped(_Row, row, "incidents") for row in objects(rows)]
        said.sort(key=lambda row: row.t.timestamp() if row.t else 0)
        yield from (_incident(name, run) for run in _runs(said))


def _runs(said: list[_Row]) -> Iterator[list[_Row]]:
    """Statements up to and with each that says that all is well."""
    run: list[_Row] = []
    for row in said:
        run.append(row)
        if _words(row)[1] is Health.OPERATIONAL:
            yield run
            run = []
    if run:
        yield run


def _words(row: _Row) -> tuple[_Said, Health, str]:
    said = shaped(_Said, row.v if isinstance(row.v, dict) else {}, "incidents")
    return (said, *health_of(said.status))


def _incident(cluster: str, run: list[_Row]) -> Incident:
    last, health, raw = _words(run[-1])
    over = health is Health.OPERATIONAL
    worst = max((_words(row)[1] for row in run), key=lambda one: one.rank)
    first = _words(run[0])[0]
    return incident(
        derived_id("incident", cluster, str(run[0].t)),
        first.title or last.title or cluster,
        Phase.RESOLVED if over else Phase.INVESTIGATING,
        phase_stated=False,
        url=_PAGE,
        impact=IMPACT_OF_HEALTH[worst],
        raw_impact=raw,
        components=(bounded_id(cluster),),
        updates=_updates(run),
    )


def _updates(run: list[_Row]) -> Iterator[Update]:
    for row in run:
        said, health, _ = _words(row)
        phase = Phase.RESOLVED if health is Health.OPERATIONAL else Phase.UNKNOWN
        yield Update(id=derived_id("update", str(row.t), said.status), phase=phase, text=said.title, posted_at=row.t)


FORMAT = Format(
    name="algolia",
    documents=(
        Document(name="status", path="1/status"),
        Document(name="incidents", path="1/incidents", required=False),
    ),
    recognise=recognise,
    parse=parse,
    homes=(_PAGE,),
)
