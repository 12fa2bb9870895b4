"""A real outage, played again at another time and pace: what took hours then takes the minutes of a drill. Pure."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from bot.ports import Documents
from bot.replays.model import Event, Replay


def rehearsed(replay: Replay, service: str, *, start: datetime, end: datetime) -> Replay:
    """The replay as its one page tells it between `start` and `end`; what was written days later is left out."""
    events = [event for event in replay.events_of(service) if event.phase != "postmortem"]
    first, last = events[0].at, events[-1].at
    pace = (end - start) / max(last - first, timedelta(seconds=1))
    moved = tuple(replace(event, at=start + (event.at - first) * pace) for event in events)
    stories = {key: replace(story, started=None) for key, story in replay.incidents.items()}
    return replace(replay, starts=start, events=moved, incidents=stories, asides=())


def cut_short(replay: Replay, service: str, *, at: datetime, saying: str) -> Replay:
    """The replay, ended at a moment: what is still open then is resolved, and its parts work again."""
    told = [event for event in replay.events_of(service) if event.at < at]
    last = {event.incident: event for event in told}
    closed = [_closed(event, told, at, saying) for event in last.values() if event.phase != "resolved"]
    return replace(replay, events=(*told, *closed))


def _closed(last: Event, told: list[Event], at: datetime, saying: str) -> Event:
    parts = [part for event in told if event.incident == last.incident for part in event.components]
    return Event(
        at=at, incident=last.incident, phase="resolved", text=saying, components=dict.fromkeys(parts, "operational")
    )


def leading_home(documents: Documents, url: str) -> Documents:
    """The same pages, where every incident leads to the status page: our ids are made up, so theirs lead nowhere."""
    return {name: _led(body, url) if name.endswith(".json") else body for name, body in documents.items()}


def _led(body: bytes, url: str) -> bytes:
    sheet = json.loads(body)
    for incident in sheet.get("incidents") or ():
        incident["shortlink"] = url
    return json.dumps(sheet, ensure_ascii=False).encode()
