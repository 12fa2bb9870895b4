"""A page in the shape of Atlassian Statuspage's v2 JSON, which OpenAI had until February 2025.

The rules are those of https://developer.statuspage.io/ and of pages that live today: twelve-character ids, times to
the millisecond, what is over leaves `summary.json` and stays in `incidents.json`, a post-mortem has no display_at.
"""

from datetime import datetime
from typing import Any

from bot.replays.history import Entry, History, Post, Row, digest

Json = dict[str, Any]

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_INDICATORS = {
    "none": "All Systems Operational",
    "minor": "Minor Service Outage",
    "major": "Partial System Outage",
    "critical": "Major Service Outage",
}


def documents(history: History) -> dict[str, Json]:
    """Every document of the page, by name."""
    page = {"page": _page(history)}
    status = {"status": _status(history)}
    components = {"components": [_component(history, row) for row in history.rows]}
    opened = {"incidents": [_incident(history, entry) for entry in history.open]}
    return {
        "summary.json": {**page, **components, **opened, "scheduled_maintenances": [], **status},
        "status.json": {**page, **status},
        "components.json": {**page, **components},
        "incidents.json": {**page, "incidents": [_incident(history, entry) for entry in history.incidents]},
        "scheduled-maintenances.json": {**page, "scheduled_maintenances": []},
    }


def _page(history: History) -> Json:
    return {
        "id": _id(history, "page"),
        "name": history.name,
        "url": history.url,
        "time_zone": "Etc/UTC",
        "updated_at": _time(history.updated),
    }


def _status(history: History) -> Json:
    worst = max((entry.impact for entry in history.open), key=list(_INDICATORS).index, default="none")
    return {"indicator": worst, "description": _INDICATORS[worst]}


def _component(history: History, row: Row) -> Json:
    return {
        "id": _id(history, "component", row.name),
        "name": row.name,
        "status": row.state,
        "created_at": _time(history.born),
        "updated_at": _time(row.changed),
        "position": row.position + 1,
        "description": None,
        "showcase": True,
        "start_date": None,
        "group_id": None,
        "page_id": _id(history, "page"),
        "group": False,
        "only_show_if_degraded": False,
    }


def _incident(history: History, entry: Entry) -> Json:
    concerned = {name for post in entry.posts for name, _, _ in post.moves}
    return {
        "id": _id(history, "incident", entry.key),
        "name": entry.story.title,
        "status": entry.phase,
        "created_at": _time(entry.created),
        "updated_at": _time(entry.updated),
        "monitoring_at": _time(entry.reached("monitoring")),
        "resolved_at": _time(entry.resolved),
        "impact": entry.impact,
        "shortlink": history.url,  # the page itself: our ids are made up and would lead nowhere
        "started_at": _time(entry.story.started or entry.created),
        "page_id": _id(history, "page"),
        "incident_updates": [_update(history, entry, post) for post in entry.posts],
        "components": [_component(history, row) for row in history.rows if row.name in concerned],
        "reminder_intervals": None,
    }


def _update(history: History, entry: Entry, post: Post) -> Json:
    written = post.event.phase == "postmortem"
    moves = [
        {"code": _id(history, "component", name), "name": name, "old_status": old, "new_status": new}
        for name, old, new in post.moves
    ]
    return {
        "id": _id(history, "update", entry.key, str(post.number)),
        "status": post.event.phase,
        "body": post.event.text,
        "incident_id": _id(history, "incident", entry.key),
        "created_at": _time(post.event.at),
        "updated_at": _time(post.event.at),
        "display_at": None if written else _time(post.event.at),
        "affected_components": None if written else moves,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _id(history: History, *words: str) -> str:
    number = digest(history.replay, history.service, *words)
    return "".join(_LETTERS[number // 36**place % 36] for place in range(12))


def _time(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z") if at else None
