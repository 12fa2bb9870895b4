"""What must hold for any document whatever: read or refused, and what is read can be kept and shown."""

import json
import time
from collections.abc import Mapping
from datetime import timedelta

from bot.domain.errors import NotTheFormat
from bot.domain.status import Freshness, Health, Incident, Snapshot
from bot.feeds.describe import describe
from bot.ports import Format
from bot.store.codec import decode, encode

SLOWEST_S = 2.0
LONGEST_ID = 200
BASE = "https://status.base.example"


class Broken(Exception):
    """A rule that does not hold."""


def look(format_: Format, documents: Mapping[str, bytes]) -> Snapshot | None:
    """What is read; None if it is refused. Raise Broken."""
    began = time.perf_counter()
    format_.recognise(documents)
    try:
        snapshot = format_.parse(documents, BASE)
    except NotTheFormat as error:
        _demand("\n" not in str(error) and len(str(error)) < 400, f"a refusal is one short line, not {error!s:.300}")
        snapshot = None
    took = time.perf_counter() - began
    _demand(took <= SLOWEST_S, f"it took {took:.1f} s")
    if snapshot is not None:
        _check(format_, snapshot)
    return snapshot


def _check(format_: Format, snapshot: Snapshot) -> None:
    json.dumps(describe(snapshot, format_.name, Freshness.FRESH), ensure_ascii=False).encode()
    _demand(decode(Snapshot, encode(Snapshot, snapshot)) == snapshot, "it does not come back from the store as it was")
    _distinct([component.id for component in snapshot.components])
    _distinct([incident.id for incident in snapshot.incidents])
    for incident in snapshot.incidents:
        _check_incident(incident)


def _check_incident(incident: Incident) -> None:
    _distinct([update.id for update in incident.updates])
    times = [update.posted_at for update in incident.updates if update.posted_at]
    _demand(times == sorted(times), "updates are not in order")
    for moment in (incident.started_at, incident.resolved_at, incident.until, *times):
        _demand(moment is None or moment.utcoffset() == timedelta(), f"{moment} is not UTC")
    _demand(incident.resolved_at is None or incident.phase.is_over, "it ended and is not over")
    _demand(
        not (incident.started_at and incident.resolved_at and incident.started_at > incident.resolved_at), "ends first"
    )


def _distinct(ids: list[str]) -> None:
    _demand(len(ids) == len(set(ids)), f"ids repeat: {ids}"[:300])
    _demand(all(0 < len(one) <= LONGEST_ID for one in ids), f"an id is empty or too long: {ids}"[:300])


def greener(before: Snapshot, after: Snapshot) -> bool:
    """Whether a component that was not well became well."""
    was = {component.id: component.health for component in before.components}
    now = {component.id: component.health for component in after.components}
    return any(was.get(key) not in {None, Health.OPERATIONAL} and now[key] is Health.OPERATIONAL for key in now)


def _demand(holds: bool, why: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise Broken(why)
